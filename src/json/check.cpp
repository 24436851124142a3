/// Checks a text against RFC 8259 without building anything: one pass, no allocation, a bit a level to know arrays from
/// objects. Messages follow Jackson's, since that is what AWS answers with.

#include "json/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <bitset>

namespace signalbox {
namespace {

constexpr std::int32_t depth_limit = 4096;
constexpr const char* value_words = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || (c & 0x80) != 0; }

/// Length of the UTF-8 sequence at `at` (RFC 3629: shortest form, no surrogates, at most U+10FFFF); 0 if it is none.
std::size_t utf8_sequence(const char* at, const char* end) {
  const auto byte = [at, end](std::ptrdiff_t i) -> unsigned { return end - at > i ? static_cast<unsigned char>(at[i]) : 0U; };
  const auto follows = [&byte](std::ptrdiff_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0), second = byte(1);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

class Checker {
 public:
  Checker(std::string_view text, std::int32_t depth_max)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), depth_max_(std::min(depth_max, depth_limit)) {}

  Result<CheckedText> check() {
    skip_space();
    if (at_ == end_) return failure("No content to map due to end-of-input");
    const Json::Kind kind = kind_of_text({at_, static_cast<std::size_t>(end_ - at_)});
    if (!whole_value()) return error(ErrorCode::InvalidJson, std::move(message_), place());
    skip_space();
    if (at_ != end_) {
      fail_at_token();
      return error(ErrorCode::InvalidJson, std::move(message_), place());
    }
    return CheckedText{kind, deepest_};
  }

 private:
  /// The value at `at_` with all that it holds. The loop goes round once a value; what surrounds it is in `is_object_`.
  bool whole_value() {
    for (;;) {
      skip_space();
      if (at_ == end_) return fail_at_end();
      bool opened = false;
      switch (*at_) {
        case '{':
          if (!open(true)) return false;
          skip_space();
          if (at_ != end_ && *at_ == '}') break;
          if (!member_name()) return false;
          opened = true;
          break;
        case '[':
          if (!open(false)) return false;
          skip_space();
          if (at_ != end_ && *at_ == ']') break;
          opened = true;
          break;
        default:
          if (!scalar()) return false;
      }
      if (opened) continue;
      if (!after_value()) return false;
      if (depth_ == 0) return true;
    }
  }

  /// Closes what ends here and stops before the next value, or with depth_ 0 behind the last one.
  bool after_value() {
    while (depth_ > 0) {
      skip_space();
      if (at_ == end_) return fail_at_end();
      const bool in_object = is_object_[static_cast<std::size_t>(depth_)];
      if (*at_ == (in_object ? '}' : ']')) {
        ++at_;
        --depth_;
        continue;
      }
      if (*at_ != ',')
        return fail_at_character(in_object ? "was expecting comma to separate Object entries"
                                           : "was expecting comma to separate Array entries");
      ++at_;
      if (!in_object) return true;
      skip_space();
      return member_name();
    }
    return true;
  }

  bool open(bool object) {
    if (depth_ == depth_max_)
      return fail(fmt::format("Document nesting depth ({}) exceeds the maximum allowed ({})", depth_ + 1, depth_max_));
    ++at_;
    ++depth_;
    deepest_ = std::max(deepest_, depth_);
    is_object_[static_cast<std::size_t>(depth_)] = object;
    return true;
  }

  bool member_name() {
    if (at_ == end_) return fail_at_end();
    if (*at_ != '"') return fail_at_character("was expecting double-quote to start field name");
    if (!string("in field name")) return false;
    skip_space();
    if (at_ == end_) return fail_at_end();
    if (*at_ != ':') return fail_at_character("was expecting a colon to separate field name and value");
    ++at_;
    return true;
  }

  bool scalar() {
    switch (*at_) {
      case '"': return string("in VALUE_STRING");
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return *at_ == '-' || is_digit(*at_) ? number() : fail_at_token();
    }
  }

  bool word(std::string_view expected) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    if (!rest.starts_with(expected) || (rest.size() > expected.size() && is_word(rest[expected.size()]))) return fail_at_token();
    at_ += expected.size();
    return true;
  }

