#pragma once
/// What can be in a template: one small class per resource type, in types/.

#include "deploy/intrinsics.h"
#include "deploy/template.h"

#include "signalbox/engine.h"
#include "signalbox/site.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::deploy {

/// A resource whose properties are resolved.
struct Resource {
  std::string stack;
  std::string logical_id;
  std::string type;
  Json properties;
  std::string place;
  std::map<std::string, std::string> written_as;
  bool retain = false;
  Identity identity;                             ///< set from identify()
  std::string hash;                              ///< of type and properties: equal means nothing to do
  std::optional<std::string> unchanged_id;       ///< the physical id under which it is deployed already, just as it is here
  Json written = Json::empty_object();           ///< the properties before their functions were resolved
  Json shown_properties = Json::empty_object();  ///< resolved, with `****` for the values of NoEcho parameters

  /// The name of a resource whose author gave none: `STACK-LogicalId`. One that is longer than `most` characters ends in eight that tell it from others.
  [[nodiscard]] std::string default_name(std::size_t most = std::string::npos) const;
};

/// Creates, changes and removes resources of one type, by the service's own rules, within one transaction that spans the whole stack.
class ResourceType {
 public:
  virtual ~ResourceType() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Checks every property, and says what the resource will be called. Pure, apart from the site's ARNs.
  [[nodiscard]] virtual Identity identify(const Resource& resource, Faults& faults) const = 0;
  /// The same for a type whose names its service gives out, such as the numbers of versions: what is there now says which it will be. One that turns out
  /// otherwise when it is made is a Conflict.
  [[nodiscard]] virtual Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const {
    static_cast<void>(now);
    return identify(resource, faults);
  }
  [[nodiscard]] virtual Result<void> create(EngineTransaction& transaction, const Resource& resource) const = 0;
  /// The physical id is the same; another one is a creation and a removal instead.
  [[nodiscard]] virtual Result<void> update(EngineTransaction& transaction, const Resource& resource) const = 0;
  /// One that is gone already is no error.
  [[nodiscard]] virtual Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const = 0;
};

/// What else is asked of a resource that was made or changed, of the transaction in which that was. Errors: those that its service would give.
using ResourceCheck = std::function<Result<void>(const Reader& now, const Resource& resource)>;
using ResourceTypes = std::vector<std::unique_ptr<ResourceType>>;
[[nodiscard]] const ResourceType* find_type(const ResourceTypes& types, std::string_view name);

}  // namespace signalbox::deploy
