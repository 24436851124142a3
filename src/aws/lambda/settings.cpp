// What stands beside a function: concurrency, tags, policy, settings of asynchronous calls.
#include "aws/kept.h"
#include "aws/lambda/lambda.h"
#include "services/functions/async_calls.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::lambda {

namespace {

constexpr const char* policy_kind = function_policy_kind;

Json concurrency_json(const functions::FunctionConfig& config) {
  return config.reserved_concurrency ? json_object({{"ReservedConcurrentExecutions", Json(*config.reserved_concurrency)}})
                                     : Json::empty_object();
}

Answer<functions::FunctionConfig> changed(EngineTransaction& transaction, functions::FunctionConfig config) {
  auto updated = functions::update_function(transaction, std::move(config));
  if (!updated) return failure_of(updated.error());
  return std::move(*updated);
}

/// The function that an ARN of the tags' operations names.
Answer<functions::FunctionConfig> tagged_function(const OperationContext& context, const Reader& reader, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("Resource", {1, 256});
  if (auto fault = parameters.fault()) return *fault;
  const auto reference = functions::parse_function_reference(arn);
  if (!reference || !arn.starts_with("arn:")) return invalid_parameter("Unsupported resource: " + arn + ". Only functions have tags here.");
  return function_of(context, reader, *reference);
}

// ---- policies --------------------------------------------------------------------------------------------------------------------------
struct PolicyPlace {
  std::string function, qualifier, arn;
};
Answer<PolicyPlace> policy_place(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (auto found = qualified_function_of(context, reader, *reference); !found) return found.error();
  const auto arn = context.services.engine.site().function_arn(reference->name);
  return PolicyPlace{reference->name, reference->qualifier, reference->qualifier.empty() ? arn : arn + ":" + reference->qualifier};
}

Json policy_of(const Reader& reader, const PolicyPlace& place) {
  return find_kept(reader, policy_kind, place.function, place.qualifier)
      .value_or(json_object({{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", Json::empty_array()}}));
}

std::string policy_revision(const Json& policy) { return revision_id(policy.text(), 0); }

Json principal_json(const std::string& principal) {
  if (principal == "*") return Json("*");
  if (principal.find('.') != std::string::npos) return json_object({{"Service", Json(principal)}});
  return json_object({{"AWS", Json(principal.starts_with("arn:") ? principal : "arn:aws:iam::" + principal + ":root")}});
}

Json statement_of(Parameters& parameters, const std::string& arn) {
  Json statement = json_object({{"Sid", Json(parameters.required("StatementId", {1, 100}))},
                                {"Effect", "Allow"},
                                {"Principal", principal_json(parameters.required("Principal"))},
                                {"Action", Json(parameters.required("Action"))},
                                {"Resource", Json(arn)}});
  Json condition = Json::empty_object();
  if (const auto source = parameters.text("SourceArn"))
    condition = condition.with("ArnLike", json_object({{"AWS:SourceArn", Json(*source)}}));
  Json equals = Json::empty_object();
  if (const auto account = parameters.text("SourceAccount")) equals = equals.with("AWS:SourceAccount", Json(*account));
  if (const auto token = parameters.text("EventSourceToken")) equals = equals.with("lambda:EventSourceToken", Json(*token));
  if (const auto type = parameters.text("FunctionUrlAuthType")) equals = equals.with("lambda:FunctionUrlAuthType", Json(*type));
  if (equals.size() > 0) condition = condition.with("StringEquals", equals);
  if (const auto by_url = parameters.boolean("InvokedViaFunctionUrl"))
    condition = condition.with("Bool", json_object({{"lambda:InvokedViaFunctionUrl", *by_url ? "true" : "false"}}));
  return condition.size() > 0 ? statement.with("Condition", condition) : statement;
}

bool has_id(const Json& statement, std::string_view id) {
  const Json* sid = statement.find("Sid");
  return sid && sid->is_string() && sid->as_string() == id;
}

// ---- asynchronous calls ------------------------------------------------------------------------------------------------------------------
Json destination_json(const std::string& arn) { return arn.empty() ? Json::empty_object() : json_object({{"Destination", Json(arn)}}); }

Json invoke_config_json(const OperationContext& context, const functions::FunctionReference& reference,
                        const functions::EventInvokeConfig& config) {
  return json_object({{"LastModified", Json::from_stored(format_epoch_seconds(config.modified_at))},
                      {"FunctionArn", Json(context.services.engine.site().function_arn(reference.name) + ":" +
                                           (reference.qualifier.empty() ? "$LATEST" : reference.qualifier))},
                      {"MaximumRetryAttempts", Json(config.retries_max)},
                      {"MaximumEventAgeInSeconds", Json(config.age_max_seconds)},
                      {"DestinationConfig", json_object({{"OnSuccess", destination_json(config.on_success)},
                                                         {"OnFailure", destination_json(config.on_failure)}})}});
}

Answer<std::string> destination_of(const Json& config, const char* name) {
  const Json* way = config.find(name);
  const Json* destination = way ? way->find("Destination") : nullptr;
  if (!destination || !destination->is_string() || destination->as_string().empty()) return std::string();
  Arn arn;
  if (!parse_arn(destination->as_string(), arn) ||
      (arn.service != "sqs" && arn.service != "sns" && arn.service != "lambda" && arn.service != "events")) {
    return invalid_parameter("The destination ARN " + std::string(destination->as_string()) + " is invalid.");
  }
  return std::string(destination->as_string());
}

Answer<Json> store_invoke_config(const OperationContext& context, EngineTransaction& transaction, const Json& request, bool keep_others) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (auto found = qualified_function_of(context, transaction, *reference); !found) return found.error();
  auto present = functions::find_event_invoke_config(transaction, reference->name, reference->qualifier);
  if (keep_others && !present)
    return Failure{"ResourceNotFoundException",
                   "The function " + context.services.engine.site().function_arn(reference->name) + " doesn't have an EventInvokeConfig",
                   404};
  auto config = keep_others ? *present : functions::EventInvokeConfig{};
  Parameters parameters(request);
  config.retries_max = parameters.integer("MaximumRetryAttempts", {0, 2}).value_or(config.retries_max);
  config.age_max_seconds = parameters.integer("MaximumEventAgeInSeconds", {60, 21'600}).value_or(config.age_max_seconds);
  const Json* destinations = parameters.object("DestinationConfig");
  if (auto fault = parameters.fault()) return *fault;
  if (destinations) {
    auto success = destination_of(*destinations, "OnSuccess"), failure = destination_of(*destinations, "OnFailure");
    if (!success) return success.error();
    if (!failure) return failure.error();
    config.on_success = std::move(*success);
    config.on_failure = std::move(*failure);
  }
  functions::put_event_invoke_config(transaction, reference->name, reference->qualifier, config);
  config.modified_at = transaction.now();
  return invoke_config_json(context, *reference, config);
}

}  // namespace

Answer<Json> put_function_concurrency(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  Parameters parameters(request);
  const auto limit = parameters.integer("ReservedConcurrentExecutions", {0, INT64_MAX});
  if (!limit) parameters.violation("null", "reservedConcurrentExecutions", "Member must not be null");
  if (auto fault = parameters.fault()) return *fault;
  auto config = function_of(context, transaction, *reference);
  if (!config) return config.error();
  config->reserved_concurrency = *limit;
  const auto updated = changed(transaction, std::move(*config));
  if (!updated) return updated.error();
  return concurrency_json(*updated);
}

Answer<Json> get_function_concurrency(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  const auto config = function_of(context, reader, *reference);
  if (!config) return config.error();
  return concurrency_json(*config);
}

Answer<Json> delete_function_concurrency(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  auto config = function_of(context, transaction, *reference);
  if (!config) return config.error();
  config->reserved_concurrency.reset();
  const auto updated = changed(transaction, std::move(*config));
  if (!updated) return updated.error();
  return Json::empty_object();
}

Answer<Json> list_tags(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto config = tagged_function(context, reader, request);
  if (!config) return config.error();
  return json_object({{"Tags", tags_json(config->tags)}});
}

Answer<Json> tag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto config = tagged_function(context, transaction, request);
  if (!config) return config.error();
  Parameters parameters(request);
  const Json* tags = parameters.object("Tags");
  if (auto fault = parameters.fault()) return *fault;
  if (!tags) return invalid_parameter("Tags must not be null");
  for (const auto& [key, value] : tags->members()) config->tags[key] = plain_text(value);
  const auto updated = changed(transaction, std::move(*config));
  if (!updated) return updated.error();
  return Json::empty_object();
}

Answer<Json> untag_resource(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  auto config = tagged_function(context, transaction, request);
  if (!config) return config.error();
  Parameters parameters(request);
  const auto keys = parameters.texts("TagKeys");
  if (auto fault = parameters.fault()) return *fault;
  for (const auto& key : keys) config->tags.erase(key);
  const auto updated = changed(transaction, std::move(*config));
  if (!updated) return updated.error();
  return Json::empty_object();
}

void forget_policies(EngineTransaction& transaction, std::string_view function) {
  for (const auto& [qualifier, policy] : list_kept(transaction, policy_kind, function))
    (void)drop_kept(transaction, policy_kind, function, qualifier);
}

Answer<Json> add_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto place = policy_place(context, transaction, request);
  if (!place) return place.error();
  Parameters parameters(request);
  const Json statement = statement_of(parameters, place->arn);
  if (auto fault = parameters.fault()) return *fault;
  const Json policy = policy_of(transaction, *place);
  auto statements = policy.find("Statement")->elements();
  const auto id = statement.find("Sid")->as_string();
  for (const Json& each : statements) {
    if (has_id(each, id))
      return Failure{"ResourceConflictException",
                     "The statement id (" + std::string(id) +
                         ") provided already exists. Please provide a new statement id, or remove the existing statement.",
                     409};
  }
  statements.push_back(statement);
  keep(transaction, policy_kind, place->function, place->qualifier, policy.with("Statement", Json(std::move(statements))));
  return json_object({{"Statement", Json(statement.text())}});
}

Answer<Json> get_policy(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto place = policy_place(context, reader, request);
  if (!place) return place.error();
  const auto policy = find_kept(reader, policy_kind, place->function, place->qualifier);
  if (!policy) return Failure{"ResourceNotFoundException", "The resource you requested does not exist.", 404};
  return json_object({{"Policy", Json(policy->text())}, {"RevisionId", Json(policy_revision(*policy))}});
}

Answer<Json> remove_permission(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto place = policy_place(context, transaction, request);
  if (!place) return place.error();
  Parameters parameters(request);
  const auto id = parameters.required("StatementId", {1, 100});
  if (auto fault = parameters.fault()) return *fault;
  const Json policy = policy_of(transaction, *place);
  Json::Array left;
  for (const Json& each : policy.find("Statement")->elements()) {
    if (!has_id(each, id)) left.push_back(each);
  }
  if (left.size() == policy.find("Statement")->size())
    return Failure{"ResourceNotFoundException", "Statement " + id + " is not found in resource policy.", 404};
  if (left.empty()) (void)drop_kept(transaction, policy_kind, place->function, place->qualifier);
  else keep(transaction, policy_kind, place->function, place->qualifier, policy.with("Statement", Json(std::move(left))));
  return Json::empty_object();
}

Answer<Json> put_function_event_invoke_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  return store_invoke_config(context, transaction, request, false);
}
Answer<Json> update_function_event_invoke_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  return store_invoke_config(context, transaction, request, true);
}

Answer<Json> get_function_event_invoke_config(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (auto found = qualified_function_of(context, reader, *reference); !found) return found.error();
  const auto config = functions::find_event_invoke_config(reader, reference->name, reference->qualifier);
  if (!config)
    return Failure{"ResourceNotFoundException",
                   "The function " + context.services.engine.site().function_arn(reference->name) + " doesn't have an EventInvokeConfig",
                   404};
  return invoke_config_json(context, *reference, *config);
}

Answer<Json> delete_function_event_invoke_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (auto found = qualified_function_of(context, transaction, *reference); !found) return found.error();
  functions::delete_event_invoke_config(transaction, reference->name, reference->qualifier);
  return Json::empty_object();
}

Answer<Json> get_account_settings(const OperationContext&, const Reader& reader, const Json&) {
  std::int64_t count = 0, bytes = 0;
  for (const auto& function : functions::list_functions(reader, {}, SIZE_MAX)) {
    ++count;
    bytes += function.code_bytes;
  }
  return json_object({{"AccountLimit", json_object({{"TotalCodeSize", Json(std::int64_t{80'530'636'800})},
                                                    {"CodeSizeUnzipped", 262'144'000},
                                                    {"CodeSizeZipped", 52'428'800},
                                                    {"ConcurrentExecutions", 1000},
                                                    {"UnreservedConcurrentExecutions", 1000}})},
                      {"AccountUsage", json_object({{"TotalCodeSize", Json(bytes)}, {"FunctionCount", Json(count)}})}});
}

}  // namespace signalbox::aws::lambda
