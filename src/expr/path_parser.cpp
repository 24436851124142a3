/// Jayway's dialect as AWS runs it: an old one, without functions (`$.a.length()` asks for a member called `length()`).

#include "expr/filter.h"

#include "base/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace signalbox::expr {
namespace {

constexpr int filter_depth_max = 4;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// What ends a dot-name, apart from `.` and `[`.
bool ends_name(char c, Surroundings surroundings, int parentheses) {
  if (surroundings == Surroundings::Whole) return false;
  if (is_space(c) || c == ',' || (c == ')' && parentheses == 0)) return true;
  return surroundings == Surroundings::Filter && std::string_view("=!<>&|~").find(c) != std::string_view::npos;
}

std::optional<unsigned> hex4(std::string_view text) {
  unsigned code = 0;
  if (text.size() < 4) return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + 4, code, 16);
  if (read.ptr != text.data() + 4) return std::nullopt;
  return code;
}

/// `\uXXXX` at the cursor, with the low surrogate that may follow. False, and nothing taken, if it is none.
bool take_unicode_escape(Cursor& cursor, std::string& out) {
  if (cursor.peek() != '\\' || cursor.peek(1) != 'u') return false;
  const auto first = hex4(cursor.text.substr(std::min(cursor.at + 2, cursor.text.size())));
  if (!first) return false;
  cursor.at += 6;
  unsigned code = *first;
  if (code >= 0xD800 && code < 0xDC00 && cursor.peek() == '\\' && cursor.peek(1) == 'u') {
    const auto low = hex4(cursor.text.substr(std::min(cursor.at + 2, cursor.text.size())));
    if (low && *low >= 0xDC00 && *low < 0xE000) {
      cursor.at += 6;
      code = 0x10000U + ((code - 0xD800U) << 10U) + (*low - 0xDC00U);
    }
  }
  if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
  append_code_point(out, code);
  return true;
}

/// A dot-name; a backslash takes the meaning from the character behind it (Spec: Reference Paths, `$.store\.book`).
bool parse_dot_name(Cursor& cursor, Surroundings surroundings, std::string& name) {
  int parentheses = 0;
  while (!cursor.done()) {
    const char c = cursor.peek();
    if (c == '.' || c == '[' || ends_name(c, surroundings, parentheses)) break;
    if (is_space(c)) return cursor.fail("a name with blanks needs brackets and quotes, as in ['my name']");
    if (static_cast<unsigned char>(c) < 0x20) return cursor.fail("a control character is not part of a path");
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    if (c == '\\') {
      if (take_unicode_escape(cursor, name)) continue;
      ++cursor.at;
      if (cursor.done()) return cursor.fail("a backslash has nothing behind it");
    }
    name += cursor.text[cursor.at++];
  }
  return !name.empty() || cursor.fail("a name is expected");
}

bool parse_integer(Cursor& cursor, std::int64_t& value) {
  const char* const from = cursor.text.data() + cursor.at;
  const auto read = std::from_chars(from, cursor.text.data() + cursor.text.size(), value);
  if (read.ec != std::errc{}) return cursor.fail("an index is expected");
  cursor.at += static_cast<std::size_t>(read.ptr - from);
  return true;
}

bool parse_names(Cursor& cursor, Step& step) {
  step.kind = Step::Kind::Names;
  do {
    cursor.skip_space();
    std::string name;
    if (!parse_quoted(cursor, name)) return false;
    step.names.push_back(std::move(name));
    cursor.skip_space();
  } while (cursor.take(','));
  return true;
}

/// `1`, `1,2`, `1:2`, `:2`, `1:`.
bool parse_indexes(Cursor& cursor, Step& step) {
  step.kind = Step::Kind::Indexes;
  std::int64_t number = 0;
  if (cursor.peek() != ':') {
    if (!parse_integer(cursor, number)) return false;
    step.indexes.push_back(number);
    cursor.skip_space();
  }
  if (cursor.take(':')) {
    step.kind = Step::Kind::Slice;
    if (!step.indexes.empty()) step.from = step.indexes[0];
    step.indexes.clear();
    cursor.skip_space();
    if (cursor.peek() != ']') {
      if (!parse_integer(cursor, number)) return false;
      step.to = number;
    }
    return step.from || step.to || cursor.fail("a slice needs a beginning or an end");
  }
  while (cursor.take(',')) {
    cursor.skip_space();
    if (!parse_integer(cursor, number)) return false;
    step.indexes.push_back(number);
    cursor.skip_space();
  }
  return true;
}

