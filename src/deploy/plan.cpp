#include "deploy/plan.h"

#include "deploy/dynamic_references.h"

#include "base/text.h"
#include "services/gateway/stage_url.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
  Ordering(const std::vector<ResourceSource>& resources, const std::map<std::string, bool>& conditions, Faults& faults)
      : resources_(resources), conditions_(conditions), faults_(faults), marks_(resources.size(), Mark::New) {
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
      for (const auto& name : references(resources_[index].properties, conditions_)) visit(name);
      for (const auto& name : resources_[index].depends_on) {
        if (!indexes_.contains(name))
          faults_.add("/Resources/" + resources_[index].logical_id + "/DependsOn", fmt::format("there is no resource '{}'", name));
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
  const std::map<std::string, bool>& conditions_;
  Faults& faults_;
  std::vector<Mark> marks_;
  std::unordered_map<std::string, std::size_t> indexes_;
  std::vector<std::size_t> path_, order_;
};

void check_names(const std::vector<ResourceSource>& resources, Faults& faults) {
  std::set<std::string> seen;
  for (const auto& resource : resources)
    if (!seen.insert(resource.logical_id).second)
      faults.add(resource.place, fmt::format("there are two resources '{}'", resource.logical_id));
}

/// AWS's URLs of this stack's APIs become those that they have here, wherever they were put together: links in mails must work.
Json with_own_urls(const Json& value, const std::set<std::string>& apis) {
  if (apis.empty()) return value;
  if (value.is_string()) {
    const auto text = value.as_string();
    if (text.find(".execute-api.") == std::string_view::npos) return value;
    return Json(gateway::with_own_stage_urls(text, [&](std::string_view api) { return apis.contains(std::string(api)); }));
  }
  if (value.is_array()) {
    Json::Array elements;
    for (const auto& element : value.elements()) elements.push_back(with_own_urls(element, apis));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const auto& [name, member] : value.members()) members.push_back({name, with_own_urls(member, apis)});
  return Json(std::move(members));
}

/// The property that holds code: empty for types that have none.
std::string_view code_property(std::string_view type) {
  if (type == "AWS::Lambda::Function") return "Code";
  return type == "AWS::Lambda::LayerVersion" ? "Content" : "";
}

/// Code of functions and layers is copied now, before the transaction that deploys the stack, and known by its content afterwards.
Json with_staged_code(const ResourceSource& source, Json properties, const PlanRequest& request, Faults& faults) {
  const auto name = code_property(source.type);
  const auto* code = name.empty() ? nullptr : properties.find(name);
  if (!code || !request.stage_code) return properties;
  const auto* runtime = properties.find("Runtime");
  auto staged = request.stage_code(*code, runtime ? plain_text(*runtime) : std::string());
  if (!staged) {
    faults.add(fmt::format("{}/{}", source.place, name), staged.error().message);
    return properties;
  }
  return properties.with(name, std::move(*staged));
}

/// Where a type's documents may lie: the property that says so, and the one that holds them otherwise.
struct Located {
  std::string_view type, location, property;
};
constexpr std::array located{Located{"AWS::StepFunctions::StateMachine", "DefinitionS3Location", "Definition"},
                             Located{"AWS::ApiGateway::RestApi", "BodyS3Location", "Body"},
                             Located{"AWS::ApiGatewayV2::Api", "BodyS3Location", "Body"}};

/// A document that lies in a bucket is read now, too.
Json with_document(ResourceSource& source, Json properties, const PlanRequest& request, Faults& faults) {
  const auto found = std::find_if(located.begin(), located.end(), [&](const Located& one) { return one.type == source.type; });
  const auto* given = found == located.end() ? nullptr : properties.find(found->location);
  if (!given || !request.read_document) return properties;
  const std::string location(found->location);
  const auto written = source.written_as.contains(location) ? source.written_as.at(location) : location;
  const auto place = source.place + "/" + written;
  if (properties.find(found->property)) faults.add(place, fmt::format("{} and {} exclude each other", found->property, location));
  auto document = request.read_document(*given);
  properties = properties.without(location);
  source.written_as.insert_or_assign(std::string(found->property), written);
  if (document) return properties.with(found->property, std::move(*document));
  faults.add(place, document.error().message);
  return properties.with(found->property, Json::empty_object());
}

/// The physical id of what is deployed under the same logical id and differs in nothing.
std::optional<std::string> unchanged_id(const StackRecord& deployed, const Resource& resource) {
  for (const auto& old : deployed.resources)
    if (old.logical_id == resource.logical_id && old.type == resource.type && old.hash == resource.hash) return old.physical_id;
  return std::nullopt;
}

bool has_secrets(const Template& source) {
  return std::any_of(source.parameters.begin(), source.parameters.end(), [](const auto& parameter) { return parameter.second.secret; });
}

/// `properties` as they may be shown: values of NoEcho parameters are hidden wherever they went.
Json without_secrets(const ResourceSource& source, const Json& properties, const Scope& scope, const std::set<std::string>& apis,
                     const Template& whole) {
  Scope hidden = scope;
  for (const auto& [name, parameter] : whole.parameters)
    if (parameter.secret && hidden.parameters.contains(name)) hidden.parameters[name] = Json(hidden_value);
  const auto has_secret = [&](const Json& written) {
    const auto names = references(written, scope.conditions);
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return whole.parameters.contains(name) && whole.parameters.at(name).secret; });
  };
  Faults known;  // they were noted when the properties themselves were resolved
  Json::Object shown;
  for (const auto& [name, value] : properties.members()) {
    const auto* written = source.properties.find(name);
    shown.push_back({name, written && has_secret(*written) ? with_own_urls(resolve(*written, hidden, source.place, known), apis) : value});
  }
  return Json(std::move(shown));
}

