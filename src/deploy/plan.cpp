#include "deploy/plan.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace signalbox::deploy {

namespace {

/// Part of every hash: what earlier versions deployed is deployed again when this changes.
constexpr std::string_view plan_version = "1";

std::string hash_of(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const auto part : parts) all += fmt::format("{}:{}", part.size(), part);
  return hex_encode(digest(DigestAlgorithm::Sha256, all));
}

/// Resources so that each stands after those it refers to, otherwise in the order of the template. A cycle is a fault.
class Ordering {
 public:
  Ordering(const std::vector<ResourceSource>& resources, Faults& faults) : resources_(resources), faults_(faults), marks_(resources.size(), Mark::New) {
    for (std::size_t i = 0; i < resources.size(); ++i) indexes_.emplace(resources[i].logical_id, i);
  }
  std::vector<std::size_t> run() {
    for (std::size_t i = 0; i < resources_.size(); ++i) visit(i);
    return std::move(order_);
  }

 private:
  enum class Mark : std::uint8_t { New, Open, Done };

  void visit(std::size_t index) {
    if (marks_[index] == Mark::Done) return;
    path_.push_back(index);
    if (marks_[index] == Mark::Open) {
      report_cycle();
    } else {
      marks_[index] = Mark::Open;
      for (const auto& name : references(resources_[index].properties)) visit(name);
      for (const auto& name : resources_[index].depends_on) {
        if (!indexes_.contains(name)) faults_.add("/Resources/" + resources_[index].logical_id + "/DependsOn", fmt::format("there is no resource '{}'", name));
        visit(name);
      }
      marks_[index] = Mark::Done;
      order_.push_back(index);
    }
    path_.pop_back();
  }
  void visit(const std::string& name) {
    if (const auto found = indexes_.find(name); found != indexes_.end()) visit(found->second);
  }
  void report_cycle() {
    auto start = std::find(path_.begin(), path_.end(), path_.back());
    std::string cycle;
    for (; start != path_.end(); ++start) cycle += (cycle.empty() ? "" : " → ") + resources_[*start].logical_id;
    faults_.add("/Resources/" + resources_[path_.back()].logical_id, "resources refer to each other in a circle: " + cycle);
  }

  const std::vector<ResourceSource>& resources_;
  Faults& faults_;
  std::vector<Mark> marks_;
  std::unordered_map<std::string, std::size_t> indexes_;
  std::vector<std::size_t> path_, order_;
};

void check_names(const std::vector<ResourceSource>& resources, Faults& faults) {
  std::set<std::string> seen;
  for (const auto& resource : resources)
    if (!seen.insert(resource.logical_id).second) faults.add(resource.place, fmt::format("there are two resources '{}'", resource.logical_id));
}

Resource plan_resource(const ResourceSource& source, const Scope& scope, const ResourceTypes& types, Faults& faults) {
  Resource resource;
  resource.stack = scope.stack;
  resource.logical_id = source.logical_id;
  resource.type = source.type;
  resource.place = source.place;
  resource.written_as = source.written_as;
  resource.retain = source.retain;
  resource.properties = resolve(source.properties, scope, source.place, faults);
  resource.hash = hash_of({plan_version, resource.type, resource.properties.text()});
  const auto* type = find_type(types, resource.type);
  if (type) resource.identity = type->identify(resource, faults);
  else faults.add("/Resources/" + source.logical_id + "/Type", fmt::format("the resource type {} is not offered here", source.type));
  return resource;
}

std::string as_text(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.text(); }

std::string hash_of(const Plan& plan) {
  std::string all;
  for (const auto& resource : plan.resources) all += fmt::format("{} {} {} {}\n", resource.logical_id, resource.identity.physical_id, resource.hash, resource.retain);
  for (const auto& [name, value] : plan.outputs) all += fmt::format("output {} {}\n", name, value);
  return hash_of({plan_version, all});
}

}  // namespace

const ResourceType* find_type(const ResourceTypes& types, std::string_view name) {
  for (const auto& type : types)
    if (type->name() == name) return type.get();
  return nullptr;
}

Plan make_plan(const PlanRequest& request, const ResourceTypes& types, Faults& faults) {
  Plan plan;
  plan.stack = request.stack;
  plan.folder = request.folder;
  Scope scope;
  scope.site = request.site;
  scope.stack = request.stack;
  scope.parameters = parameter_values(request.source, request.parameters, faults);
  for (const auto& [name, value] : scope.parameters)
    plan.parameters.emplace(name, request.source.parameters.at(name).secret ? "****" : as_text(value));
  check_names(request.source.resources, faults);
  for (const auto index : Ordering(request.source.resources, faults).run()) {
    const auto& source = request.source.resources[index];
    plan.resources.push_back(plan_resource(source, scope, types, faults));
    scope.resources.insert_or_assign(source.logical_id, plan.resources.back().identity);
  }
  for (const auto& [name, value] : request.source.outputs) plan.outputs.emplace_back(name, as_text(resolve(value, scope, "/Outputs/" + name + "/Value", faults)));
  plan.hash = hash_of(plan);
  return plan;
}

}  // namespace signalbox::deploy
