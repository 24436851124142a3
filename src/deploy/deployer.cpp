#include "deploy/deployer.h"

#include "deploy/stack_files.h"

#include "signalbox/async.h"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace signalbox::deploy {

namespace fs = std::filesystem;

namespace {

/// What was given for this stack, or for all stacks: `NAME` is passed over where a template does not have it, since it may be meant for others.
std::map<std::string, std::string> parameters_of(const StackFiles& files, const Template& source, const ParameterOverrides& overrides) {
  std::map<std::string, std::string> given = files.parameters;
  for (const auto& [name, value] : overrides)
    if (name.find('.') == std::string::npos && source.parameters.contains(name)) given.insert_or_assign(name, value);
  const auto prefix = files.name + ".";
  for (const auto& [name, value] : overrides)
    if (name.starts_with(prefix)) given.insert_or_assign(name.substr(prefix.size()), value);
  return given;
}

struct Applied {
  bool existed = false;
  std::vector<Change> changes;
};

using Work = std::function<Result<bool>(EngineTransaction&)>;

/// Fills `applied`, even if it fails.
Work make_work(std::shared_ptr<const ResourceTypes> types, ResourceCheck check, std::shared_ptr<const Plan> plan, Deployer::Note note,
               std::shared_ptr<Applied> applied) {
  return [types = std::move(types), check = std::move(check), plan = std::move(plan), note = std::move(note),
          applied = std::move(applied)](EngineTransaction& transaction) -> Result<bool> {
    applied->existed = find_stack(transaction, plan->stack).has_value();
    if (auto done = apply(transaction, *plan, *types, applied->changes, check); !done) return done.error();
    if (note) note(transaction, applied->changes);
    return true;
  };
}

StackResult failed(std::string name, Error failure, std::vector<Change> changes = {}) {
  return {.name = std::move(name), .result = "failed", .failure = std::move(failure), .changes = std::move(changes), .outputs = {}};
}

}  // namespace

struct Deployer::Parts {
  ResourceTypes types;
  DeployOptions options;
  std::unique_ptr<Reader> reader;  ///< the calling thread's

  [[nodiscard]] CodeStaging staging() const {
    return {.folder = options.stage_code, .archive = options.stage_archive, .object = options.read_object};
  }

  [[nodiscard]] TemplateReading reading(ParameterValues values, CodeSources sources) const {
    ReadInclude include = [sources = std::move(sources), staging = staging()](const std::string& location) {
      return read_located_document(Json(location), sources, staging);
    };
    return {.parameters = std::move(values), .include = std::move(include), .stage_code = options.stage_code};
  }

  /// What a plan needs besides the template.
  [[nodiscard]] PlanRequest request(const std::string& stack, CodeSources sources) const {
    PlanRequest made;
    made.stack = stack;
    made.site = options.site;
    made.now = reader.get();
    made.exports = exports_of_others(*reader, stack);
    if (options.systems_manager) made.systems_manager = [this](const std::string& name) { return options.systems_manager(*reader, name); };
    const auto staging = this->staging();
    made.read_document = [sources, staging](const Json& location) { return read_located_document(location, sources, staging); };
    made.stage_code = [sources = std::move(sources), staging](const Json& code, std::string_view runtime) {
      return stage_code(code, runtime, sources, staging);
    };
    return made;
  }

  [[nodiscard]] Template read(const StackFiles& files, const ParameterOverrides& overrides, const PlanRequest& made, Faults& faults) const {
    const ParameterValues values = [&](const Template& declared) {
      Faults said_later;
      return parameter_values(declared, parameters_of(files, declared, overrides), made.systems_manager, said_later);
    };
    return read_stack(files, reading(values, {.folder = files.folder, .assets = files.assets}), faults);
  }

  [[nodiscard]] Result<Plan> plan(const StackFiles& files, const ParameterOverrides& overrides, const UnsupportedTypes& allowed) const {
    Faults faults;
    PlanRequest made = request(files.name, {.folder = files.folder, .assets = files.assets});
    made.folder = files.template_file.empty() && files.definitions.size() == 1 ? files.definitions.front().string() : files.folder.string();
    made.source = read(files, overrides, made, faults);
    made.allow_unsupported = allowed;
    Plan plan;
    if (!made.source.resources.empty()) {
      made.parameters = parameters_of(files, made.source, overrides);
      plan = make_plan(made, types, faults);
    }
    if (!faults.empty()) return faults.as_error(files.template_file.empty() ? made.folder : files.template_file.string());
    return plan;
  }
};

Deployer::Deployer(Engine& engine, ResourceTypes types, DeployOptions options)
    : parts_(std::make_shared<const Parts>(Parts{std::move(types), std::move(options), engine.reader()})), engine_(engine) {}

boost::asio::awaitable<Result<std::vector<StackResult>>> Deployer::deploy(fs::path path, ParameterOverrides parameters,
                                                                          UnsupportedTypes allowed) {
  const auto stacks = find_stack_files(path);
  if (!stacks) co_return stacks.error();
  if (stacks->empty())
    co_return error(ErrorCode::InvalidArgument, fmt::format("there is no template and no definition in '{}'", path.string()));
  std::vector<StackResult> results;
  for (const auto& files : *stacks) {
    auto plan = parts_->plan(files, parameters, allowed);
    if (!plan) {
      results.push_back(failed(files.name, plan.error()));
      continue;
    }
    Note note;
    if (files.is_protected)
      note = [stack = files.name, on = *files.is_protected](EngineTransaction& transaction, const std::vector<Change>&) {
        set_protected(transaction, stack, on);
      };
    auto result = co_await apply(std::move(*plan), std::move(note));
    results.push_back(std::move(result));
  }
  co_return results;
}

