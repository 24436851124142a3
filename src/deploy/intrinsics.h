#pragma once
/// The intrinsic functions of templates: Ref, Fn::GetAtt, Fn::Sub. Pure.

#include "deploy/template.h"

#include "signalbox/json.h"
#include "signalbox/site.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// What other resources may ask of a resource. Known before it is made, since names are settled by the template.
struct Identity {
  std::string physical_id;                             ///< names it for its service: a function's name, a queue's
  std::optional<Json> ref;                             ///< nothing: the type has none that is known in advance
  std::map<std::string, Json> attributes;              ///< for Fn::GetAtt: `Arn`, `QueueName`
};

struct Scope {
  Site site;
  std::string stack;
  std::map<std::string, Json> parameters;
  std::map<std::string, Identity> resources;           ///< those resolved so far, by logical id
};

/// `value` with every intrinsic function replaced by what it gives; members that give AWS::NoValue are dropped. Unknown names and
/// functions are faults, at their place.
[[nodiscard]] Json resolve(const Json& value, const Scope& scope, const std::string& place, Faults& faults);

/// Logical ids that `value` asks for (parameters and pseudo parameters are among them).
[[nodiscard]] std::set<std::string> references(const Json& value);

/// The pieces of a Fn::Sub text: literal text, and names in `${…}`.
struct SubPiece {
  bool is_name = false;
  std::string text;
};
[[nodiscard]] std::vector<SubPiece> split_sub(std::string_view text);

}  // namespace signalbox::deploy