bool parse_filter_step(Cursor& cursor, Step& step, int filter_depth) {
  step.kind = Step::Kind::Filter;
  if (filter_depth >= filter_depth_max) return cursor.fail("filters are nested too deeply");
  cursor.skip_space();
  if (!cursor.take('(')) return cursor.fail("'(' is expected behind '?'");
  const std::size_t from = cursor.at;
  Filter filter;
  if (!parse_filter(cursor, filter, filter_depth + 1)) return false;
  step.filter_text = cursor.text.substr(from, cursor.at - from);
  if (!cursor.take(')')) return cursor.fail("')' is expected at the end of the filter");
  step.filter = std::make_shared<const Filter>(std::move(filter));
  return true;
}

bool parse_bracket(Cursor& cursor, Step& step, int filter_depth) {
  cursor.skip_space();
  bool parsed = true;
  switch (cursor.peek()) {
    case '\'':
    case '"': parsed = parse_names(cursor, step); break;
    case '*':
      ++cursor.at;
      step.kind = Step::Kind::Wildcard;
      break;
    case '?':
      ++cursor.at;
      parsed = parse_filter_step(cursor, step, filter_depth);
      break;
    default: parsed = parse_indexes(cursor, step);
  }
  if (!parsed) return false;
  cursor.skip_space();
  return cursor.take(']') || cursor.fail("']' is expected");
}

bool is_single(const Step& step) {
  return !step.deep &&
         ((step.kind == Step::Kind::Names && step.names.size() == 1) || (step.kind == Step::Kind::Indexes && step.indexes.size() == 1));
}

/// Several names at the end make one object, so the path is still definite.
bool is_merge(const Step& step) { return !step.deep && step.kind == Step::Kind::Names; }

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "'" : ",'") + name + "'";
  return list;
}

}  // namespace

bool Cursor::fail(std::string_view what) {
  if (fault.empty()) fault = fmt::format("{} at character {} of '{}'", what, at + 1, text);
  return false;
}

bool parse_quoted(Cursor& cursor, std::string& value) {
  const char quote = cursor.peek();
  if (quote != '\'' && quote != '"') return cursor.fail("a name in quotes is expected");
  ++cursor.at;
  while (!cursor.done() && cursor.peek() != quote) {
    if (take_unicode_escape(cursor, value)) continue;
    if (cursor.peek() == '\\' && (cursor.peek(1) == quote || cursor.peek(1) == '\\')) ++cursor.at;
    value += cursor.text[cursor.at++];
  }
  return cursor.take(quote) || cursor.fail("the quote is not closed");
}

bool parse_variable_name(Cursor& cursor, std::string& name) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
  };
  if (!is_name(cursor.peek()) || (cursor.peek() >= '0' && cursor.peek() <= '9')) return false;
  while (!cursor.done() && is_name(cursor.peek())) name += cursor.text[cursor.at++];
  return true;
}

bool parse_steps(Cursor& cursor, Surroundings surroundings, Path& path, int filter_depth) {
  while (!cursor.done() && (cursor.peek() == '.' || cursor.peek() == '[')) {
    Step step;
    const bool dot = cursor.take('.');
    step.deep = dot && cursor.take('.');
    if (dot && cursor.done()) return cursor.fail("a path must not end with '.'");
    if (cursor.take('[')) {
      if (!parse_bracket(cursor, step, filter_depth)) return false;
    } else if (cursor.peek() == '*') {
      ++cursor.at;
      step.kind = Step::Kind::Wildcard;
    } else {
      step.kind = Step::Kind::Names;
      if (!parse_dot_name(cursor, surroundings, step.names.emplace_back())) return false;
    }
    path.steps.push_back(std::move(step));
  }
  if (surroundings == Surroundings::Whole && !cursor.done()) return cursor.fail("'.' or '[' is expected");
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const bool last = i + 1 == path.steps.size();
    path.definite = path.definite && (is_single(path.steps[i]) || (last && is_merge(path.steps[i])));
  }
  return true;
}

std::string Step::printed() const {
  std::string inside;
  switch (kind) {
    case Kind::Names: inside = quoted_list(names); break;
    case Kind::Indexes: inside = fmt::format("{}", fmt::join(indexes, ",")); break;
    case Kind::Slice: inside = (from ? std::to_string(*from) : "") + ":" + (to ? std::to_string(*to) : ""); break;
    case Kind::Wildcard: inside = "*"; break;
    case Kind::Filter: inside = "?(" + filter_text + ")"; break;
  }
  return (deep ? "..[" : "[") + inside + "]";
}

std::string Path::printed() const {
  std::string text;
  for (const Step& step : steps) text += step.printed();
  return text;
}

}  // namespace signalbox::expr
