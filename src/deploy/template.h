#pragma once
/// A stack's template as it is read: sections, parameters and resources, with the place of everything for error messages.

#include "signalbox/json.h"
#include "signalbox/result.h"

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
  bool retain = false;                                 ///< DeletionPolicy: Retain
  std::string place;                                   ///< of its properties: `/Resources/Work/Properties`
  std::map<std::string, std::string> written_as;       ///< properties whose author wrote them by another name
};

/// Spec: CloudFormation, Template anatomy, Parameters.
struct Parameter {
  std::string type = "String";
  std::optional<Json> default_value;
  std::vector<Json> allowed_values;
  bool secret = false;                                 ///< NoEcho
};

struct Template {
  std::string description;
  std::map<std::string, Parameter> parameters;
  std::vector<ResourceSource> resources;               ///< in the order of the template
  std::vector<std::pair<std::string, Json>> outputs;   ///< name → its Value, unresolved
};

/// Reads the sections of a template. Unknown sections and attributes are faults.
[[nodiscard]] Template read_template(const Json& source, Faults& faults);

/// Values of all parameters: what was given, or else the default. Faults: one that has neither, a value that is not allowed, a given
/// one that the template does not have.
[[nodiscard]] std::map<std::string, Json> parameter_values(const Template& source, const std::map<std::string, std::string>& given, Faults& faults);

}  // namespace signalbox::deploy
