#include "deploy/sam.h"

#include "asl/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace signalbox::deploy {

namespace {

/// What an Api event becomes. Templates cannot name it themselves.
constexpr std::string_view route_type = "Signalbox::Route";

Json get_att(std::string_view logical_id, std::string_view attribute) {
  return json_object({{"Fn::GetAtt", json_array({logical_id, attribute})}});
}

class Expansion {
 public:
  Expansion(const TemplateFiles& files, Json globals, Faults& faults) : files_(files), globals_(std::move(globals)), faults_(faults) {}

  std::vector<ResourceSource> run(std::vector<ResourceSource> resources) {
    for (auto& resource : resources) {
      if (resource.type == "AWS::Serverless::Function") expand_function(with_globals(std::move(resource), "Function"));
      else if (resource.type == "AWS::Serverless::StateMachine") expand_state_machine(with_globals(std::move(resource), "StateMachine"));
      else if (resource.type != route_type) out_.push_back(std::move(resource));
      else faults_.add("/Resources/" + resource.logical_id + "/Type", fmt::format("the resource type {} is not offered here", resource.type));
    }
    return std::move(out_);
  }

 private:
  /// Objects are merged, lists joined, anything else is the resource's own if it has one. [SAM developer guide, Globals]
  static Json merged(const Json& global, const Json& own) {
    if (global.is_object() && own.is_object()) {
      Json result = global;
      for (const auto& [name, value] : own.members()) {
        const auto* inherited = global.find(name);
        result = result.with(name, inherited ? merged(*inherited, value) : value);
      }
      return result;
    }
    if (!global.is_array() || !own.is_array()) return own;
    Json::Array elements = global.elements();
    elements.insert(elements.end(), own.elements().begin(), own.elements().end());
    return Json(std::move(elements));
  }

  ResourceSource with_globals(ResourceSource resource, std::string_view section) const {
    if (const auto* shared = globals_.find(section)) resource.properties = merged(*shared, resource.properties);
    return resource;
  }

  /// Moves properties into `into` under their CloudFormation names.
  void take(const ResourceSource& from, ResourceSource& into, std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
    for (const auto& [sam_name, name] : names) {
      const auto* value = from.properties.find(sam_name);
      if (!value) continue;
      into.properties = into.properties.with(name, *value);
      if (sam_name != name) into.written_as.emplace(name, sam_name);
    }
  }

  void refuse_others(const Json& properties, const std::string& place, std::initializer_list<std::string_view> known, std::string_view of) {
    for (const auto& member : properties.members())
      if (std::find(known.begin(), known.end(), member.name) == known.end())
        faults_.add(place + "/" + member.name, fmt::format("the property '{}' of {} is not offered here", member.name, of));
  }

  static ResourceSource like(const ResourceSource& source, std::string type) {
    ResourceSource made;
    made.logical_id = source.logical_id;
    made.type = std::move(type);
    made.depends_on = source.depends_on;
    made.condition = source.condition;
    made.retain = source.retain;
    made.place = source.place;
    return made;
  }

  /// The files' own place: a text that is a path, relative to the template.
  std::optional<std::filesystem::path> path(const ResourceSource& source, std::string_view name) {
    const auto* value = source.properties.find(name);
    if (!value) return std::nullopt;
    if (value->is_string()) return files_.folder / std::filesystem::path(value->as_string());
    faults_.add(fmt::format("{}/{}", source.place, name), "a path beside the template is expected");
    return std::nullopt;
  }

