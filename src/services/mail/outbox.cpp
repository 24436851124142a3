#include "signalbox/mail.h"

#include "services/mail/outbox_records.h"
#include "signalbox/encoding.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace signalbox {

namespace {

using OrderedJson = nlohmann::ordered_json;

std::int64_t milliseconds(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp timestamp(const OrderedJson& value) { return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}}; }

std::optional<Timestamp> optional_timestamp(const OrderedJson& record, const char* name) {
  const auto found = record.find(name);
  if (found == record.end()) return std::nullopt;
  return timestamp(*found);
}

std::string encode(const OutboxMail& mail) {
  OrderedJson record{{"version", 1},
                     {"to", mail.mail.to},
                     {"fromName", mail.mail.from_name},
                     {"subject", mail.mail.subject},
                     {"text", mail.mail.text},
                     {"state", to_string(mail.state)},
                     {"createdAt", milliseconds(mail.created_at)},
                     {"attempts", mail.attempts}};
  if (mail.next_attempt) record["nextAttempt"] = milliseconds(*mail.next_attempt);
  if (mail.ended_at) record["endedAt"] = milliseconds(*mail.ended_at);
  if (!mail.last_error.empty()) record["lastError"] = mail.last_error;
  return record.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

MailState state_of(std::string_view text) {
  for (const auto state : {MailState::Waiting, MailState::Sent, MailState::Failed, MailState::Kept})
    if (to_string(state) == text) return state;
  throw StoreFailure("outbox: unknown state " + std::string(text));
}

OutboxMail decode(MailRow row, std::string_view text) {
  try {
    const auto record = OrderedJson::parse(text);
    return OutboxMail{
        .row = row,
        .mail = {.to = record.at("to"), .from_name = record.at("fromName"), .subject = record.at("subject"), .text = record.at("text")},
        .state = state_of(record.at("state").get<std::string>()),
        .created_at = timestamp(record.at("createdAt")),
        .attempts = record.at("attempts"),
        .next_attempt = optional_timestamp(record, "nextAttempt"),
        .ended_at = optional_timestamp(record, "endedAt"),
        .last_error = record.value("lastError", "")};
  } catch (const OrderedJson::exception& failure) {
    throw StoreFailure("outbox: mail " + std::to_string(row.value) + " cannot be read: " + failure.what());
  }
}

Key key_of(MailRow row) { return Key(outbox_table, row.value); }
Key due_key(Timestamp due, MailRow row) { return Key(outbox_due_table, milliseconds(due), row.value); }

/// The mail, taken off the due list; nothing if it does not wait any more.
std::optional<OutboxMail> take_waiting(Transaction& transaction, MailRow row) {
  auto mail = find_mail(transaction, row);
  if (!mail || mail->state != MailState::Waiting) return std::nullopt;
  if (mail->next_attempt) transaction.erase(due_key(*mail->next_attempt, row));
  mail->next_attempt.reset();
  ++mail->attempts;
  return mail;
}

void end(Transaction& transaction, MailRow row, MailState state, const std::string& why) {
  auto mail = take_waiting(transaction, row);
  if (!mail) return;
  mail->state = state;
  mail->ended_at = transaction.now();
  mail->last_error = why;
  transaction.put(key_of(row), encode(*mail));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> check(const Mail& mail) {
  if (!is_mail_address(mail.to)) return error(ErrorCode::InvalidArgument, "not a mail address: '" + mail.to + "'", "to");
  if (has_control(mail.subject) || !is_utf8(mail.subject))
    return error(ErrorCode::InvalidArgument, "a mail's subject must be one line of UTF-8", "subject");
  if (has_control(mail.from_name) || !is_utf8(mail.from_name))
    return error(ErrorCode::InvalidArgument, "a sender's name must be one line of UTF-8", "from");
  if (!is_utf8(mail.text)) return error(ErrorCode::InvalidArgument, "a mail's text must be UTF-8", "text");
  return {};
}

}  // namespace

std::string resolve_public_url(std::string_view text, std::string_view public_url) {
  std::string resolved;
  while (true) {
    const auto at = text.find(public_url_placeholder);
    resolved += text.substr(0, at);
    if (at == std::string_view::npos) return resolved;
    resolved += public_url;
    text.remove_prefix(at + public_url_placeholder.size());
  }
}

std::string_view to_string(MailState state) {
  switch (state) {
    case MailState::Waiting: return "waiting";
    case MailState::Sent: return "sent";
    case MailState::Failed: return "failed";
    case MailState::Kept: return "kept";
  }
  SIGNALBOX_ASSERT(false);
  return "";
}

bool is_mail_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || address.size() > 320 || !is_utf8(address)) return false;
  const auto domain = address.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos) return false;
  // Quoted local parts are refused: nobody has one, and they are a way to smuggle delimiters.
  return !has_control(address) && address.find_first_of(" <>()[],;:\\\"") == std::string_view::npos &&
         address.substr(0, at).find('@') == std::string_view::npos;
}

