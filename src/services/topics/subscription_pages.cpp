#include "services/topics/subscription_pages.h"

#include "http/text.h"
#include "services/topics/message_signature.h"
#include "services/topics/subscription_token.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

namespace signalbox {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

// --- what pages look like ---

struct PageText {
  int status = 200;
  std::string_view word;  ///< for programs: `confirmed`, `waiting`, …
  std::string title, text;
  std::string form;  ///< HTML, or nothing
};

http::Response html_page(const PageText& page) {
  auto response = http::html_response(
      page.status,
      fmt::format(
          "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
          "<meta name=\"robots\" content=\"noindex\"><title>{0}</title>"
          "<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:3em auto;padding:0 1em;color:#222;background:#fff}}"
          "h1{{font-size:1.4em}}button{{font:inherit;padding:.5em 1.2em}}"
          "@media(prefers-color-scheme:dark){{body{{color:#ddd;background:#111}}}}</style></head>"
          "<body><h1>{0}</h1><p>{1}</p>{2}</body></html>\n",
          html_escape(page.title), html_escape(page.text), page.form));
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
  return response;
}

bool wants_json(const http::Request& request) {
  const auto accept = request.headers.get("Accept").value_or("");
  return accept.find("application/json") != std::string_view::npos && accept.find("text/html") == std::string_view::npos;
}

http::Response answer(const http::Request& request, const PageText& page) {
  auto response =
      wants_json(request) ? http::json_response(page.status, fmt::format("{{\"status\":\"{}\"}}\n", page.word)) : html_page(page);
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");  // the token stands in the URL
  return response;
}

/// A small XML answer as SNS gives it.
http::Response xml(int status, const std::string& body) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/xml");
  response.headers.set("Cache-Control", "no-store");
  response.body = body;
  return response;
}

http::Response xml_error(const Error& error, const std::string& request_id) {
  const auto sns = sns_error(error);
  return xml(
      sns.status,
      fmt::format("<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}"
                  "</Message></Error><RequestId>{}</RequestId></ErrorResponse>\n",
                  sns.code, html_escape(error.message), request_id));
}

// --- what a request may do ---

bool is_prefetch(const http::Request& request) {
  for (const auto* name : {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"}) {
    const auto value = request.headers.get(name);
    if (value && (value->find("prefetch") != std::string_view::npos || value->find("preview") != std::string_view::npos)) return true;
  }
  return false;
}

std::string posted_nonce(const http::Request& request) {
  for (const auto& [name, value] : http::parse_form(request.body))
    if (name == "nonce") return value;
  return {};
}

std::string day_and_time(Timestamp time) {
  auto text = format_rfc3339(time).substr(0, 16);
  text[10] = ' ';
  return text + " UTC";
}

const PageText unknown_link{.status = 404,
                            .word = "unknown",
                            .title = "This link does not work",
                            .text = "Perhaps a part of it got lost on its way. Please open it again from the mail, or copy it as a whole.",
                            .form = ""};

}  // namespace

