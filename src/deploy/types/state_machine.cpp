/// AWS::StepFunctions::StateMachine, and so AWS::Serverless::StateMachine. Ref: ARN. Fn::GetAtt: Arn, Name, StateMachineRevisionId.

#include "deploy/properties.h"
#include "deploy/types/substitutions.h"
#include "deploy/types/types.h"

#include "signalbox/state_machine.h"
#include "signalbox/state_machines.h"

#include <fmt/format.h>

#include <utility>

namespace signalbox::deploy {

namespace {

Json text_object(const std::map<std::string, std::string>& texts) {
  Json object = Json::empty_object();
  for (const auto& [name, text] : texts) object = object.with(name, text);
  return object;
}

class StateMachineType final : public ResourceType {
 public:
  StateMachineType(Site site, bool allow_unsupported) : site_(std::move(site)), allow_unsupported_(allow_unsupported) {}

  std::string_view name() const override { return "AWS::StepFunctions::StateMachine"; }

  Identity identify(const Resource& resource, Faults& faults) const override {
    const auto request = read(resource, faults);
    check_definition(resource, request, faults);
    const auto arn = site_.state_machine_arn(request.name);
    return {.physical_id = request.name, .ref = Json(arn), .attributes = {{"Arn", arn}, {"Name", request.name}}};
  }

  /// The revision that an update would make is known before, so that versions of it can be asked for.
  Identity foresee(const Resource& resource, const Reader& now, Faults& faults) const override {
    auto identity = identify(resource, faults);
    const auto existing = find_state_machine(now, identity.physical_id);
    std::string revision = existing ? existing->revision_id.value_or("INITIAL") : "INITIAL";
    if (existing && !resource.unchanged_id)
      if (const auto change = change_of(resource, *existing); makes_revision(now, *existing, change)) revision = *change.revision_id;
    identity.attributes.emplace("StateMachineRevisionId", revision);
    return identity;
  }

  Result<void> create(EngineTransaction& transaction, const Resource& resource) const override {
    auto request = read(resource);
    if (const auto existing = find_state_machine(transaction, request.name); existing && existing->stack != request.stack)
      return error(ErrorCode::AlreadyExists, fmt::format("there is a state machine '{}' already", request.name));
    const auto created = create_state_machine(transaction, site_, std::move(request));
    return created ? Result<void>() : Result<void>(created.error());
  }

  Result<void> update(EngineTransaction& transaction, const Resource& resource) const override {
    const auto request = read(resource);
    const auto existing = find_state_machine(transaction, request.name);
    if (!existing) return create(transaction, resource);  // somebody deleted it meanwhile
    if (existing->type != request.type)
      return error(ErrorCode::Conflict, "the type of a state machine cannot be changed; give it another name");
    const auto updated = update_state_machine(transaction, change_of(resource, *existing));
    return updated ? Result<void>() : Result<void>(updated.error());
  }

  Result<void> remove(EngineTransaction& transaction, const std::string& physical_id) const override {
    delete_state_machine(transaction, physical_id);
    return {};
  }

 private:
  /// Its revision's id depends on what changes what, so that whoever plans finds the same one.
  UpdateStateMachine change_of(const Resource& resource, const StateMachineRecord& existing) const {
    auto request = read(resource);
    UpdateStateMachine change;
    change.name = std::move(request.name);
    change.definition = std::move(request.definition);
    change.role_arn = std::move(request.role_arn);
    change.tags = std::move(request.tags);
    change.logging_configuration = std::move(request.logging_configuration);
    change.tracing_configuration = std::move(request.tracing_configuration);
    change.encryption_configuration = std::move(request.encryption_configuration);
    change.revision_id = uuid_of(fmt::format("revision {} {} {}", existing.arn, existing.revision_id.value_or("INITIAL"), resource.hash));
    change.allow_unsupported = allow_unsupported_;
    return change;
  }