  /// Policies are AWS's permissions: nothing here needs them, and templates that are deployed there too have them.
  void expand_function(const ResourceSource& source) {
    refuse_others(source.properties, source.place,
                  {"FunctionName", "CodeUri", "InlineCode", "Handler", "Runtime", "Timeout", "MemorySize", "Environment", "Events", "Description", "Policies", "Role", "Tags",
                   "Architectures", "Tracing", "ReservedConcurrentExecutions", "LoggingConfig"},
                  source.type);
    auto function = like(source, "AWS::Lambda::Function");
    take(source, function,
         {{"FunctionName", "FunctionName"}, {"Handler", "Handler"}, {"Runtime", "Runtime"}, {"Timeout", "Timeout"}, {"MemorySize", "MemorySize"},
          {"Environment", "Environment"}, {"Description", "Description"}, {"Role", "Role"}, {"Tags", "Tags"},
          {"ReservedConcurrentExecutions", "ReservedConcurrentExecutions"}, {"LoggingConfig", "LoggingConfig"}});
    const auto* uri = source.properties.find("CodeUri");
    if (const auto* text = source.properties.find("InlineCode"); text && !uri) {
      function.properties = function.properties.with("Code", json_object({{"ZipFile", *text}}));
    } else if (uri && uri->is_object()) {   // packaged: an object of the object store
      Json code = Json::empty_object();
      for (const auto& [sam_name, name] : {std::pair{"Bucket", "S3Bucket"}, std::pair{"Key", "S3Key"}})
        if (const auto* value = uri->find(sam_name)) code = code.with(name, *value);
      function.properties = function.properties.with("Code", std::move(code));
    } else if (!uri) {
      faults_.add(source.place + "/CodeUri", "this property is required");
    } else if (const auto folder = path(source, "CodeUri")) {
      auto staged = files_.stage_code(*folder);
      if (staged) function.properties = function.properties.with("Code", json_object({{"Hash", staged->hash}, {"Bytes", staged->bytes}}));
      else faults_.add(source.place + "/CodeUri", staged.error().message);
    }
    out_.push_back(std::move(function));
    each_event(source, [&](const std::string& type, ResourceSource event, const Json& properties) {
      if (type == "SQS") expand_queue_event(source, std::move(event), properties);
      else if (type == "Api") expand_api_event(source, std::move(event), properties);
      else if (!expand_schedule(source, std::move(event), type, properties)) return false;
      return true;
    });
  }

  void expand_state_machine(const ResourceSource& source) {
    refuse_others(source.properties, source.place, {"Name", "Definition", "DefinitionUri", "DefinitionSubstitutions", "Type", "Role", "Policies", "Events", "Tags"}, source.type);
    auto machine = like(source, "AWS::StepFunctions::StateMachine");
    take(source, machine,
         {{"Name", "StateMachineName"}, {"Definition", "Definition"}, {"DefinitionSubstitutions", "DefinitionSubstitutions"}, {"Type", "StateMachineType"}, {"Role", "RoleArn"},
          {"Tags", "Tags"}});
    if (const auto file = path(source, "DefinitionUri")) {
      auto definition = read_document(*file);
      if (!definition) faults_.add(source.place + "/DefinitionUri", definition.error().message);
      else machine.properties = machine.properties.with("Definition", std::move(*definition));
      if (source.properties.find("Definition")) faults_.add(source.place + "/DefinitionUri", "Definition and DefinitionUri exclude each other");
      machine.written_as.emplace("Definition", "DefinitionUri");
    }
    out_.push_back(std::move(machine));
    each_event(source, [&](const std::string& type, ResourceSource event, const Json& properties) {
      return expand_schedule(source, std::move(event), type, properties);
    });
  }

  /// Calls `expand(type, resource, properties)` for every event; it says whether it knows the type.
  template <class Expand>
  void each_event(const ResourceSource& source, Expand expand) {
    const auto* events = source.properties.find("Events");
    if (!events) return;
    if (!events->is_object()) return faults_.add(source.place + "/Events", "an object is expected");
    for (const auto& [name, event] : events->members()) {
      const auto place = source.place + "/Events/" + name;
      const auto* type = event.find("Type");
      const auto* properties = event.find("Properties");
      if (!type || !type->is_string() || (properties && !properties->is_object())) {
        faults_.add(place, "an event needs a Type and Properties");
        continue;
      }
      ResourceSource made;
      made.condition = source.condition;
      made.logical_id = source.logical_id + name;
      made.place = place + "/Properties";
      if (!expand(std::string(type->as_string()), std::move(made), properties ? *properties : Json::empty_object()))
        faults_.add(place + "/Type", fmt::format("the event type {} is not offered here for {}", type->as_string(), source.type));
    }
  }