/// What other services keep is not shown, but the reference to it.
Json with_references(const Json& properties, const Json& referring) {
  Json::Object shown;
  for (const auto& [name, value] : properties.members()) {
    const auto* before = referring.find(name);
    shown.push_back({name, before && before->text().find("{{resolve:") != std::string::npos ? *before : value});
  }
  return Json(std::move(shown));
}

/// What nothing here makes has an ARN all the same, so that policies can name it.
std::string arn_of_recorded(const Resource& resource, const Site& site) {
  const auto begin = resource.type.find("::");
  auto service = begin == std::string::npos ? std::string() : ascii_lower(resource.type.substr(begin + 2));
  return site.arn(service.substr(0, service.find("::")), resource.default_name());
}

/// Precondition: is_offered().
Resource plan_resource(ResourceSource source, const StackRecord& deployed, const Scope& scope, const std::set<std::string>& apis,
                       const PlanRequest& request, const ResourceTypes& types, Faults& faults) {
  Resource resource;
  resource.stack = scope.stack;
  resource.logical_id = source.logical_id;
  resource.type = source.type;
  resource.place = source.place;
  resource.retain = source.retain;
  resource.written = source.properties;
  const auto referring = with_own_urls(resolve(source.properties, scope, source.place, faults), apis);
  resource.properties = with_dynamic_references(referring, request.systems_manager, source.place, faults);
  resource.properties = with_staged_code(source, with_document(source, std::move(resource.properties), request, faults), request, faults);
  resource.written_as = source.written_as;
  resource.shown_properties = with_references(resource.properties, referring);
  if (has_secrets(request.source))
    resource.shown_properties = without_secrets(source, resource.shown_properties, scope, apis, request.source);
  const auto* type = find_type(types, resource.type);
  // One that was recorded only is made once its type is offered.
  resource.hash = hash_of({plan_version, resource.type, resource.properties.text(), type ? "" : "recorded"});
  resource.unchanged_id = unchanged_id(deployed, resource);
  if (type) resource.identity = type->foresee(resource, *request.now, faults);
  else
    resource.identity = {.physical_id = resource.default_name(),
                         .ref = Json(resource.default_name()),
                         .attributes = {{"Arn", arn_of_recorded(resource, scope.site)}},
                         .is_recorded_only = true};
  return resource;
}

std::string hash_of(const Plan& plan) {
  std::string all;
  for (const auto& resource : plan.resources)
    all += fmt::format("{} {} {} {}\n", resource.logical_id, resource.identity.physical_id, resource.hash, resource.retain);
  for (const auto& [name, value] : plan.outputs) all += fmt::format("output {} {}\n", name, value);
  for (const auto& [name, output] : plan.exports) all += fmt::format("export {} {}\n", name, output);
  return hash_of({plan_version, all});
}

}  // namespace

std::string Resource::default_name(std::size_t most) const {
  constexpr std::size_t tail = 8;
  const auto name = stack + "-" + logical_id;
  if (name.size() <= most) return name;
  return name.substr(0, most - tail - 1) + "-" + hash_of({name}).substr(0, tail);
}

const ResourceType* find_type(const ResourceTypes& types, std::string_view name) {
  for (const auto& type : types)
    if (type->name() == name) return type.get();
  return nullptr;
}

