#include "services/topics/subscription_token.h"

#include "signalbox/encoding.h"
#include "signalbox/record.h"

#include <charconv>

namespace signalbox {

namespace {

constexpr std::size_t mac_bytes = 16;

std::string mac(const MasterKey& master, std::string_view purpose, std::string_view body) {
  return hmac_sha256(master.bytes, std::string(purpose) + '\0' + std::string(body)).substr(0, mac_bytes);
}

std::int64_t seconds(Timestamp time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }

}  // namespace

std::string make_subscription_token(const MasterKey& master, const SubscriptionToken& token) {
  RecordWriter writer(1);
  writer.integer(static_cast<std::int64_t>(token.action)).integer(token.row.value).integer(seconds(token.issued_at));
  auto body = writer.take();
  return base64url_encode(body + mac(master, "subscription", body));
}

Result<SubscriptionToken> parse_subscription_token(const MasterKey& master, std::string_view text) {
  const auto rubbish = error(ErrorCode::InvalidArgument, "Invalid token", "Token");
  if (text.size() > 128) return rubbish;
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() <= mac_bytes) return rubbish;
  const auto body = std::string_view(*bytes).substr(0, bytes->size() - mac_bytes);
  if (!equal_in_constant_time(mac(master, "subscription", body), std::string_view(*bytes).substr(body.size()))) return rubbish;
  RecordReader reader(body);
  const auto action = reader.integer();
  const SubscriptionRow row{reader.integer()};
  return SubscriptionToken{
      .action = static_cast<SubscriptionAction>(action), .row = row, .issued_at = Timestamp{std::chrono::seconds{reader.integer()}}};
}

bool is_expired(const SubscriptionToken& token, Timestamp now) {
  return token.action == SubscriptionAction::Confirm && now - token.issued_at >= confirmation_life;
}

std::string make_page_nonce(const MasterKey& master, std::string_view token, Timestamp now) {
  const auto until = std::to_string(seconds(now + page_life));
  return until + "." + base64url_encode(mac(master, "subscription-page", until + "." + std::string(token)));
}

bool is_page_nonce(const MasterKey& master, std::string_view token, std::string_view nonce, Timestamp now) {
  const auto dot = nonce.find('.');
  if (dot == std::string_view::npos) return false;
  const auto until = nonce.substr(0, dot);
  const auto expected = base64url_encode(mac(master, "subscription-page", std::string(until) + "." + std::string(token)));
  if (!equal_in_constant_time(expected, nonce.substr(dot + 1))) return false;
  std::int64_t deadline = 0;
  std::from_chars(until.data(), until.data() + until.size(), deadline);
  return seconds(now) < deadline;
}

}  // namespace signalbox