  void expand_queue_event(const ResourceSource& function, ResourceSource event, const Json& properties) {
    refuse_others(properties, event.place, {"Queue", "BatchSize", "Enabled", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds"}, "an SQS event");
    event.type = "AWS::Lambda::EventSourceMapping";
    ResourceSource source;
    source.properties = properties;
    take(source, event,
         {{"Queue", "EventSourceArn"}, {"BatchSize", "BatchSize"}, {"Enabled", "Enabled"}, {"FunctionResponseTypes", "FunctionResponseTypes"},
          {"MaximumBatchingWindowInSeconds", "MaximumBatchingWindowInSeconds"}});
    event.properties = event.properties.with("FunctionName", json_object({{"Ref", function.logical_id}}));
    out_.push_back(std::move(event));
  }

  void expand_api_event(const ResourceSource& function, ResourceSource event, const Json& properties) {
    refuse_others(properties, event.place, {"Path", "Method"}, "an Api event");
    event.type = route_type;
    event.properties = properties.with("FunctionName", json_object({{"Ref", function.logical_id}}));
    out_.push_back(std::move(event));
  }

  /// Schedule is a rule of EventBridge, ScheduleV2 a schedule of EventBridge Scheduler; here they are one thing.
  bool expand_schedule(const ResourceSource& target, ResourceSource event, const std::string& type, const Json& properties) {
    ResourceSource source;
    source.properties = properties;
    event.type = "AWS::Scheduler::Schedule";
    if (type == "Schedule") {
      refuse_others(properties, event.place, {"Schedule", "Input", "Name", "Description", "Enabled", "State"}, "a Schedule event");
      take(source, event, {{"Schedule", "ScheduleExpression"}, {"Input", "Input"}, {"Name", "Name"}, {"Description", "Description"}, {"Enabled", "Enabled"}, {"State", "State"}});
      event.properties = event.properties.with("Rule", true);
    } else if (type == "ScheduleV2") {
      refuse_others(properties, event.place, {"ScheduleExpression", "ScheduleExpressionTimezone", "Input", "Name", "Description", "State"}, "a ScheduleV2 event");
      take(source, event,
           {{"ScheduleExpression", "ScheduleExpression"}, {"ScheduleExpressionTimezone", "ScheduleExpressionTimezone"}, {"Input", "Input"}, {"Name", "Name"},
            {"Description", "Description"}, {"State", "State"}});
    } else {
      return false;
    }
    event.properties = event.properties.with("TargetArn", get_att(target.logical_id, "Arn"));
    out_.push_back(std::move(event));
    return true;
  }

  const TemplateFiles& files_;
  Json globals_;
  Faults& faults_;
  std::vector<ResourceSource> out_;
};

}  // namespace

Template expand_sam(Template source, const TemplateFiles& files, Faults& faults) {
  source.resources = Expansion(files, source.globals, faults).run(std::move(source.resources));
  return source;
}

Result<Json> parse_document(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') return Json::parse(text);
  auto json = yaml_to_json(text);
  if (!json) return json.error();
  return Json::parse(std::move(*json));
}

Result<Json> read_document(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) return error(ErrorCode::NotFound, fmt::format("cannot read '{}'", path.string()));
  std::string text = content.str();
  if (path.extension() == ".yaml" || path.extension() == ".yml") {
    auto json = yaml_to_json(text);
    if (!json) return error(json.error().code, fmt::format("'{}': {}", path.string(), json.error().message));
    text = std::move(*json);
  }
  auto parsed = Json::parse(std::move(text));
  if (!parsed) return error(parsed.error().code, fmt::format("'{}': {}", path.string(), parsed.error().message));
  return parsed;
}

}  // namespace signalbox::deploy
