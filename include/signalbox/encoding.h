#pragma once
/// Text forms of bytes, digests, times and ids.

#include "signalbox/ids.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Nothing if `text` is not base64 (padding required, no white space).
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
[[nodiscard]] std::string base64url_encode(std::string_view bytes);  ///< without padding
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);
[[nodiscard]] std::string hex_encode(std::string_view bytes);  ///< lower case
/// `%41` and, in a form, `+`. Malformed escapes stand for themselves.
[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_space);
[[nodiscard]] std::string percent_encode(std::string_view text);  ///< all but unreserved characters (RFC 3986)
[[nodiscard]] std::string html_escape(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

enum class DigestAlgorithm : std::uint8_t { Md5, Sha1, Sha256, Sha384, Sha512 };
[[nodiscard]] std::string digest(DigestAlgorithm algorithm, std::string_view bytes);  ///< raw bytes
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);  ///< 32 raw bytes
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);
/// From the operating system; for keys and ids outside of the pure core.
[[nodiscard]] std::string random_bytes(std::size_t count);

[[nodiscard]] Uuid uuid_v4(std::array<std::uint8_t, 16> random);
/// Milliseconds first; the last 40 bits are `row`, the rest random. RFC 9562.
[[nodiscard]] Uuid uuid_v7(Timestamp time, std::array<std::uint8_t, 16> random, std::int64_t row);
[[nodiscard]] std::optional<std::int64_t> uuid_v7_row(std::string_view text);  ///< nothing if it is not a UUIDv7
[[nodiscard]] std::string random_uuid();

/// `2026-11-24T01:02:03.456Z`, three digits always.
[[nodiscard]] std::string format_rfc3339(Timestamp time);
/// As AWS's context object writes times: trailing zeros of the fraction dropped (`…03.4Z`, `…03Z`).
[[nodiscard]] std::string format_context_time(Timestamp time);
/// ISO 8601 with `T` and an offset or `Z`, any number of fraction digits (cut to milliseconds). Nothing for anything else.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);
/// Epoch seconds with three decimals, as AWS's JSON protocols write times: `1763912345.123`.
[[nodiscard]] std::string format_epoch_seconds(Timestamp time);
/// `Mon, 24 Nov 2026 01:02:03 GMT`, for HTTP and mail headers.
[[nodiscard]] std::string format_http_date(Timestamp time);

}  // namespace signalbox
