#pragma once
/// What tasks can call, by `resource_type:action`, `function` or `activity`.

#include "signalbox/task_handler.h"

#include <map>
#include <memory>
#include <string>

namespace signalbox {

/// The name under which a resource is offered.
[[nodiscard]] std::string offer_name(const TaskResource& resource);

class TaskRegistry {
 public:
  void offer(std::string resource, std::unique_ptr<InternalTask> task) { internal_[std::move(resource)] = std::move(task); }
  void offer(std::string resource, std::unique_ptr<ExternalTask> task) { external_[std::move(resource)] = std::move(task); }
  [[nodiscard]] InternalTask* internal(const TaskResource& resource) const;  ///< or null
  [[nodiscard]] ExternalTask* external(const TaskResource& resource) const;  ///< or null
  [[nodiscard]] bool offers(const TaskResource& resource) const { return internal(resource) || external(resource); }

 private:
  std::map<std::string, std::unique_ptr<InternalTask>> internal_;
  std::map<std::string, std::unique_ptr<ExternalTask>> external_;
};

}  // namespace signalbox
