#pragma once
/// Tables of the outbox, and what the mailer writes to them.

#include "signalbox/mail.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

inline constexpr Table outbox_table{"outbox", {KeyPart::Integer}};
inline constexpr Table outbox_due_table{"outbox_due", {KeyPart::Integer, KeyPart::Integer}};

/// Waiting mail whose moment has come, the longest due first.
[[nodiscard]] std::vector<OutboxMail> due_mail(const Reader& reader, Timestamp now, std::size_t limit);
/// When the next waiting mail is due; nothing if none waits.
[[nodiscard]] std::optional<Timestamp> next_mail_due(const Reader& reader);

/// Outcomes of an attempt. A mail that no longer waits is left as it is.
void record_sent(Transaction& transaction, MailRow row);
void record_failed(Transaction& transaction, MailRow row, const std::string& why);
void record_attempt(Transaction& transaction, MailRow row, const std::string& why, Timestamp next_attempt);

/// Forgets mail that ended, or was kept, before `older_than`; looks at no more than `limit` mails, from `after` on. Gives how many
/// went, and where to go on (nothing: the end was reached).
struct Forgotten {
  std::size_t count = 0;
  std::optional<MailRow> go_on_after;
};
Forgotten forget_old_mail(Transaction& transaction, Timestamp older_than, std::size_t limit, std::optional<MailRow> after = std::nullopt);

}  // namespace signalbox