Result<std::vector<StackResult>> Deployer::foresee(const fs::path& path, const ParameterOverrides& parameters,
                                                   const UnsupportedTypes& allowed) const {
  const auto stacks = find_stack_files(path);
  if (!stacks) return stacks.error();
  if (stacks->empty())
    return error(ErrorCode::InvalidArgument, fmt::format("there is no template and no definition in '{}'", path.string()));
  std::vector<StackResult> results;
  for (const auto& files : *stacks) {
    auto plan = parts_->plan(files, parameters, allowed);
    if (!plan) {
      results.push_back(failed(files.name, plan.error()));
      continue;
    }
    auto changes = deploy::foresee(*parts_->reader, *plan);
    const char* result = !find_stack(*parts_->reader, files.name) ? "create" : changes.empty() ? "unchanged" : "update";
    results.push_back({.name = files.name,
                       .result = result,
                       .failure = std::nullopt,
                       .changes = std::move(changes),
                       .outputs = std::move(plan->outputs)});
  }
  return results;
}

std::vector<std::string> Deployer::unknown_parameters(const fs::path& path, const ParameterOverrides& parameters) const {
  const auto stacks = find_stack_files(path);
  if (parameters.empty() || !stacks || stacks->empty()) return {};
  std::set<std::string> known;
  for (const auto& files : *stacks) {
    Faults faults;
    const Template source =
        parts_->read(files, parameters, parts_->request(files.name, {.folder = files.folder, .assets = files.assets}), faults);
    if (!faults.empty()) return {};
    for (const auto& [name, declared] : source.parameters) known.insert({name, files.name + "." + name});
  }
  std::vector<std::string> unknown;
  for (const auto& [name, value] : parameters)
    if (!known.contains(name)) unknown.push_back(name);
  return unknown;
}

Result<Plan> Deployer::plan_text(const std::string& stack, const std::string& text,
                                 const std::map<std::string, std::string>& parameters) const {
  const auto document = parse_document(text);
  if (!document) return document.error();
  Faults faults;
  PlanRequest made = parts_->request(stack, {});
  const ParameterValues values = [&](const Template& declared) {
    Faults said_later;
    return parameter_values(declared, parameters, made.systems_manager, said_later);
  };
  made.source = read_whole_template(*document, {}, parts_->reading(values, {}), faults);
  made.parameters = parameters;
  made.text = text;
  Plan plan;
  if (!made.source.resources.empty()) plan = make_plan(made, parts_->types, faults);
  if (!faults.empty()) return faults.as_error("template");
  return plan;
}

Result<std::string> Deployer::read_object(const std::string& bucket, const std::string& key) const {
  return parts_->options.read_object(bucket, key);
}

boost::asio::awaitable<StackResult> Deployer::apply(Plan plan, Note note) {
  const auto name = plan.stack;
  auto outputs = plan.outputs;
  // Named, since GCC 12.2 destroys a temporary with captures twice when it is an argument of what is awaited.
  const auto applied = std::make_shared<Applied>();
  Work work = make_work(std::shared_ptr<const ResourceTypes>(parts_, &parts_->types), parts_->options.check,
                        std::make_shared<const Plan>(std::move(plan)), std::move(note), applied);
  const auto done = co_await transact<bool>(engine_, std::move(work));
  if (!done) co_return failed(name, done.error(), std::move(applied->changes));
  const char* result = !applied->existed ? "created" : applied->changes.empty() ? "unchanged" : "updated";
  co_return StackResult{
      .name = name, .result = result, .failure = std::nullopt, .changes = std::move(applied->changes), .outputs = std::move(outputs)};
}

boost::asio::awaitable<StackResult> Deployer::destroy(std::string stack, Removal removal, Note note) {
  const auto changes = std::make_shared<std::vector<Change>>();
  Work work = [parts = parts_, stack, removal = std::move(removal), note = std::move(note),
               changes](EngineTransaction& transaction) -> Result<bool> {
    if (!find_stack(transaction, stack)) return error(ErrorCode::NotFound, fmt::format("there is no stack '{}'", stack));
    if (auto done = deploy::destroy(transaction, stack, removal, parts->types, *changes); !done) return done.error();
    if (note) note(transaction, *changes);
    return true;
  };
  const auto removed = co_await transact<bool>(engine_, std::move(work));
  if (!removed) co_return failed(stack, removed.error(), std::move(*changes));
  co_return StackResult{.name = stack, .result = "removed", .failure = std::nullopt, .changes = std::move(*changes), .outputs = {}};
}

std::vector<ResourceChange> Deployer::describe_changes(const Plan& plan) const {
  return deploy::describe_changes(*parts_->reader, plan, parts_->types);
}

std::vector<std::string> Deployer::vanished(const Reader& reader) {
  std::vector<std::string> names;
  for (const auto& stack : list_stacks(reader)) {
    std::error_code ignored;
    if (!stack.folder.empty() && !fs::exists(stack.folder, ignored)) names.push_back(stack.name);
  }
  return names;
}

Result<Plan> Deployer::plan(const fs::path& path, const ParameterOverrides& parameters) const {
  const auto stacks = find_stack_files(path);
  if (!stacks) return stacks.error();
  if (stacks->size() != 1) return error(ErrorCode::InvalidArgument, fmt::format("'{}' is not the folder of one stack", path.string()));
  return parts_->plan(stacks->front(), parameters, {});
}

}  // namespace signalbox::deploy
