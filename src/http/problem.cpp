#include "http/problem.h"

#include <nlohmann/json.hpp>

#include "http/status.h"
#include "http/text.h"

namespace signalbox::http {

namespace {
Response as_response(int status, const nlohmann::ordered_json& body) {
  Response response{status};
  response.headers.add("Content-Type", "application/problem+json");
  if (status == 503) response.headers.add("Retry-After", "1");
  // What a client sent may stand in `detail`, valid UTF-8 or not.
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}
}  // namespace

Response problem_response(int status, std::string_view detail) {
  return as_response(status, {{"title", reason_phrase(status)}, {"status", status}, {"detail", detail}});
}

Response problem_response(const Error& error) {
  const int status = status_of(error.code);
  nlohmann::ordered_json body{
      {"title", reason_phrase(status)}, {"status", status}, {"detail", error.message}, {"code", name_of(error.code)}};
  if (!error.where.empty()) body["where"] = error.where;
  return as_response(status, body);
}

}  // namespace signalbox::http
