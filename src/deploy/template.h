#pragma once
/// A stack's template as it is read: sections, parameters and resources, with the place of everything for error messages.

#include "signalbox/json.h"
#include "signalbox/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::deploy {

/// Everything that is wrong with a stack, so that its author sees it at once. `where` is a JSON pointer into the template.
class Faults {
 public:
  void add(std::string where, std::string message) { list_.push_back({ErrorCode::InvalidArgument, std::move(message), std::move(where)}); }
  void add(Error fault) { list_.push_back(std::move(fault)); }
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] const std::vector<Error>& list() const { return list_; }
  /// One error for all of them, a line each: `PLACE: what is wrong`.
  [[nodiscard]] Error as_error(const std::string& where) const;

 private:
  std::vector<Error> list_;
};

/// A resource before its intrinsic functions are resolved. What a SAM resource stands for is several of these (sam.h).
struct ResourceSource {
  std::string logical_id;
  std::string type;
  Json properties = Json::empty_object();
  std::vector<std::string> depends_on;
  std::string condition;                          ///< made only if it holds; empty: always
  bool retain = false;                            ///< DeletionPolicy: Retain
  Json metadata = Json::empty_object();           ///< for whoever deploys: where CDK put an asset
  std::string place;                              ///< of its properties: `/Resources/Work/Properties`
  std::map<std::string, std::string> written_as;  ///< properties whose author wrote them by another name
};

/// Source: CloudFormation Template Reference, Parameters.
struct Parameter {
  std::string type = "String";  ///< String, Number, CommaDelimitedList, List<…>, AWS::SSM::Parameter::Value<…>, AWS::…::Id
  std::optional<Json> default_value;
  std::vector<Json> allowed_values;
  std::optional<std::string> allowed_pattern;
  std::optional<double> min_value, max_value;
  std::optional<std::int64_t> min_length, max_length;
  std::string constraint_description;
  bool secret = false;  ///< NoEcho
};

struct Output {
  std::string name;
  Json value;  ///< unresolved, as are these:
  std::optional<Json> export_name;
  std::string condition;
  std::string description;
};

struct Template {
  std::string description;
  std::map<std::string, Parameter> parameters;
  std::vector<ResourceSource> resources;  ///< in the order of the template
  Json globals = Json::empty_object();    ///< SAM: properties that all resources of a kind have
  Json mappings = Json::empty_object();
  Json conditions = Json::empty_object();  ///< name → its expression
  std::vector<Output> outputs;
};

/// Reads the sections of a template. Unknown sections and attributes are faults.
[[nodiscard]] Template read_template(const Json& source, Faults& faults);

/// What Systems Manager has under a name.
struct StoredParameter {
  std::string value;
  bool is_secure = false;  ///< a SecureString
};
/// Nothing if there is none of that name.
using SystemsManagerLookup = std::function<std::optional<StoredParameter>(const std::string& name)>;

/// Values of all parameters: what was given, or else the default; of an AWS::SSM::Parameter::Value what Systems Manager has under that name. Faults: one
/// that has neither, a value that is not allowed, a given one that the template does not have.
[[nodiscard]] std::map<std::string, Json> parameter_values(const Template& source, const std::map<std::string, std::string>& given,
                                                           const SystemsManagerLookup& systems_manager, Faults& faults);

}  // namespace signalbox::deploy
