#include "signalbox/keys.h"

#include "signalbox/encoding.h"

#include <cstdint>

namespace signalbox {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t token_bytes_max = 10 + 10 + mac_bytes;  ///< two numbers and the MAC

/// Unsigned LEB128; stored in tokens that people hold: do not change.
void append_varint(std::string& out, std::int64_t value) {
  auto rest = static_cast<std::uint64_t>(value);
  for (; rest >= 0x80; rest >>= 7) out.push_back(static_cast<char>((rest & 0x7f) | 0x80));
  out.push_back(static_cast<char>(rest));
}

/// Takes one number off the front of `bytes`; nothing if there is none.
std::optional<std::int64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    if (bytes.empty()) return std::nullopt;
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return static_cast<std::int64_t>(value);
  }
  return std::nullopt;
}

Error invalid_token() { return error(ErrorCode::InvalidToken, "Invalid token"); }

}  // namespace

std::string execution_key(const MasterKey& master, ExecutionRow row) {
  return hmac_sha256(master.bytes, "execution" + std::to_string(row.value));
}

TaskToken make_task_token(std::string_view execution_key, ExecutionRow row, TaskAttempt attempt) {
  constexpr std::string_view label = "token";
  std::string bytes(label);
  bytes.reserve(label.size() + token_bytes_max);
  append_varint(bytes, row.value);
  append_varint(bytes, attempt.value);
  bytes += std::string_view(hmac_sha256(execution_key, bytes)).substr(0, mac_bytes);
  return TaskToken{base64url_encode(std::string_view(bytes).substr(label.size()))};
}

Result<TaskTokenParts> parse_task_token(const MasterKey& master, std::string_view text) {
  constexpr std::size_t token_characters_max = 64;
  if (text.size() > token_characters_max) return invalid_token();
  const auto bytes = base64url_decode(text);
  if (!bytes) return invalid_token();
  std::string_view rest = *bytes;
  const auto row = take_varint(rest);
  const auto attempt = row ? take_varint(rest) : std::nullopt;
  if (!attempt || rest.size() != mac_bytes) return invalid_token();
  const TaskTokenParts parts{ExecutionRow{*row}, TaskAttempt{*attempt}};
  // Comparing whole texts also refuses a second spelling of the same bytes (long varints, loose base64).
  const auto genuine = make_task_token(execution_key(master, parts.row), parts.row, parts.attempt);
  if (!equal_in_constant_time(genuine.value, text)) return invalid_token();
  return parts;
}

}  // namespace signalbox