Result<MailRow> Outbox::put(Transaction& transaction, Mail mail) const {
  if (auto checked = check(mail); !checked) return checked.error();
  const MailRow row{transaction.next_row(outbox_table)};
  OutboxMail stored{
      .row = row, .mail = std::move(mail), .state = mail_is_sent_ ? MailState::Waiting : MailState::Kept, .created_at = transaction.now()};
  if (mail_is_sent_) {
    stored.next_attempt = transaction.now();
    transaction.put(due_key(transaction.now(), row), "");
    if (listener_) transaction.on_commit(listener_);
  }
  transaction.put(key_of(row), encode(stored));
  return row;
}

OutboxPage list_outbox(const Reader& reader, std::size_t limit, std::optional<MailRow> before) {
  OutboxPage page;
  KeyRange range{.prefix = Key(outbox_table), .reverse = true};
  if (before) range.after = key_of(*before);
  reader.scan(range, [&](const Key& key, std::string_view record) {
    if (page.mails.size() == limit) {
      page.next = page.mails.empty() ? before : page.mails.back().row;
      return false;
    }
    const MailRow row{key.integer(0)};
    page.mails.push_back(decode(row, record));
    return true;
  });
  return page;
}

std::optional<OutboxMail> find_mail(const Reader& reader, MailRow row) {
  const auto record = reader.get(key_of(row));
  if (!record) return std::nullopt;
  return decode(row, *record);
}

std::vector<OutboxMail> due_mail(const Reader& reader, Timestamp now, std::size_t limit) {
  std::vector<MailRow> rows;
  reader.scan({.prefix = Key(outbox_due_table)}, [&](const Key& key, std::string_view) {
    if (key.integer(0) > milliseconds(now) || rows.size() == limit) return false;
    rows.push_back(MailRow{key.integer(1)});
    return true;
  });
  std::vector<OutboxMail> mails;
  for (const auto row : rows)
    if (auto mail = find_mail(reader, row)) mails.push_back(std::move(*mail));
  return mails;
}

std::optional<Timestamp> next_mail_due(const Reader& reader) {
  std::optional<Timestamp> due;
  reader.scan({.prefix = Key(outbox_due_table)}, [&](const Key& key, std::string_view) {
    due = Timestamp{std::chrono::milliseconds{key.integer(0)}};
    return false;
  });
  return due;
}

void record_sent(Transaction& transaction, MailRow row) { end(transaction, row, MailState::Sent, ""); }
void record_failed(Transaction& transaction, MailRow row, const std::string& why) { end(transaction, row, MailState::Failed, why); }

void record_attempt(Transaction& transaction, MailRow row, const std::string& why, Timestamp next_attempt) {
  auto mail = take_waiting(transaction, row);
  if (!mail) return;
  mail->last_error = why;
  mail->next_attempt = next_attempt;
  transaction.put(due_key(next_attempt, row), "");
  transaction.put(key_of(row), encode(*mail));
}

Forgotten forget_old_mail(Transaction& transaction, Timestamp older_than, std::size_t limit, std::optional<MailRow> after) {
  std::vector<MailRow> old;
  std::size_t seen = 0;
  Forgotten forgotten;
  KeyRange range{.prefix = Key(outbox_table)};
  if (after) range.after = key_of(*after);
  transaction.scan(range, [&](const Key& key, std::string_view record) {
    const auto mail = decode(MailRow{key.integer(0)}, record);
    // Rows are in the order of creation: nothing behind a young one is old.
    if (mail.created_at >= older_than) {
      forgotten.go_on_after.reset();
      return false;
    }
    if (mail.state != MailState::Waiting && mail.ended_at.value_or(mail.created_at) < older_than) old.push_back(mail.row);
    if (++seen < limit) return true;
    forgotten.go_on_after = mail.row;
    return false;
  });
  for (const auto row : old) transaction.erase(key_of(row));
  forgotten.count = old.size();
  return forgotten;
}

}  // namespace signalbox