struct SubscriptionPages::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, const Topics& the_topics, bool confirm)
      : engine(the_engine), topics(the_topics), no_get_decides(confirm) {}

  Engine& engine;
  const Topics& topics;
  bool no_get_decides;

  const Reader& reader() { return engine.loop_reader(); }

  std::string form(const std::string& action, const std::string& token, std::string_view button) {
    return fmt::format("<form method=\"post\"{}><input type=\"hidden\" name=\"nonce\" value=\"{}\"><button>{}</button></form>",
                       action.empty() ? std::string() : " action=\"" + html_escape(action) + "\"",
                       make_page_nonce(engine.master_key(), token, engine.clock().now()), button);
  }

  /// Whether this request decides: a POST with the page's nonce, or a plain GET where those may.
  bool decides(const http::Request& request, const std::string& token) {
    if (request.method == "POST") return is_page_nonce(engine.master_key(), token, posted_nonce(request), engine.clock().now());
    return request.method == "GET" && !no_get_decides && !is_prefetch(request);
  }

  awaitable<http::Response> confirm(http::Request request, std::string token, std::string action) {
    const auto self = shared_from_this();
    const auto parsed = parse_subscription_token(engine.master_key(), token);
    if (!parsed || parsed->action != SubscriptionAction::Confirm) co_return answer(request, unknown_link);
    const auto subscription = topics.find_subscription(reader(), parsed->row);
    if (!subscription)
      co_return answer(request, {.status = 410,
                                 .word = "ended",
                                 .title = "This subscription has ended",
                                 .text = "It was cancelled, or its topic was deleted.",
                                 .form = ""});
    if (!subscription->confirmed_at && is_expired(*parsed, engine.clock().now()))
      co_return answer(
          request,
          {.status = 410,
           .word = "expired",
           .title = "This link has expired",
           .text = "Confirmation links work for two days. Please ask whoever subscribed you to do it once more: a new mail will come.",
           .form = ""});
    if (!subscription->confirmed_at) {
      if (!decides(request, token))
        co_return answer(request,
                         {.word = "waiting",
                          .title = "Confirm this subscription?",
                          .text = subscription->endpoint + " will then receive the messages of the topic " + subscription->topic + ".",
                          .form = form(action, token, "Yes, confirm")});
      // Named before it is handed over: GCC 12 destroys a closure that is a temporary in a co_await expression twice.
      std::function<Result<Subscription>(EngineTransaction&)> work = [self, token](EngineTransaction& transaction) {
        return self->topics.confirm(transaction, "", token);
      };
      const auto confirmed = co_await transact<Subscription>(engine, std::move(work));
      if (!confirmed) co_return answer(request, failed(confirmed.error()));
      co_return answer(request, confirmed_page(*confirmed));
    }
    co_return answer(request, confirmed_page(*subscription));
  }

  awaitable<http::Response> unsubscribe(http::Request request, std::string token, std::string action) {
    const auto self = shared_from_this();
    const auto parsed = parse_subscription_token(engine.master_key(), token);
    if (!parsed || parsed->action != SubscriptionAction::Unsubscribe) co_return answer(request, unknown_link);
    const auto subscription = topics.find_subscription(reader(), parsed->row);
    const PageText gone{
        .word = "unsubscribed", .title = "You are not subscribed", .text = "No further messages of this topic will come.", .form = ""};
    if (!subscription) co_return answer(request, gone);
    if (!decides(request, token))
      co_return answer(request,
                       {.word = "waiting",
                        .title = "Unsubscribe?",
                        .text = subscription->endpoint + " will then receive no further messages of the topic " + subscription->topic + ".",
                        .form = form(action, token, "Yes, unsubscribe")});
    std::function<Result<bool>(EngineTransaction&)> work = [self, row = subscription->row](EngineTransaction& transaction) -> Result<bool> {
      if (const auto current = self->topics.find_subscription(transaction, row)) self->topics.remove_subscription(transaction, *current);
      return true;
    };
    const auto removed = co_await transact<bool>(engine, std::move(work));
    co_return answer(request, removed ? gone : failed(removed.error()));
  }

  /// SNS's ConfirmSubscription, unsigned.
  awaitable<http::Response> confirm_action(http::Request request) {
    const auto self = shared_from_this();
    const std::string token(request.query_value("Token").value_or(""));
    const auto name = topic_name_of_arn(request.query_value("TopicArn").value_or(""));
    if (!name) co_return xml_error(name.error(), request.request_id);
    const auto parsed = parse_subscription_token(engine.master_key(), token);
    if (!parsed) co_return xml_error(parsed.error(), request.request_id);
    const auto subscription = topics.find_subscription(reader(), parsed->row);
    const bool by_program =
        subscription && (subscription->protocol == SubscriptionProtocol::Http || subscription->protocol == SubscriptionProtocol::Https);
    if (!by_program) co_return co_await confirm(std::move(request), token, "subscriptions/confirm?token=" + token);
    std::function<Result<Subscription>(EngineTransaction&)> work = [self, token, topic = *name](EngineTransaction& transaction) {
      return self->topics.confirm(transaction, topic, token);
    };
    const auto confirmed = co_await transact<Subscription>(engine, std::move(work));
    if (!confirmed) co_return xml_error(confirmed.error(), request.request_id);
    co_return xml(
        200,
        fmt::format(
            "<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><ConfirmSubscriptionResult><SubscriptionArn>{}"
            "</SubscriptionArn></ConfirmSubscriptionResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>"
            "</ConfirmSubscriptionResponse>\n",
            subscription_arn(topics.site(), *confirmed), request.request_id));
  }

  awaitable<http::Response> unsubscribe_action(http::Request request) {
    const auto subscription = topics.find_subscription(reader(), request.query_value("SubscriptionArn").value_or(""));
    if (!subscription) co_return xml_error(subscription.error(), request.request_id);
    const auto token = make_subscription_token(
        engine.master_key(), {.action = SubscriptionAction::Unsubscribe, .row = subscription->row, .issued_at = subscription->created_at});
    co_return co_await unsubscribe(std::move(request), token, "subscriptions/unsubscribe?token=" + token);
  }

  PageText confirmed_page(const Subscription& subscription) const {
    return {.word = "confirmed",
            .title = "The subscription is confirmed",
            .text = subscription.endpoint + " receives the messages of the topic " + subscription.topic + " (confirmed " +
                    day_and_time(subscription.confirmed_at.value_or(Timestamp{})) + ").",
            .form = ""};
  }

  static PageText failed(const Error& error) {
    if (error.code == ErrorCode::Unavailable)
      return {.status = 503,
              .word = "unavailable",
              .title = "Not now",
              .text = "Nothing was changed. Please try again in a few minutes.",
              .form = ""};
    return {.status = 410, .word = "ended", .title = "This link has expired", .text = error.message, .form = ""};
  }
};

