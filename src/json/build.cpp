/// Builds the tree of a text that was checked before; what it still asserts keeps a damaged stored text from doing harm.

#include "base/utf8.h"
#include "json/node.h"

#include <algorithm>
#include <iterator>

namespace signalbox {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10U;
}

unsigned hex4(const char* at) { return hex_digit(at[0]) << 12U | hex_digit(at[1]) << 8U | hex_digit(at[2]) << 4U | hex_digit(at[3]); }

bool is_high_surrogate(unsigned code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low_surrogate(unsigned code) { return code >= 0xDC00 && code < 0xE000; }

/// Of the `uXXXX` at `at`, taking in a low surrogate that follows. Moves behind what it read.
unsigned unicode_escape(const char*& at, const char* end) {
  unsigned code = hex4(at + 1);
  at += 5;
  if (is_high_surrogate(code) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const unsigned low = hex4(at + 2);
    if (is_low_surrogate(low)) {
      at += 6;
      return 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
    }
  }
  if (is_high_surrogate(code) || is_low_surrogate(code)) code = 0xFFFD;
  return code;
}

char simple_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
  }
}

/// Drops repeated names: the last value goes to the place of the first. Returns the index of names where one was made.
std::unique_ptr<NameIndex> settle_repeated_names(Json::Object& members) {
  std::unique_ptr<NameIndex> index;
  if (members.size() > NameIndex::worth_it) index = std::make_unique<NameIndex>(members.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::size_t before = NameIndex::absent;
    if (index) {
      before = index->find(members, members[i].name);
    } else {
      for (std::size_t j = 0; j < kept && before == NameIndex::absent; ++j) {
        if (members[j].name == members[i].name) before = j;
      }
    }
    if (before != NameIndex::absent) {
      members[before].value = std::move(members[i].value);
      continue;
    }
    if (kept != i) members[kept] = std::move(members[i]);
    if (index) index->add(members[kept].name, kept);
    ++kept;
  }
  members.erase(members.begin() + static_cast<std::ptrdiff_t>(kept), members.end());
  return index;
}

}  // namespace

std::size_t unescape(std::string_view raw, char* out) {
  const char* at = raw.data();
  const char* const end = at + raw.size();
  char* const begin = out;
  while (at != end) {
    if (*at != '\\') {
      *out++ = *at++;
      continue;
    }
    ++at;
    if (*at == 'u') {
      out = put_code_point(out, unicode_escape(at, end));
    } else {
      *out++ = simple_escape(*at++);
    }
  }
  return static_cast<std::size_t>(out - begin);
}

Json JsonBuilder::build(std::string_view text) {
  JsonBuilder builder(text);
  Json result = builder.value();
  builder.skip_space();
  SIGNALBOX_ASSERT(builder.at_ == builder.end_);
  return result;
}

void JsonBuilder::skip_space() {
  while (at_ != end_ && is_space(*at_)) ++at_;
}

bool JsonBuilder::take(char character) {
  if (at_ == end_ || *at_ != character) return false;
  ++at_;
  return true;
}

void JsonBuilder::expect(char character) { SIGNALBOX_ASSERT(take(character)); }

Json JsonBuilder::value() {
  skip_space();
  SIGNALBOX_ASSERT(at_ != end_);
  switch (*at_) {
    case '{': return object();
    case '[': return array();
    case '"': return string();
    case 't': at_ += 4; break;
    case 'f': at_ += 5; break;
    case 'n': at_ += 4; break;
    default: return number();
  }
  SIGNALBOX_ASSERT(at_ <= end_);
  return at_[-2] == 'u' ? Json(true) : at_[-2] == 's' ? Json(false) : Json();
}

std::string_view JsonBuilder::raw_string(bool& escaped) {
  expect('"');
  const char* const from = at_;
  escaped = false;
  for (;;) {
    at_ = skip_plain(at_, end_);
    SIGNALBOX_ASSERT(at_ != end_);
    if (*at_ == '"') break;
    if (*at_ == '\\') {
      escaped = true;
      ++at_;
      SIGNALBOX_ASSERT(at_ != end_);
    }
    ++at_;
  }
  return {from, static_cast<std::size_t>(at_++ - from)};
}

Json JsonBuilder::string() {
  bool escaped = false;
  const std::string_view raw = raw_string(escaped);
  if (!escaped) return Json(raw);
  std::string plain(raw.size(), '\0');
  plain.resize(unescape(raw, plain.data()));
  return Json(std::string_view(plain));
}

std::string JsonBuilder::name() {
  bool escaped = false;
  const std::string_view raw = raw_string(escaped);
  std::string plain(raw);
  if (escaped) plain.resize(unescape(raw, plain.data()));
  return plain;
}

Json JsonBuilder::number() {
  const char* const from = at_;
  while (at_ != end_ && ((*at_ >= '0' && *at_ <= '9') || *at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E')) ++at_;
  SIGNALBOX_ASSERT(at_ != from);
  return Json::from_number_text({from, static_cast<std::size_t>(at_ - from)});
}

Json JsonBuilder::array() {
  expect('[');
  skip_space();
  if (take(']')) return Json::empty_array();
  const auto first = static_cast<std::ptrdiff_t>(values_.size());
  do {
    values_.push_back(value());
    skip_space();
  } while (take(','));
  expect(']');
  Json::Array elements(std::make_move_iterator(values_.begin() + first), std::make_move_iterator(values_.end()));
  values_.erase(values_.begin() + first, values_.end());
  return Json(std::move(elements));
}

Json JsonBuilder::object() {
  expect('{');
  skip_space();
  if (take('}')) return Json::empty_object();
  const auto first = static_cast<std::ptrdiff_t>(members_.size());
  do {
    skip_space();
    std::string member = name();
    skip_space();
    expect(':');
    Json member_value = value();
    members_.push_back({std::move(member), std::move(member_value)});
    skip_space();
  } while (take(','));
  expect('}');
  Json::Object members(std::make_move_iterator(members_.begin() + first), std::make_move_iterator(members_.end()));
  members_.erase(members_.begin() + first, members_.end());
  auto index = settle_repeated_names(members);
  return Json(Json::Kind::Object, new Json::ObjectNode(std::move(members), std::move(index)));
}

}  // namespace signalbox
