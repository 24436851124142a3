#pragma once
/// The outbox: mail is written here in the transaction that wants it sent, and leaves later, over SMTP, if there is a server.
///
/// Without an SMTP server mail is *kept*: readable (`GET /v1/outbox`, `signalbox mail`), never sent, not even when a server is
/// configured later. With one it is *waiting*, then *sent* (a server took it) or *failed* (refused for good, or given up).
/// A mail is sent at least once: a repetition after a crash carries the same Message-ID.

#include "signalbox/ids.h"
#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox {

/// Stands in stored texts for the daemon's public URL (no slash at its end), so that a changed port breaks nothing.
inline constexpr std::string_view public_url_placeholder = "${signalbox:public-url}";
[[nodiscard]] std::string resolve_public_url(std::string_view text, std::string_view public_url);

/// Number of a mail in the outbox, from 1.
using MailRow = Number<struct MailRowTag>;

/// Stored: do not renumber.
enum class MailState : std::uint8_t { Waiting, Sent, Failed, Kept };
[[nodiscard]] std::string_view to_string(MailState state);  ///< `waiting`, `sent`, `failed`, `kept`

struct Mail {
  std::string to;              ///< one address, `user@example.com`
  std::string from_name = {};  ///< display name of the sender; empty: none
  std::string subject = {};    ///< UTF-8, one line
  std::string text = {};       ///< UTF-8, lines end in \n; may hold public_url_placeholder
};

struct OutboxMail {
  MailRow row;
  Mail mail;
  MailState state = MailState::Waiting;
  Timestamp created_at = {};
  std::int64_t attempts = 0;                             ///< made so far
  std::optional<Timestamp> next_attempt = std::nullopt;  ///< while waiting
  std::optional<Timestamp> ended_at = std::nullopt;      ///< when it was sent or failed
  std::string last_error = {};                           ///< the server's words, or why it was not reached
};

/// Whether `address` is one we can send to: a local part, an @, a domain; no spaces, controls or angle brackets.
[[nodiscard]] bool is_mail_address(std::string_view address);

/// The rules. Thread rule: `put` and the writing functions on the engine's thread, list and find on any.
class Outbox {
 public:
  /// `mail_is_sent`: an SMTP server is configured.
  explicit Outbox(bool mail_is_sent) : mail_is_sent_(mail_is_sent) {}

  /// Called on the engine's thread after a commit that added waiting mail; must return at once. Set before the engine starts.
  void on_mail(std::function<void()> listener) { listener_ = std::move(listener); }
  [[nodiscard]] bool mail_is_sent() const { return mail_is_sent_; }

  /// Errors: InvalidArgument for an address or subject that could not be a header (line breaks, controls).
  [[nodiscard]] Result<MailRow> put(Transaction& transaction, Mail mail) const;

 private:
  bool mail_is_sent_;
  std::function<void()> listener_;
};

struct OutboxPage {
  std::vector<OutboxMail> mails;
  std::optional<MailRow> next;  ///< pass as `before` for the following page; nothing: this is the last
};
/// Newest first; of those older than `before`. Texts still hold placeholders: resolve_public_url.
[[nodiscard]] OutboxPage list_outbox(const Reader& reader, std::size_t limit, std::optional<MailRow> before = std::nullopt);
[[nodiscard]] std::optional<OutboxMail> find_mail(const Reader& reader, MailRow row);

}  // namespace signalbox
