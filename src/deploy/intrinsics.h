#pragma once
/// The intrinsic functions and conditions of templates. Pure. Source: CloudFormation Template Reference, Intrinsic functions.

#include "deploy/template.h"

#include "signalbox/json.h"
#include "signalbox/site.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// What other resources may ask of a resource. Known before it is made, since names are settled by the template.
struct Identity {
  std::string physical_id;                 ///< names it for its service: a function's name, a queue's
  std::optional<Json> ref;                 ///< nothing: the type has none that is known in advance
  std::map<std::string, Json> attributes;  ///< for Fn::GetAtt: `Arn`, `QueueName`
  bool is_recorded_only = false;           ///< nobody knows its attributes: a name stands for each that is asked for
};

/// What a template's functions can see.
struct Scope {
  Site site;
  std::string stack;
  std::map<std::string, Json> parameters;
  Json mappings = Json::empty_object();
  std::map<std::string, bool> conditions;      ///< evaluated
  std::map<std::string, std::string> exports;  ///< of other stacks, for Fn::ImportValue
  std::map<std::string, Identity> resources;   ///< those resolved so far, by logical id
  std::set<std::string> left_out;              ///< those whose condition is false
  std::set<std::string>* imports = nullptr;    ///< gets the exports that were asked for
};

/// `arn:aws:cloudformation:…:stack/NAME/UUID`, the same for the same name: here a stack that is made again is the same one.
[[nodiscard]] std::string stack_id(const Site& site, std::string_view stack);

/// A UUID that depends on `seed` alone.
[[nodiscard]] std::string uuid_of(std::string_view seed);

/// `value` with every intrinsic function replaced by what it gives; members that give AWS::NoValue are dropped. Unknown names and
/// functions are faults, at their place.
[[nodiscard]] Json resolve(const Json& value, const Scope& scope, const std::string& place, Faults& faults);

/// All conditions of a template, which may name each other. Faults: a circle, an unknown name, anything but the functions of conditions.
[[nodiscard]] std::map<std::string, bool> evaluate_conditions(const Json& conditions, const Scope& scope, Faults& faults);

/// What `value` asks for, and how: by Ref and in texts of Fn::Sub (no attribute), or by Fn::GetAtt.
struct Reference {
  std::string name;
  std::string attribute;
  auto operator<=>(const Reference&) const = default;
};
[[nodiscard]] std::set<Reference> detailed_references(const Json& value, const std::map<std::string, bool>& conditions);

/// Logical ids that `value` asks for (parameters and pseudo parameters are among them), in the branches of Fn::If that the conditions leave.
[[nodiscard]] std::set<std::string> references(const Json& value, const std::map<std::string, bool>& conditions);

/// The pieces of a Fn::Sub text: literal text, and names in `${…}`.
struct SubPiece {
  bool is_name = false;
  std::string text;
};
[[nodiscard]] std::vector<SubPiece> split_sub(std::string_view text);

}  // namespace signalbox::deploy
