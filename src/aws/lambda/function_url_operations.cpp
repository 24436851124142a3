// Function URLs: how they are made, shown and changed. Source: Lambda API Reference, CreateFunctionUrlConfig and its like.
#include "aws/lambda/lambda.h"

#include "services/functions/function_urls.h"
#include "signalbox/encoding.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace signalbox::aws::lambda {

namespace {

using functions::FunctionUrl;
using functions::UrlAuth;

struct UrlPlace {
  std::string function, alias, arn;
};

/// Digits alone are a version, which has no URL.
bool is_alias(const std::string& text) {
  return !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// The function, or the alias, that a request names. Errors: ValidationException, ResourceNotFoundException.
Answer<UrlPlace> place_of(const OperationContext& context, const Reader& reader, const Json& request) {
  auto reference = reference_of(request);
  if (!reference) return reference.error();
  if (reference->qualifier == "$LATEST") reference->qualifier.clear();
  if (!reference->qualifier.empty() && !is_alias(reference->qualifier)) {
    Parameters parameters(request);
    parameters.violation("'" + reference->qualifier + "'", "qualifier",
                         "Member must satisfy regular expression pattern: (^\\$LATEST$)|((?!^[0-9]+$)([a-zA-Z0-9-_]+))");
    return *parameters.fault();
  }
  if (auto found = qualified_function_of(context, reader, *reference); !found) return found.error();
  const auto arn = context.services.engine.site().function_arn(reference->name);
  return UrlPlace{reference->name, reference->qualifier, reference->qualifier.empty() ? arn : arn + ":" + reference->qualifier};
}

Failure url_missing() { return {"ResourceNotFoundException", "The resource you requested does not exist.", 404}; }

// ---- members ---------------------------------------------------------------------------------------------------------------------------

std::string shown_list(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + value;
  return "[" + out + "]";
}

/// A list of texts as the model limits it.
void check_list(Parameters& cors, const char* name, const char* shown_name, std::size_t most, Length each) {
  const auto values = cors.texts(name);
  if (values.size() > most)
    cors.violation("'" + shown_list(values) + "'", shown_name, "Member must have length less than or equal to " + std::to_string(most));
  const bool fit = std::all_of(values.begin(), values.end(),
                               [&](const std::string& value) { return characters(value) >= each.min && characters(value) <= each.max; });
  if (fit) return;
  cors.violation("'" + shown_list(values) + "'", shown_name,
                 "Member must satisfy constraint: [Member must have length less than or equal to " + std::to_string(each.max) +
                     ", Member must have length greater than or equal to " + std::to_string(each.min) + "]");
}

void check_cors(Parameters& parameters, const Json& given) {
  Parameters cors(given, "cors.");
  check_list(cors, "AllowHeaders", "allowHeaders", 100, {0, 1024});
  check_list(cors, "AllowMethods", "allowMethods", 6, {0, 6});
  check_list(cors, "AllowOrigins", "allowOrigins", 100, {1, 253});
  check_list(cors, "ExposeHeaders", "exposeHeaders", 100, {0, 1024});
  (void)cors.integer("MaxAge", {0, 86'400});
  (void)cors.boolean("AllowCredentials");
  parameters.absorb(cors);
}

/// What of a Cors counts; nothing if that is nothing.
std::optional<Json> kept_cors(const Json& given) {
  Json kept = Json::empty_object();
  for (const auto* name : {"AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge"})
    if (const auto* value = given.find(name); value && !value->is_null()) kept = kept.with(name, *value);
  return kept.size() > 0 ? std::optional(std::move(kept)) : std::nullopt;
}

Failure no_streams() {
  return invalid_parameter("The invoke mode RESPONSE_STREAM is not supported here: an answer is sent once it is whole. BUFFERED is.");
}

/// `url` with the members that a request has. Errors: ValidationException, InvalidParameterValueException.
Answer<FunctionUrl> with_members(FunctionUrl url, const Json& request, bool is_new) {
  Parameters parameters(request);
  const auto auth = parameters.one_of("AuthType", {"NONE", "AWS_IAM"});
  if (is_new && !request.find("AuthType")) parameters.violation("null", "authType", "Member must not be null");
  const auto mode = parameters.one_of("InvokeMode", {"BUFFERED", "RESPONSE_STREAM"});
  const auto* cors = parameters.object("Cors");
  if (cors) check_cors(parameters, *cors);
  if (auto fault = parameters.fault()) return *fault;
  if (mode == "RESPONSE_STREAM") return no_streams();
  if (auth) url.auth = *auth == "AWS_IAM" ? UrlAuth::Iam : UrlAuth::None;
  if (cors) url.cors = kept_cors(*cors);
  return url;
}

Json url_json(const FunctionUrl& url, const std::string& arn) {
  Json shown = json_object({{"FunctionUrl", functions::function_url_of(url.id)},
                            {"FunctionArn", arn},
                            {"AuthType", url.auth == UrlAuth::Iam ? "AWS_IAM" : "NONE"},
                            {"CreationTime", format_rfc3339(url.created_at)},
                            {"InvokeMode", "BUFFERED"}});
  return url.cors ? shown.with("Cors", *url.cors) : shown;
}
Json with_modification(const Json& shown, const FunctionUrl& url) {
  return shown.with("LastModifiedTime", Json(format_rfc3339(url.modified_at)));
}

}  // namespace

Answer<Json> create_function_url_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto place = place_of(context, transaction, request);
  if (!place) return place.error();
  if (functions::find_function_url(transaction, place->function, place->alias)) {
    return Failure{"ResourceConflictException",
                   "Failed to create function url config for [functionArn = " + place->arn +
                       "]. Error message:  FunctionUrlConfig exists for this Lambda function",
                   409};
  }
  FunctionUrl url{.id = functions::function_url_id(context.services.engine.master_key(), place->function, place->alias),
                  .function = place->function,
                  .alias = place->alias};
  auto wanted = with_members(std::move(url), request, true);
  if (!wanted) return wanted.error();
  return url_json(functions::put_function_url(transaction, std::move(*wanted)), place->arn);
}

Answer<Json> update_function_url_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto place = place_of(context, transaction, request);
  if (!place) return place.error();
  auto present = functions::find_function_url(transaction, place->function, place->alias);
  if (!present) return url_missing();
  auto wanted = with_members(std::move(*present), request, false);
  if (!wanted) return wanted.error();
  const auto stored = functions::put_function_url(transaction, std::move(*wanted));
  return with_modification(url_json(stored, place->arn), stored);
}

Answer<Json> delete_function_url_config(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  const auto place = place_of(context, transaction, request);
  if (!place) return place.error();
  if (!functions::find_function_url(transaction, place->function, place->alias)) return url_missing();
  functions::erase_function_url(transaction, place->function, place->alias);
  return Json::empty_object();
}

Answer<Json> get_function_url_config(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto place = place_of(context, reader, request);
  if (!place) return place.error();
  const auto url = functions::find_function_url(reader, place->function, place->alias);
  return url ? Answer<Json>(with_modification(url_json(*url, place->arn), *url)) : url_missing();
}

Answer<Json> list_function_url_configs(const OperationContext& context, const Reader& reader, const Json& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto place = place_of(context, reader, request);
  if (!place) return place.error();
  const auto arn = context.services.engine.site().function_arn(place->function);
  Json::Array shown;
  std::string last;  // `:ALIAS`, or `:` for the function itself
  bool more = false;
  for (const auto& url : functions::list_function_urls(reader, place->function)) {
    if (":" + url.alias <= page->after) continue;
    more = shown.size() == page->limit;
    if (more) break;
    shown.push_back(with_modification(url_json(url, url.alias.empty() ? arn : arn + ":" + url.alias), url));
    last = ":" + url.alias;
  }
  const Json out = json_object({{"FunctionUrlConfigs", Json(std::move(shown))}});
  return more ? out.with("NextMarker", Json(base64url_encode(last))) : out;
}

}  // namespace signalbox::aws::lambda