SubscriptionPages::SubscriptionPages(Engine& engine, const Topics& topics, bool confirm)
    : implementation_(std::make_shared<Implementation>(engine, topics, confirm)) {}
SubscriptionPages::~SubscriptionPages() = default;

namespace {

awaitable<http::Response> empty_page(http::Request) { co_return html_page({.word = "", .title = "", .text = "", .form = ""}); }

/// For whoever verifies the signature of a message.
awaitable<http::Response> certificate(const Reader& reader, http::Request request) {
  const auto key = find_signing_key(reader);
  if (!key || request.path != certificate_path(*key)) co_return http::text_response(404, "Not found\n");
  auto response = http::text_response(200, key->certificate);
  response.headers.set("Content-Type", "application/x-pem-file");
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  co_return response;
}

std::string token_of(const http::Request& request) { return std::string(request.query_value("token").value_or("")); }

}  // namespace

void SubscriptionPages::install(http::Router& router) {
  // HEAD gets the same for every token, and looks at nothing.
  for (const auto* path : {"/subscriptions/confirm", "/subscriptions/unsubscribe"}) router.on("HEAD", path, empty_page);
  for (const auto* method : {"GET", "POST"}) {
    router.on(method, "/subscriptions/confirm", [self = implementation_](http::Request request) {
      auto token = token_of(request);
      return self->confirm(std::move(request), std::move(token), "");
    });
    router.on(method, "/subscriptions/unsubscribe", [self = implementation_](http::Request request) {
      auto token = token_of(request);
      return self->unsubscribe(std::move(request), std::move(token), "");
    });
  }
  router.on("GET", std::string(certificates_path) + "/{name}",
            [self = implementation_](http::Request&& request) { return certificate(self->reader(), std::move(request)); });
}

namespace {
awaitable<http::Response> no_such_action(http::Request) { co_return http::text_response(404, "Not found\n"); }
}  // namespace

http::Handler SubscriptionPages::action_handler() {
  return [self = implementation_](http::Request request) {
    const auto action = request.query_value("Action").value_or("");
    if (action == "ConfirmSubscription") return self->confirm_action(std::move(request));
    if (action == "Unsubscribe") return self->unsubscribe_action(std::move(request));
    return no_such_action(std::move(request));
  };
}

}  // namespace signalbox