  bool number() {
    if (*at_ == '-' && (++at_ == end_ || !is_digit(*at_)))
      return fail_in_number("expected digit (0-9) to follow minus sign, for valid numeric value");
    if (*at_ == '0' && end_ - at_ > 1 && is_digit(at_[1])) return fail("Invalid numeric value: Leading zeroes not allowed");
    skip_digits();
    if (at_ != end_ && *at_ == '.' && (++at_ == end_ || !skip_digits())) return fail_in_number("Decimal point not followed by a digit");
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!skip_digits()) return fail_in_number("Exponent indicator not followed by a digit");
    }
    if (at_ != end_ && is_word(*at_)) return fail_at_character("Expected space separating root-level values");
    return true;
  }

  bool skip_digits() {
    const char* const from = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != from;
  }

  bool string(const char* where) {
    ++at_;
    for (;;) {
      at_ = skip_plain(at_, end_);
      if (at_ == end_) return fail(fmt::format("Unexpected end-of-input {}", where));
      const unsigned char c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape()) return false;
      } else if (c < 0x20) {
        return fail(fmt::format(
            "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in string value", c));
      } else {
        const std::size_t length = utf8_sequence(at_, end_);
        if (length == 0) return fail(fmt::format("Invalid UTF-8 byte 0x{:02x}", c));
        at_ += length;
      }
    }
  }

  bool escape() {
    if (end_ - at_ < 2) return fail("Unexpected end-of-input in character escape sequence");
    const char c = at_[1];
    if (c != 'u') {
      if (std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
        return fail(fmt::format("Unrecognized character escape {}", character(at_ + 1)));
      }
      at_ += 2;
      return true;
    }
    for (std::ptrdiff_t i = 2; i < 6; ++i) {
      if (end_ - at_ <= i) return fail("Unexpected end-of-input in character escape sequence");
      const char digit = at_[i];
      if (!is_digit(digit) && !(digit >= 'a' && digit <= 'f') && !(digit >= 'A' && digit <= 'F')) {
        return fail(fmt::format("Unexpected character ({}): expected a hex-digit for character escape sequence", character(at_ + i)));
      }
    }
    at_ += 6;
    return true;
  }

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  bool fail(std::string message) {
    message_ = std::move(message);
    return false;
  }
  Result<CheckedText> failure(std::string message) { return error(ErrorCode::InvalidJson, std::move(message), place()); }

  /// `'x' (code 120)`, of the whole UTF-8 sequence.
  std::string character(const char* at) const {
    const unsigned char c = static_cast<unsigned char>(*at);
    if (c < 0x20 || c == 0x7F) return fmt::format("(CTRL-CHAR, code {})", c);
    const std::size_t length = c < 0x80 ? 1 : utf8_sequence(at, end_);
    if (length == 0) return fmt::format("invalid UTF-8 byte 0x{:02x}", c);
    unsigned code = length == 1 ? c : c & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (static_cast<unsigned char>(at[i]) & 0x3FU);
    return fmt::format("'{}' (code {})", std::string_view(at, length), code);
  }

  bool fail_at_character(std::string_view expected) { return fail(fmt::format("Unexpected character ({}): {}", character(at_), expected)); }
  bool fail_in_number(std::string_view what) {
    if (at_ == end_) return fail(fmt::format("Unexpected end-of-input in numeric value: {}", what));
    return fail(fmt::format("Unexpected character ({}) in numeric value: {}", character(at_), what));
  }

  bool fail_at_end() {
    if (depth_ == 0) return fail("No content to map due to end-of-input");
    return fail(fmt::format("Unexpected end-of-input: expected close marker for {}",
                            is_object_[static_cast<std::size_t>(depth_)] ? "Object" : "Array"));
  }

  /// At something that begins no value: a bare word, or a stray character.
  bool fail_at_token() {
    const char* to = at_;
    while (to != end_ && is_word(*to) && to - at_ < 256) ++to;
    if (to == at_) return fail_at_character(fmt::format("expected a valid value {}", value_words));
    while (to != at_ && to != end_ && (*to & 0xC0) == 0x80) --to;  // not in the midst of a character
    for (const char* c = at_; c < to; ++c) {
      if ((*c & 0x80) == 0) continue;
      const std::size_t length = utf8_sequence(c, end_);
      if (length == 0) return fail(fmt::format("Invalid UTF-8 byte 0x{:02x}", static_cast<unsigned char>(*c)));
      c += length - 1;
    }
    return fail(
        fmt::format("Unrecognized token '{}': was expecting {}", std::string_view(at_, static_cast<std::size_t>(to - at_)), value_words));
  }

  std::string place() const {
    const auto line = 1 + std::count(begin_, at_, '\n');
    const char* from = at_;
    while (from != begin_ && from[-1] != '\n') --from;
    return fmt::format("line {}, column {} (offset {})", line, at_ - from + 1, at_ - begin_);
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::int32_t depth_max_;
  std::int32_t depth_ = 0;
  std::int32_t deepest_ = 0;
  std::bitset<depth_limit + 1> is_object_;
  std::string message_;
};

}  // namespace

namespace {

/// A byte's high bit is set where the byte is below 0x20, '"', '\\' or not ASCII. The lowest such bit is always right; a borrow can only spoil
/// bytes above it.
std::uint64_t special_bytes(const char* at) {
  constexpr std::uint64_t ones = 0x0101010101010101U, highs = 0x8080808080808080U;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const std::uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
  return ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & highs;
}

}  // namespace

const char* skip_plain(const char* at, const char* end) {
  const char* const begin = at;
  for (; end - at >= 8; at += 8) {
    const std::uint64_t special = special_bytes(at);
    if (special == 0) continue;
    if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(special) / 8;
    break;
  }
  // What is left has been looked at in part: nothing before it is special.
  if (at != end && end - begin >= 8 && special_bytes(end - 8) == 0) return end;
  for (; at != end; ++at) {
    const unsigned char c = static_cast<unsigned char>(*at);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return at;
}

Json::Kind kind_of_text(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \n\r\t");
  switch (from == std::string_view::npos ? 'n' : text[from]) {
    case '{': return Json::Kind::Object;
    case '[': return Json::Kind::Array;
    case '"': return Json::Kind::String;
    case 't':
    case 'f': return Json::Kind::Boolean;
    case 'n': return Json::Kind::Null;
    default: return Json::Kind::Number;
  }
}

Result<CheckedText> check_json(std::string_view text, std::int32_t depth_max) { return Checker(text, depth_max).check(); }

}  // namespace signalbox