namespace {

bool is_offered(const ResourceSource& source, const PlanRequest& request, const ResourceTypes& types) {
  return find_type(types, source.type) || request.allow_unsupported.contains(source.type);
}

void refuse_type(const ResourceSource& source, Faults& faults) {
  faults.add("/Resources/" + source.logical_id + "/Type", fmt::format("the resource type {} is not offered here", source.type));
}

bool refers_to(const Json& value, const std::set<std::string>& names, const std::map<std::string, bool>& conditions) {
  const auto asked = references(value, conditions);
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& name) { return names.contains(name); });
}

/// Drops the resources whose condition is false, and remembers their names.
std::vector<ResourceSource> resources_to_make(const Template& source, Scope& scope, Faults& faults) {
  std::vector<ResourceSource> resources;
  for (const auto& resource : source.resources) {
    const auto condition = scope.conditions.find(resource.condition);
    if (resource.condition.empty() || (condition != scope.conditions.end() && condition->second)) resources.push_back(resource);
    else if (condition == scope.conditions.end())
      faults.add("/Resources/" + resource.logical_id + "/Condition", fmt::format("there is no condition '{}'", resource.condition));
    else scope.left_out.insert(resource.logical_id);
  }
  for (auto& resource : resources)
    std::erase_if(resource.depends_on, [&](const std::string& name) { return scope.left_out.contains(name); });
  return resources;
}

void plan_outputs(const Template& source, const Scope& scope, const std::set<std::string>& apis, const std::set<std::string>& refused,
                  Plan& plan, Faults& faults) {
  for (const auto& output : source.outputs) {
    if (refers_to(output.value, refused, scope.conditions)) continue;
    const auto place = "/Outputs/" + output.name;
    const auto condition = scope.conditions.find(output.condition);
    if (!output.condition.empty() && condition == scope.conditions.end())
      faults.add(place + "/Condition", fmt::format("there is no condition '{}'", output.condition));
    if (!output.condition.empty() && (condition == scope.conditions.end() || !condition->second)) continue;
    plan.outputs.emplace_back(output.name, plain_text(with_own_urls(resolve(output.value, scope, place + "/Value", faults), apis)));
    if (!output.description.empty()) plan.output_descriptions[output.name] = output.description;
    if (output.export_name) plan.exports[plain_text(resolve(*output.export_name, scope, place + "/Export/Name", faults))] = output.name;
  }
}

}  // namespace

Plan make_plan(const PlanRequest& request, const ResourceTypes& types, Faults& faults) {
  Plan plan;
  plan.stack = request.stack;
  plan.folder = request.folder;
  plan.description = request.source.description;
  plan.source = request.text;
  Scope scope;
  scope.site = request.site;
  scope.stack = request.stack;
  scope.mappings = request.source.mappings;
  scope.exports = request.exports;
  scope.imports = &plan.imports;
  const auto faults_of_template = faults.list().size();
  scope.parameters = parameter_values(request.source, request.parameters, request.systems_manager, faults);
  if (faults.list().size() != faults_of_template) {
    // Without its parameters nothing more can be said of a template, but for this.
    for (const auto& source : request.source.resources)
      if (!is_offered(source, request, types)) refuse_type(source, faults);
    return plan;
  }
  for (const auto& [name, value] : scope.parameters)
    plan.parameters.emplace(name, request.source.parameters.at(name).secret ? std::string(hidden_value) : plain_text(value));
  scope.conditions = evaluate_conditions(request.source.conditions, scope, faults);
  plan.conditions = scope.conditions;
  check_names(request.source.resources, faults);
  const auto resources = resources_to_make(request.source, scope, faults);
  const auto deployed = find_stack(*request.now, request.stack).value_or(StackRecord{});
  std::set<std::string> apis;     // of those resolved so far
  std::set<std::string> refused;  // whose type is not offered, and those that refer to them: the fault is said where it is
  for (const auto index : Ordering(resources, scope.conditions, faults).run()) {
    const auto& source = resources[index];
    const bool is_refused = !is_offered(source, request, types),
               depends_on_refused = refers_to(source.properties, refused, scope.conditions);
    if (is_refused && !depends_on_refused) (void)resolve(source.properties, scope, source.place, faults);
    if (is_refused) refuse_type(source, faults);
    if (is_refused || depends_on_refused) {
      refused.insert(source.logical_id);
      continue;
    }
    plan.resources.push_back(plan_resource(source, deployed, scope, apis, request, types, faults));
    if (source.type == "AWS::ApiGateway::RestApi" || source.type == "AWS::ApiGatewayV2::Api")
      apis.insert(plan.resources.back().identity.physical_id);
    scope.resources.insert_or_assign(source.logical_id, plan.resources.back().identity);
  }
  plan_outputs(request.source, scope, apis, refused, plan, faults);
  plan.hash = hash_of(plan);
  return plan;
}

}  // namespace signalbox::deploy
