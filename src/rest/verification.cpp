#include "rest/verification.h"

#include <atomic>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/overload.h"
#include "rest/request.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"
#include "signalbox/execution.h"
#include "signalbox/history.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

/// What is known of a token before anything is decided.
struct Waiting {};
struct Decided {
  Timestamp when;
  std::optional<Json> output;  ///< nothing: it was failed by the API
};
struct Over {};  ///< timed out, aborted, or its execution is gone
using TokenState = std::variant<Waiting, Decided, Over>;

struct KnownToken {
  TaskToken token;
  TaskTokenParts parts;
  std::optional<ExecutionRecord> execution;
};

/// The answer that ended the attempt, looked up in the history; a closed execution's too.
TokenState token_state(const Reader& reader, const KnownToken& known) {
  if (!known.execution) return Over{};
  std::optional<TokenState> state;
  for_each_fact(reader, *known.execution, [&](const HistoryEvent& event) {
    if (const auto* early = std::get_if<SubmissionAwaited>(&event.fact); early && early->attempt == known.parts.attempt) {
      state = Decided{event.timestamp, early->output};
    } else if (const auto* done = std::get_if<TaskSucceeded>(&event.fact); done && done->attempt == known.parts.attempt) {
      state = Decided{event.timestamp, done->output};
    } else if (const auto* failed = std::get_if<TaskFailed>(&event.fact); failed && failed->attempt == known.parts.attempt) {
      const bool by_hand = failed->kind == TaskFailureKind::Failed;
      state = by_hand ? TokenState{Decided{event.timestamp, std::nullopt}} : TokenState{Over{}};
    }
  });
  if (state) return *state;
  if (known.execution->status != ExecutionStatus::Running) return Over{};
  // The attempt may have ended unanswered while its execution goes on, by its time-out or with its branch.
  if (!known.execution->set_aside && !load_execution(reader, *known.execution).tasks.contains(known.parts.attempt)) return Over{};
  return Waiting{};
}

// ---- pages ---------------------------------------------------------------------------------------------------------------------

bool wants_json(const http::Request& request) {
  const auto accept = request.headers.get("Accept");
  return accept && accept->find("application/json") != std::string_view::npos && accept->find("text/html") == std::string_view::npos;
}

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\">"
      "<meta name=\"robots\" content=\"noindex\"><title>{0}</title><style>"
      "body{{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem;color:#1b1f24;background:#fff}}"
      "h1{{font-size:1.5rem;margin:0 0 .75rem}}dl{{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1.25rem "
      "0}}dt{{color:#57606a}}"
      "dd{{margin:0;overflow-wrap:anywhere}}button{{font:inherit;padding:.6rem "
      "1.4rem;border:0;border-radius:.4rem;background:#14532d;color:#fff}}"
      "@media(prefers-color-scheme:dark){{body{{color:#e6e8ea;background:#15181b}}dt{{color:#9aa4ae}}}}"
      "</style></head><body><h1>{0}</h1>{1}</body></html>\n",
      title, body);
}

/// Nobody keeps the page, learns of the link from it, or shows it in a frame.
http::Response with_safe_headers(http::Response response) {
  response.constant_fields =
      "Cache-Control: no-store\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "X-Robots-Tag: noindex\r\n"
      "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'\r\n"
      "X-Content-Type-Options: nosniff\r\n";
  return response;
}

std::string value_list(const Json& output) {
  if (!output.is_object() || output.size() == 0) return {};
  std::string list = "<dl>";
  for (const auto& member : output.members()) {
    const std::string value = plain_text(member.value);
    list += fmt::format("<dt>{}</dt><dd>{}</dd>", html_escape(member.name), html_escape(value));
  }
  return list + "</dl>";
}

http::Response reply(const http::Request& request, int status, std::string_view title, std::string_view html, const Json& json) {
  return with_safe_headers(wants_json(request) ? http::json_response(status, json.text()) : http::html_response(status, page(title, html)));
}

http::Response reply_unknown(const http::Request& request) {
  return reply(request, 404, "This link is not valid",
               "<p>It may have been damaged on its way. Please open it again from the message, or copy it whole.</p>",
               json_object({{"status", "unknown"}}));
}

http::Response reply_over(const http::Request& request) {
  return reply(request, 410, "This link has expired",
               "<p>The request it belongs to is no longer waiting for an answer. Nothing was changed.</p>",
               json_object({{"status", "expired"}}));
}

http::Response reply_recorded(const http::Request& request, const Json& output) {
  const std::string values = wants_json(request) ? std::string() : value_list(output);
  return reply(request, 200, "Thank you", "<p>Your answer was recorded. You can close this page.</p>" + values,
               json_object({{"status", "recorded"}, {"output", output}}));
}

http::Response reply_decided(const http::Request& request, const Decided& decided) {
  const std::string when = format_rfc3339(decided.when);
  std::string html =
      fmt::format("<p>This request was answered on <time>{}</time>. Nothing was changed by opening the link again.</p>", when);
  Json json = json_object({{"status", "decided"}, {"decidedAt", when}});
  if (decided.output) {
    html += value_list(*decided.output);
    json = json.with("output", *decided.output);
  } else {
    html += "<p>It was answered as failed.</p>";
  }
  return reply(request, 200, "Already answered", html, json);
}

