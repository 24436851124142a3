#include "services/mail/mailer.h"

#include "services/mail/mime.h"
#include "services/mail/outbox_records.h"
#include "signalbox/async.h"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace signalbox {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;

namespace {

std::chrono::milliseconds doubled(std::chrono::milliseconds first, std::chrono::milliseconds longest, std::int64_t times) {
  return std::min(first * (std::int64_t{1} << std::clamp<std::int64_t>(times, 0, 20)), longest);
}

}  // namespace

struct Mailer::Implementation : std::enable_shared_from_this<Implementation> {
  Implementation(Engine& the_engine, MailerOptions the_options) : engine(the_engine), options(std::move(the_options)) {}

  Engine& engine;
  MailerOptions options;
  const Reader* reader = nullptr;
  std::optional<asio::steady_timer> wait_timer, pause_timer, retention_timer;  // new mail ends a wait, not a pause
  std::unique_ptr<SmtpConnection> connection;
  std::int64_t server_failures = 0;  ///< in a row
  bool fresh = false;                ///< the connection has carried no mail yet
  bool woken = false;
  bool stopping = false;
  bool sending = false;  ///< the loop runs

  std::mutex executor_mutex;  ///< the engine's thread may call wake() while the I/O thread is still starting
  std::optional<asio::any_io_executor> executor;

  /// From any thread: there may be mail.
  void wake() {
    const std::lock_guard lock(executor_mutex);
    if (!executor) return;  // start() looks anyway
    asio::post(*executor, [self = shared_from_this()] {
      self->woken = true;
      if (self->wait_timer) self->wait_timer->cancel();
    });
  }