  CreateStateMachine read(const Resource& resource, Faults& faults) const {
    Properties properties(resource.properties, resource.place, faults, &resource.written_as);
    CreateStateMachine request;
    request.name = properties.string("StateMachineName").value_or(resource.default_name(80));
    request.role_arn = properties.string("RoleArn").value_or(site_.role_arn(resource.default_name(60) + "Role"));
    request.tags = text_object(properties.tags());
    request.stack = resource.stack;
    request.allow_unsupported = allow_unsupported_;
    const auto type = properties.string("StateMachineType").value_or("STANDARD");
    if (type == "EXPRESS") request.type = signalbox::StateMachineType::Express;
    else if (type != "STANDARD") properties.fault("StateMachineType", "STANDARD or EXPRESS is expected");
    const auto substitutions = read_substitutions(properties);
    read_definition(properties, substitutions, request);
    if (const auto* logging = properties.object("LoggingConfiguration")) request.logging_configuration = with_wire_names(*logging);
    if (const auto* tracing = properties.object("TracingConfiguration")) request.tracing_configuration = with_wire_names(*tracing);
    if (const auto* encryption = properties.object("EncryptionConfiguration"))
      request.encryption_configuration = with_wire_names(*encryption);
    properties.refuse_others();
    return request;
  }
  CreateStateMachine read(const Resource& resource) const {
    Faults none;
    return read(resource, none);
  }

  static void read_definition(Properties& properties, const Substitutions& substitutions, CreateStateMachine& request) {
    const auto* definition = properties.object("Definition");
    const auto text = properties.string("DefinitionString");
    if (definition && text) return properties.fault("DefinitionString", "Definition and DefinitionString exclude each other");
    if (definition) {
      request.definition = substitute(*definition, substitutions).text();
    } else if (text && substitutions.empty()) {
      request.definition = *text;
    } else if (text) {
      const auto parsed = Json::parse(*text);
      if (!parsed) return properties.fault("DefinitionString", parsed.error().message);
      request.definition = substitute(*parsed, substitutions).text();
    } else {
      properties.fault("Definition", "a state machine needs a Definition, a DefinitionString or a DefinitionUri");
    }
  }

  /// Templates write the API's members with a capital letter first.
  static Json with_wire_names(const Json& value) {
    if (value.is_array()) {
      Json::Array elements;
      for (const auto& element : value.elements()) elements.push_back(with_wire_names(element));
      return Json(std::move(elements));
    }
    if (!value.is_object()) return value;
    Json::Object members;
    for (const auto& [name, member] : value.members()) {
      std::string wire_name = name;
      if (!wire_name.empty() && wire_name.front() >= 'A' && wire_name.front() <= 'Z')
        wire_name.front() = static_cast<char>(wire_name.front() + 32);
      members.push_back({std::move(wire_name), with_wire_names(member)});
    }
    return Json(std::move(members));
  }

  void check_definition(const Resource& resource, const CreateStateMachine& request, Faults& faults) const {
    if (request.definition.empty()) return;
    Faults ignored;
    const auto place = Properties(resource.properties, resource.place, ignored, &resource.written_as)
                           .at(resource.properties.find("DefinitionString") ? "DefinitionString" : "Definition");
    const auto parsed = parse_definition(request.definition, {.type = request.type});
    bool faulty = false;
    for (const auto& fault : parsed.diagnostics) {
      if (fault.severity != Diagnostic::Severity::Error) continue;
      faulty = true;
      faults.add(error(ErrorCode::InvalidDefinition, fmt::format("{}: {}", fault.code, fault.message), place + fault.where.value_or("")));
    }
    if (faulty || (allow_unsupported_ && parsed.machine)) return;
    for (const auto& sentence : parsed.unsupported) faults.add(error(ErrorCode::NotSupported, sentence, place));
  }

  Site site_;
  bool allow_unsupported_;
};

}  // namespace

std::unique_ptr<ResourceType> make_state_machine_type(Site site, bool allow_unsupported) {
  return std::make_unique<StateMachineType>(std::move(site), allow_unsupported);
}

}  // namespace signalbox::deploy