// ---- deciding ------------------------------------------------------------------------------------------------------------------

/// All query parameters but the token, as strings; of repeated ones the last.
Json output_of(const http::Request& request, std::string_view token_name = "token") {
  Json::Object output;
  std::map<std::string_view, std::size_t> places;
  for (const auto& [name, value] : request.query) {
    if (name == token_name) continue;
    const auto [known, is_new] = places.try_emplace(name, output.size());
    if (is_new) {
      output.push_back({name, Json(value)});
    } else {
      output[known->second].value = Json(value);
    }
  }
  return Json(std::move(output));
}

class Verification {
 public:
  Verification(Engine& engine, const Reader& reader, VerificationOptions options)
      : engine_(engine), reader_(reader), options_(options), machine_changes_(engine.changes(state_machines_table)) {}

  awaitable<http::Response> get(http::Request request) const {
    auto known = token_of(request);
    if (!known) co_return reply_unknown(request);
    // Where a GET decides and nothing speaks against it, deciding finds out whether there is still anything to decide: the execution is read only if
    // some machine asks that nobody decides so, and its history if there is nothing to decide.
    const bool may_decide = options_.mode == VerificationMode::Resume && !is_look_only(request);
    if (may_decide && asking_machines().empty()) co_return co_await decide(std::move(request), std::move(*known));
    look_up(*known);
    if (may_decide && is_running(*known) && mode(*known->execution) == VerificationMode::Resume)
      co_return co_await decide(std::move(request), std::move(*known));
    const auto state = token_state(reader_, *known);
    if (const auto* decided = std::get_if<Decided>(&state)) co_return reply_decided(request, *decided);
    if (std::holds_alternative<Over>(state)) co_return reply_over(request);
    co_return is_look_only(request) || wants_json(request) ? reply_waiting(request) : reply_question(request, *known);
  }

  awaitable<http::Response> post(http::Request request) const {
    const auto known = find(request);
    if (!known) co_return reply_unknown(request);
    const auto state = token_state(reader_, *known);
    if (const auto* decided = std::get_if<Decided>(&state)) co_return reply_decided(request, *decided);
    if (std::holds_alternative<Over>(state)) co_return reply_over(request);
    if (!nonce_fits(request, *known)) co_return reply_question(request, *known);
    co_return co_await decide(std::move(request), *known);
  }

  /// Of a link that leads elsewhere.
  gateway::GuardVerdict guard(const http::Request& request) const {
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") return {};
    const auto found = find_waiting(request);
    if (!found) return {};
    const auto& [name, known] = *found;
    if (request.method == "HEAD") return {.answer = with_safe_headers(http::html_response(200, ""))};
    if (request.method == "GET" && is_look_only(request)) return {.answer = reply_waiting(request)};
    if (mode(*known.execution) == VerificationMode::Resume) return {};
    if (request.method == "POST") return {.answer = std::nullopt, .confirmed = nonce_fits(request, known)};
    return {.answer = wants_json(request) ? reply_waiting(request) : reply_question(request, known, name)};
  }

  /// For tools that look without asking: says that it is there, decides nothing.
  awaitable<http::Response> head(http::Request request) const {
    co_return with_safe_headers(http::html_response(find(request) ? 200 : 404, ""));
  }

 private:
  /// One that was made here; its execution is not looked up.
  std::optional<KnownToken> genuine(std::string_view token) const {
    const auto parts = parse_task_token(engine_.master_key(), token);
    if (!parts) return std::nullopt;
    return KnownToken{TaskToken{std::string(token)}, *parts, std::nullopt};
  }
  std::optional<KnownToken> token_of(const http::Request& request) const {
    const auto token = request.query_value("token");
    return token ? genuine(*token) : std::nullopt;
  }
  void look_up(KnownToken& known) const { known.execution = find_execution(reader_, known.parts.row); }

  std::optional<KnownToken> find(const http::Request& request) const {
    auto known = token_of(request);
    if (known) look_up(*known);
    return known;
  }

  /// The first query parameter that is the token of a waiting task, and its name.
  std::optional<std::pair<std::string, KnownToken>> find_waiting(const http::Request& request) const {
    for (const auto& [name, value] : request.query) {
      auto known = genuine(value);
      if (!known) continue;
      look_up(*known);
      if (!is_running(*known)) continue;
      const auto state = token_state(reader_, *known);
      if (std::holds_alternative<Waiting>(state)) return std::pair{name, std::move(*known)};
    }
    return std::nullopt;
  }

  static bool is_running(const KnownToken& known) { return known.execution && known.execution->status == ExecutionStatus::Running; }

