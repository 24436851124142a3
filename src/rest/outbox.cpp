#include "rest/request.h"
#include "rest/service_routes.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

Json to_json(const OutboxMail& mail, const std::string& public_url) {
  return present_members({{"id", std::to_string(mail.row.value)},
                          {"to", mail.mail.to},
                          {"subject", mail.mail.subject},
                          {"text", resolve_public_url(mail.mail.text, public_url)},
                          {"state", to_string(mail.state)},
                          {"createdAt", format_rfc3339(mail.created_at)},
                          {"attempts", mail.attempts},
                          {"nextAttemptAt", optional_time(mail.next_attempt)},
                          {"endedAt", optional_time(mail.ended_at)},
                          {"lastError", mail.last_error.empty() ? Json() : Json(mail.last_error)}});
}

awaitable<http::Response> list(const Reader& reader, std::string public_url, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto cursor = read_row_cursor(request);
  if (!cursor) co_return problem(cursor.error());
  const auto before = *cursor ? std::optional(MailRow{**cursor}) : std::nullopt;
  const auto page = list_outbox(reader, *limit, before);
  Json::Array mails;
  for (const auto& mail : page.mails) mails.push_back(to_json(mail, public_url));
  const Json next = page.next ? Json(std::to_string(page.next->value)) : Json();
  co_return answer(200, present_members({{"mail", Json(std::move(mails))}, {"cursor", next}}));
}

awaitable<http::Response> get(const Reader& reader, std::string public_url, http::Request request) {
  const std::string id(request.parameter("id"));
  const bool number = !id.empty() && id.size() < 18 && id.find_first_not_of("0123456789") == std::string::npos;
  const auto mail = number ? find_mail(reader, MailRow{std::stoll(id)}) : std::nullopt;
  if (!mail) co_return problem(error(ErrorCode::NotFound, "there is no mail '" + id + "' in the outbox"));
  co_return answer(200, to_json(*mail, public_url));
}

}  // namespace

void add_outbox_routes(http::Router& router, const Reader& reader, std::function<std::string()> public_url) {
  router.on("GET", "/v1/outbox", [&reader, public_url](http::Request&& request) { return list(reader, public_url(), std::move(request)); });
  router.on("GET", "/v1/outbox/{id}",
            [&reader, public_url](http::Request&& request) { return get(reader, public_url(), std::move(request)); });
}

}  // namespace signalbox::rest
