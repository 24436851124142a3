#include "json/scanner.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "signalbox/encoding.h"

namespace signalbox::json {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out += {static_cast<char>(0xC0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3F))};
  } else if (code < 0x10000) {
    out += {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)), static_cast<char>(0x80 | (code & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | (code >> 18)), static_cast<char>(0x80 | ((code >> 12) & 0x3F)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
            static_cast<char>(0x80 | (code & 0x3F))};
  }
}

/// One pass over the text, no allocation unless it is faulty. Nesting is bounded, so recursion is.
class Checker {
 public:
  explicit Checker(std::string_view text) : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  Result<void> run() {
    skip_space();
    if (at_ == end_) return fault("the text is empty; a JSON value is expected");
    if (!value(0)) return failure();
    skip_space();
    if (at_ != end_) {
      fail("unexpected text after the JSON value");
      return failure();
    }
    return {};
  }

 private:
  bool value(int depth) {
    if (at_ == end_) return fail("the text ends where a value is expected");
    switch (*at_) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': return string();
      case 't': return literal("true");
      case 'f': return literal("false");
      case 'n': return literal("null");
      default: return number();
    }
  }

  bool object(int depth) {
    if (depth == nesting_max) return fail("nested more than 512 levels deep");
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == '}') return ++at_, true;
    for (;;) {
      if (at_ == end_ || *at_ != '"') return fail("a member name in double quotes is expected");
      if (!string()) return false;
      skip_space();
      if (at_ == end_ || *at_ != ':') return fail("':' is expected after a member name");
      ++at_;
      skip_space();
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_ == end_) return fail("the text ends inside an object");
      if (*at_ == '}') return ++at_, true;
      if (*at_ != ',') return fail("',' or '}' is expected");
      ++at_;
      skip_space();
    }
  }

  bool array(int depth) {
    if (depth == nesting_max) return fail("nested more than 512 levels deep");
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == ']') return ++at_, true;
    for (;;) {
      if (!value(depth + 1)) return false;
      skip_space();
      if (at_ == end_) return fail("the text ends inside an array");
      if (*at_ == ']') return ++at_, true;
      if (*at_ != ',') return fail("',' or ']' is expected");
      ++at_;
      skip_space();
    }
  }

  bool string() {
    const char* start = at_;
    bool plain = true;
    for (++at_;; ++at_) {
      if (at_ == end_) return at_ = start, fail("the string is not closed");
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') break;
      if (c < 0x20) return fail("a control character must be escaped");
      if (c >= 0x80) plain = false;
      if (c == '\\' && !escape()) return false;
    }
    ++at_;
    if (!plain && !is_utf8({start, static_cast<std::size_t>(at_ - start)})) return at_ = start, fail("the string is not UTF-8");
    return true;
  }

  bool escape() {
    ++at_;
    if (at_ == end_) return fail("the string is not closed");
    if (*at_ == 'u') {
      for (int i = 1; i <= 4; ++i) {
        if (end_ - at_ <= i || !is_hex(at_[i])) return --at_, fail("\\u needs four hexadecimal digits");
      }
      at_ += 4;
      return true;
    }
    return std::strchr("\"\\/bfnrt", *at_) ? true : (--at_, fail("unknown escape"));
  }

  bool number() {
    const char* start = at_;
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !is_digit(*at_)) return at_ = start, fail(unexpected(start));
    if (*at_ == '0') {
      ++at_;
    } else {
      while (at_ != end_ && is_digit(*at_)) ++at_;
    }
    if (at_ != end_ && is_digit(*at_)) return at_ = start, fail("a number must not begin with 0");
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (at_ == end_ || !is_digit(*at_)) return at_ = start, fail("a digit is expected after the decimal point");
      while (at_ != end_ && is_digit(*at_)) ++at_;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (at_ == end_ || !is_digit(*at_)) return at_ = start, fail("a digit is expected in the exponent");
      while (at_ != end_ && is_digit(*at_)) ++at_;
    }
    return true;
  }

  bool literal(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return fail(unexpected(at_));
    at_ += word.size();
    return true;
  }

  /// In the words of the parser that AWS uses, which people search for.
  std::string unexpected(const char* where) const {
    const char* stop = where;
    while (stop != end_ && (std::isalnum(static_cast<unsigned char>(*stop)) || *stop == '_')) ++stop;
    if (stop == where) return "a value is expected";
    return "Unrecognized token '" + std::string(where, stop) + "': was expecting a JSON value ('true', 'false', 'null', a number, a string, an array or an object)";
  }

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  bool fail(std::string why) {
    why_ = std::move(why);
    return false;
  }

  Error fault(std::string why) {
    fail(std::move(why));
    return failure();
  }

  Error failure() const {
    const auto offset = static_cast<std::size_t>(at_ - begin_);
    const std::size_t shown = std::min<std::size_t>(24, static_cast<std::size_t>(end_ - at_));
    std::string message = "not JSON: " + why_ + " at offset " + std::to_string(offset);
    if (shown > 0) message += ", at '" + std::string(at_, shown) + (at_ + shown < end_ ? "…'" : "'");
    return error(ErrorCode::InvalidJson, std::move(message));
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::string why_;
};

}  // namespace

Result<void> check(std::string_view text) { return Checker(text).run(); }

void Walker::skip_space() {
  while (at_ != end_ && is_space(*at_)) ++at_;
}

void Walker::skip(char expected) {
  SIGNALBOX_ASSERT(at_ != end_ && *at_ == expected);
  ++at_;
  skip_space();
}

bool Walker::take(char c) {
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  skip_space();
  return true;
}

void Walker::literal(std::size_t length) {
  at_ += length;
  skip_space();
}

std::string_view Walker::number() {
  const char* start = at_;
  while (at_ != end_ && (is_digit(*at_) || *at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E')) ++at_;
  const std::string_view text(start, static_cast<std::size_t>(at_ - start));
  skip_space();
  return text;
}

std::string Walker::string() {
  SIGNALBOX_ASSERT(at_ != end_ && *at_ == '"');
  ++at_;
  std::string out;
  for (;;) {
    const char* start = at_;
    while (*at_ != '"' && *at_ != '\\') ++at_;
    out.append(start, at_);
    if (*at_++ == '"') break;
    append_escape(out);
  }
  skip_space();
  return out;
}

unsigned Walker::hex4() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = *at_;
    value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

void Walker::append_escape(std::string& out) {
  const char c = *at_++;
  switch (c) {
    case 'b': out.push_back('\b'); return;
    case 'f': out.push_back('\f'); return;
    case 'n': out.push_back('\n'); return;
    case 'r': out.push_back('\r'); return;
    case 't': out.push_back('\t'); return;
    case 'u': break;
    default: out.push_back(c); return;
  }
  unsigned code = hex4();
  if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
    const char* before = at_;
    at_ += 2;
    const unsigned low = hex4();
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
      return;
    }
    at_ = before;
  }
  append_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
}

}  // namespace signalbox::json