  /// Browsers and proxies that fetch ahead of the person say so.
  static bool is_look_only(const http::Request& request) {
    for (const char* name : {"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"}) {
      const auto purpose = request.headers.get(name);
      if (purpose && (purpose->find("prefetch") != std::string_view::npos || purpose->find("preview") != std::string_view::npos ||
                      purpose->find("prerender") != std::string_view::npos)) {
        return true;
      }
    }
    return false;
  }

  VerificationMode mode(const ExecutionRecord& execution) const {
    const bool asks = options_.mode == VerificationMode::Confirm || asking_machines().contains(execution.state_machine);
    return asks ? VerificationMode::Confirm : VerificationMode::Resume;
  }

  /// Those whose tag says that a GET must not decide. Read again after a change of any machine.
  const std::set<std::string, std::less<>>& asking_machines() const {
    constexpr std::size_t machines_at_once = 1'000;
    const auto changes = machine_changes_.load();
    if (changes == changes_seen_) return asking_machines_;
    asking_machines_.clear();
    std::string after;
    for (bool more = true; more;) {
      const auto machines = list_state_machines(reader_, after, machines_at_once);
      for (const auto& machine : machines) {
        const Json* tag = machine.tags.find("signalbox:verification");
        if (tag && *tag == Json("confirm")) asking_machines_.insert(machine.name);
      }
      more = machines.size() == machines_at_once;
      if (more) after = machines.back().name;
    }
    changes_seen_ = changes;
    return asking_machines_;
  }

  static http::Response reply_waiting(const http::Request& request) {
    return reply(request, 200, "Waiting for an answer", "<p>Open this link to answer.</p>", json_object({{"status", "waiting"}}));
  }

  http::Response reply_question(const http::Request& request, const KnownToken& known, std::string_view token_name = "token") const {
    const std::string html = fmt::format(
        "<p>Please check that this is what you were asked for, then confirm.</p>{}"
        "<form method=\"post\" action=\"?{}\"><input type=\"hidden\" name=\"nonce\" value=\"{}\"><button "
        "type=\"submit\">Confirm</button></form>",
        value_list(output_of(request, token_name)),
        html_escape(request.target.substr(std::min(request.target.size(), request.path.size() + 1))), nonce(known));
    return reply(request, 200, "Confirm this request", html, json_object({{"status", "waiting"}}));
  }

  /// Nobody can make one from the link alone; it says nothing that the page's reader does not know.
  std::string nonce(const KnownToken& known) const {
    return base64url_encode(hmac_sha256(engine_.master_key().bytes, "verification nonce " + known.token.value).substr(0, 16));
  }

  bool nonce_fits(const http::Request& request, const KnownToken& known) const {
    const std::string expected = "nonce=" + nonce(known);
    std::string_view form = request.body;
    while (!form.empty()) {
      const auto field = form.substr(0, form.find('&'));
      if (equal_in_constant_time(field, expected)) return true;
      form.remove_prefix(std::min(form.size(), field.size() + 1));
    }
    return false;
  }

  awaitable<http::Response> decide(http::Request request, KnownToken known) const {
    const Json output = Json::from_stored(output_of(request).text());  // printed here, once, and not by the engine's thread at each event
    std::function<Result<TaskCompletion>(EngineTransaction&)> work = [token = known.parts, output](EngineTransaction& transaction) {
      return transaction.succeed_task(token, output);
    };
    auto done = co_await transact<TaskCompletion>(engine_, std::move(work));
    if (done) co_return reply_recorded(request, output);
    // It may have been decided before, which can be shown even when nothing can be written.
    look_up(known);
    const auto state = token_state(reader_, known);
    if (const auto* decided = std::get_if<Decided>(&state)) co_return reply_decided(request, *decided);
    if (done.error().code == ErrorCode::TaskClosed || std::holds_alternative<Over>(state)) co_return reply_over(request);
    co_return with_safe_headers(problem(done.error()));
  }

  Engine& engine_;
  const Reader& reader_;
  VerificationOptions options_;
  const std::atomic<std::uint64_t>& machine_changes_;
  mutable std::optional<std::uint64_t> changes_seen_;
  mutable std::set<std::string, std::less<>> asking_machines_;
};

}  // namespace

void add_verification_routes(http::Router& router, Engine& engine, const Reader& reader, VerificationOptions options) {
  const auto verification = std::make_shared<const Verification>(engine, reader, options);
  router.on("GET", "/verification", [verification](http::Request&& request) { return verification->get(std::move(request)); });
  router.on("POST", "/verification", [verification](http::Request&& request) { return verification->post(std::move(request)); });
  router.on("HEAD", "/verification", [verification](http::Request&& request) { return verification->head(std::move(request)); });
  router.on("OPTIONS", "/verification", [](http::Request) -> awaitable<http::Response> {
    http::Response response{.status = 204};
    response.headers.set("Allow", "GET, HEAD, OPTIONS, POST");
    co_return response;
  });
}

gateway::Guard make_link_guard(Engine& engine, const Reader& reader, VerificationOptions options) {
  const auto verification = std::make_shared<const Verification>(engine, reader, options);
  return [verification](const http::Request& request) { return verification->guard(request); };
}

}  // namespace signalbox::rest
