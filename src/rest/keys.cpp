#include "services/keys/keys.h"

#include "rest/request.h"
#include "rest/service_routes.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

/// The secret is shown once, to its maker.
Json to_json(const services::ApiKey& key, bool with_secret) {
  return present_members({{"id", key.id},
                          {"secret", with_secret ? Json(key.secret) : Json()},
                          {"createdAt", format_rfc3339(key.created_at)},
                          {"description", key.name.empty() ? Json() : Json(key.name)}});
}

awaitable<http::Response> list(const Reader& reader) {
  Json::Array keys;
  for (const auto& key : services::list_keys(reader)) keys.push_back(to_json(key, false));
  co_return answer(200, json_object({{"keys", Json(std::move(keys))}}));
}

awaitable<http::Response> make(Engine& engine, http::Request request) {
  auto body = read_body(request, {"description"});
  if (!body) co_return problem(body.error());
  const auto description = text_member(*body, "description");
  if (!description) co_return problem(description.error());
  std::function<Result<services::ApiKey>(EngineTransaction&)> work =
      [name = description->value_or("")](EngineTransaction& transaction) -> Result<services::ApiKey> {
    return services::create_key(transaction, name);
  };
  auto key = co_await transact<services::ApiKey>(engine, std::move(work));
  if (!key) co_return problem(key.error());
  co_return answer(201, to_json(*key, true));
}

awaitable<http::Response> remove(Engine& engine, http::Request request) {
  std::function<Result<void>(EngineTransaction&)> work = [id = std::string(request.parameter("id"))](EngineTransaction& transaction) {
    return services::delete_key(transaction, id);
  };
  auto removed = co_await transact<void>(engine, std::move(work));
  if (!removed) co_return problem(removed.error());
  co_return http::Response{.status = 204};
}

}  // namespace

void add_key_routes(http::Router& router, Engine& engine, const Reader& reader) {
  router.on("GET", "/v1/keys", [&](http::Request) { return list(reader); });
  router.on("POST", "/v1/keys", [&](http::Request&& request) { return make(engine, std::move(request)); });
  router.on("DELETE", "/v1/keys/{id}", [&](http::Request&& request) { return remove(engine, std::move(request)); });
}

}  // namespace signalbox::rest