  awaitable<void> wait(asio::steady_timer& timer, std::chrono::milliseconds time) {
    timer.expires_after(time);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, cancelled));
  }

  // --- sending ---

  awaitable<void> send_loop() {
    const auto self = shared_from_this();  // keeps everything alive until the loop has ended
    while (!stopping) {
      woken = false;
      const auto due = due_now();
      if (!due.empty()) {
        if (!co_await send_all(due)) co_await wait(*pause_timer, doubled(options.pause_first, options.pause_longest, server_failures - 1));
        continue;
      }
      co_await close_connection();
      if (!woken && !stopping) co_await wait(*wait_timer, time_to_next());
    }
    co_await close_connection();
    sending = false;
  }

  std::vector<OutboxMail> due_now() const {
    try {
      return due_mail(*reader, engine.clock().now(), 20);
    } catch (const StoreFailure& failure) {
      spdlog::error("mail waits: {}", failure.what());
      return {};
    }
  }

  /// At most half a minute, since the wall clock may be set meanwhile.
  std::chrono::milliseconds time_to_next() const {
    constexpr std::chrono::milliseconds longest = std::chrono::seconds{30};
    try {
      const auto next = next_mail_due(*reader);
      return next ? std::clamp<std::chrono::milliseconds>(*next - engine.clock().now(), std::chrono::milliseconds{1}, longest) : longest;
    } catch (const StoreFailure&) {
      return longest;
    }
  }

  /// False: the server or the data file cannot be used now; a pause is due.
  awaitable<bool> send_all(const std::vector<OutboxMail>& due) {
    for (const auto& mail : due) {
      if (stopping) co_return true;
      if (!connection && !co_await connect(mail)) co_return false;
      auto outcome = co_await connection->send(message(mail));
      // A server may end a connection that has carried mail: that is no reason to make this mail wait.
      if (!outcome.connection_usable && !fresh && outcome.kind == SmtpOutcome::Kind::Deferred && !stopping) {
        if (!co_await connect(mail)) co_return false;
        outcome = co_await connection->send(message(mail));
      }
      fresh = false;
      if (!outcome.connection_usable) connection.reset();
      if (!co_await record(mail, outcome)) co_return false;
    }
    co_return true;
  }

  awaitable<bool> connect(const OutboxMail& first) {
    auto opened = co_await SmtpConnection::open(*options.server, options.timeouts);
    if (opened) {
      if (server_failures > 0) spdlog::info("mail: {} answers again", options.server->printed());
      server_failures = 0;
      connection = std::move(*opened);
      fresh = true;
      co_return true;
    }
    ++server_failures;
    const auto pause = doubled(options.pause_first, options.pause_longest, server_failures - 1);
    spdlog::warn("mail waits: {}; next attempt in {} s", opened.error().message, pause.count() / 1000);
    co_await defer(first, opened.error().message, pause);
    co_return false;
  }

  SmtpMessage message(const OutboxMail& mail) const {
    const MimeEnvironment environment{.from_address = options.from,
                                      .public_url = options.public_url(),
                                      .message_id = message_id(engine.master_key(), mail.row, options.from),
                                      .date = mail.created_at};
    return SmtpMessage{.from = options.from, .to = mail.mail.to, .mime = render_mime(mail.mail, environment)};
  }

  awaitable<bool> record(const OutboxMail& mail, const SmtpOutcome& outcome) {
    switch (outcome.kind) {
      case SmtpOutcome::Kind::Accepted: {
        spdlog::info("mail {} sent: {}", mail.row.value, outcome.text);
        Change change = [row = mail.row](Transaction& transaction) { record_sent(transaction, row); };
        co_return co_await write(std::move(change));
      }
      case SmtpOutcome::Kind::Refused: {
        spdlog::error("mail {} refused: {}", mail.row.value, outcome.text);
        Change change = [row = mail.row, why = outcome.text](Transaction& transaction) { record_failed(transaction, row, why); };
        co_return co_await write(std::move(change));
      }
      case SmtpOutcome::Kind::Deferred:
        spdlog::warn("mail {} deferred: {}", mail.row.value, outcome.text);
        co_return co_await defer(mail, outcome.text, doubled(options.retry_first, options.retry_longest, mail.attempts));
    }
    SIGNALBOX_ASSERT(false);
    co_return false;
  }

  awaitable<bool> defer(const OutboxMail& mail, const std::string& why, std::chrono::milliseconds delay) {
    const auto now = engine.clock().now();
    if (now - mail.created_at >= options.give_up_after) {
      spdlog::error("mail {} given up: {}", mail.row.value, why);
      Change change = [row = mail.row, why](Transaction& transaction) { record_failed(transaction, row, "given up: " + why); };
      co_return co_await write(std::move(change));
    }
    Change change = [row = mail.row, why, next = now + delay](Transaction& transaction) { record_attempt(transaction, row, why, next); };
    co_return co_await write(std::move(change));
  }

  // Functions get a name before they are handed over: GCC 12 destroys a closure that is a temporary in a co_await expression twice.
  using Change = std::function<void(Transaction&)>;
  awaitable<bool> write(Change change) {
    std::function<Result<bool>(EngineTransaction&)> work = [change = std::move(change)](EngineTransaction& transaction) -> Result<bool> {
      change(transaction);
      return true;
    };
    const auto written = co_await transact<bool>(engine, std::move(work));
    if (!written) spdlog::error("mail: the outcome could not be stored, the mail will go again: {}", written.error().message);
    co_return written.has_value();
  }

  awaitable<void> close_connection() {
    if (!connection) co_return;
    const auto closing = std::move(connection);
    co_await closing->quit();
  }

  // --- forgetting ---

  awaitable<void> forget_loop() {
    const auto self = shared_from_this();
    while (!stopping) {
      co_await wait(*retention_timer, std::chrono::minutes(10));
      std::optional<MailRow> after;
      bool more = !stopping;
      while (more && !stopping) {
        std::function<Result<Forgotten>(EngineTransaction&)> work =
            [after, keep = options.retention](EngineTransaction& transaction) -> Result<Forgotten> {
          return forget_old_mail(transaction, transaction.now() - keep, 500, after);
        };
        const auto forgotten = co_await transact<Forgotten>(engine, std::move(work));
        more = forgotten && forgotten->go_on_after;
        if (more) after = forgotten->go_on_after;
      }
    }
  }
};

Mailer::Mailer(Engine& engine, Outbox& outbox, MailerOptions options)
    : implementation_(std::make_shared<Implementation>(engine, std::move(options))) {
  outbox.on_mail([weak = std::weak_ptr(implementation_)] {
    if (const auto self = weak.lock()) self->wake();
  });
}

Mailer::~Mailer() { implementation_->stopping = true; }

void Mailer::start(asio::any_io_executor executor) {
  auto& self = *implementation_;
  self.reader = &self.engine.loop_reader();
  self.wait_timer.emplace(executor);
  self.pause_timer.emplace(executor);
  self.retention_timer.emplace(executor);
  {
    const std::lock_guard lock(self.executor_mutex);
    self.executor = executor;
  }
  self.sending = self.options.server.has_value();
  if (self.sending) asio::co_spawn(executor, self.send_loop(), log_failure("mailer"));
  asio::co_spawn(executor, self.forget_loop(), log_failure("outbox retention"));
}

void Mailer::stop() {
  auto& self = *implementation_;
  self.stopping = true;
  if (self.wait_timer) self.wait_timer->cancel();
  if (self.pause_timer) self.pause_timer->cancel();
  if (self.retention_timer) self.retention_timer->cancel();
  if (self.connection) self.connection->hurry(std::chrono::seconds{2});
}

bool Mailer::is_stopped() const { return !implementation_->sending; }

}  // namespace signalbox
