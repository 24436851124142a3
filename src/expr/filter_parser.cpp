#include "expr/filter.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace signalbox::expr {
namespace {

constexpr int nesting_max = 32;

/// Longer ones first, so that `<=` is not read as `<`.
constexpr std::array<std::pair<std::string_view, Relation>, 9> signs{{{"===", Relation::SameTypeEqual},
                                                                      {"!==", Relation::SameTypeNotEqual},
                                                                      {"==", Relation::Equal},
                                                                      {"!=", Relation::NotEqual},
                                                                      {"<=", Relation::LessEqual},
                                                                      {">=", Relation::GreaterEqual},
                                                                      {"=~", Relation::Matches},
                                                                      {"<", Relation::Less},
                                                                      {">", Relation::Greater}}};

constexpr std::array<std::pair<std::string_view, Relation>, 10> words{{{"in", Relation::In},
                                                                       {"nin", Relation::NotIn},
                                                                       {"contains", Relation::Contains},
                                                                       {"all", Relation::All},
                                                                       {"subsetof", Relation::SubsetOf},
                                                                       {"anyof", Relation::AnyOf},
                                                                       {"noneof", Relation::NoneOf},
                                                                       {"size", Relation::Size},
                                                                       {"empty", Relation::Empty},
                                                                       {"exists", Relation::Exists}}};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (c & 0x80) != 0;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view word_at(const Cursor& cursor) {
  std::size_t length = 0;
  while (is_word(cursor.peek(length)) && cursor.at + length < cursor.text.size()) ++length;
  return cursor.text.substr(cursor.at, length);
}

bool parse_path_operand(Cursor& cursor, Operand& operand, int depth) {
  Operand::PathFrom from;
  from.current = cursor.peek() == '@';
  ++cursor.at;
  if (!parse_steps(cursor, Surroundings::Filter, from.path, depth)) return false;
  operand.value = std::move(from);
  return true;
}

bool parse_regex(Cursor& cursor, Operand& operand) {
  const std::size_t from = ++cursor.at;
  while (!cursor.done() && cursor.peek() != '/') cursor.at += cursor.peek() == '\\' && cursor.at + 1 < cursor.text.size() ? 2 : 1;
  if (cursor.done()) return cursor.fail("the regular expression is not closed");
  std::string pattern(cursor.text.substr(from, cursor.at - from));
  ++cursor.at;
  re2::RE2::Options options(re2::RE2::Quiet);
  std::string flags;
  for (; is_word(cursor.peek()); ++cursor.at) {
    const char flag = cursor.peek();
    if (flag == 'i') options.set_case_sensitive(false);
    else if (flag == 's') options.set_dot_nl(true);
    else if (flag == 'm') flags = "(?m)";
    else if (flag != 'u') return cursor.fail("a flag of the regular expression is not supported (i, m, s, u are)");
  }
  auto regex = std::make_shared<const re2::RE2>(flags + pattern, options);
  if (!regex->ok()) return cursor.fail("the regular expression is not supported: " + regex->error());
  operand.value = std::shared_ptr<const re2::RE2>(std::move(regex));
  return true;
}

/// An array or object: up to the bracket that closes it, with single quotes made double ones.
bool parse_literal_container(Cursor& cursor, Operand& operand) {
  std::string text;
  int open = 0;
  do {
    if (cursor.done()) return cursor.fail("the brackets are not closed");
    const char c = cursor.peek();
    if (c == '\'' || c == '"') {
      std::string value;
      if (!parse_quoted(cursor, value)) return false;
      append_json_string(text, value);
      continue;
    }
    if (c == '[' || c == '{') ++open;
    if (c == ']' || c == '}') --open;
    text += c;
    ++cursor.at;
  } while (open > 0);
  auto value = Json::parse(std::move(text));
  if (!value) return cursor.fail(value.error().message);
  operand.value = value->rebuilt();
  return true;
}

/// A number, true, false, null; any other bare word is a string, as in the published `[?(@.language==fr)]`.
bool parse_word(Cursor& cursor, Operand& operand) {
  const std::size_t from = cursor.at;
  while (!cursor.done() && (is_word(cursor.peek()) || cursor.peek() == '.' || cursor.peek() == '+')) ++cursor.at;
  const std::string_view word = cursor.text.substr(from, cursor.at - from);
  if (word.empty()) return cursor.fail("a value is expected");
  auto value = Json::parse(std::string(word));
  operand.value = value ? value->rebuilt() : Json(word);
  return true;
}

bool parse_operand(Cursor& cursor, Operand& operand, int depth) {
  cursor.skip_space();
  switch (cursor.peek()) {
    case '@':
    case '$': return parse_path_operand(cursor, operand, depth);
    case '/': return parse_regex(cursor, operand);
    case '[':
    case '{': return parse_literal_container(cursor, operand);
    case '\'':
    case '"': {
      std::string value;
      if (!parse_quoted(cursor, value)) return false;
      operand.value = Json(std::move(value));
      return true;
    }
    default: return parse_word(cursor, operand);
  }
}

/// False if no operator stands here.
bool take_relation(Cursor& cursor, Relation& relation) {
  for (const auto& [sign, meaning] : signs) {
    if (!cursor.text.substr(cursor.at).starts_with(sign)) continue;
    cursor.at += sign.size();
    relation = meaning;
    return true;
  }
  std::string word(word_at(cursor));
  for (char& c : word) c = lower(c);
  for (const auto& [name, meaning] : words) {
    if (word != name) continue;
    cursor.at += word.size();
    relation = meaning;
    return true;
  }
  return false;
}

bool parse_relation(Cursor& cursor, Filter& filter, int depth) {
  if (!parse_operand(cursor, filter.left, depth)) return false;
  cursor.skip_space();
  if (take_relation(cursor, filter.relation)) {
    if (!parse_operand(cursor, filter.right, depth)) return false;
  } else if (!std::holds_alternative<Operand::PathFrom>(filter.left.value)) {
    return cursor.fail("an operator is expected");
  } else if (!word_at(cursor).empty()) {
    return cursor.fail(fmt::format("the operator '{}' is not supported", word_at(cursor)));
  }
  cursor.skip_space();
  return true;
}

bool parse_any(Cursor& cursor, Filter& filter, int depth, int nesting);

bool parse_unary(Cursor& cursor, Filter& filter, int depth, int nesting) {
  if (nesting > nesting_max) return cursor.fail("the filter is nested too deeply");
  cursor.skip_space();
  if (cursor.peek() == '!' && cursor.peek(1) != '=') {
    ++cursor.at;
    filter.kind = Filter::Kind::Not;
    return parse_unary(cursor, filter.parts.emplace_back(), depth, nesting + 1);
  }
  if (!cursor.take('(')) return parse_relation(cursor, filter, depth);
  if (!parse_any(cursor, filter, depth, nesting + 1)) return false;
  if (!cursor.take(')')) return cursor.fail("')' is expected");
  cursor.skip_space();
  return true;
}

/// Parts joined by `sign`; a single part stands for itself.
template <class ParsePart>
bool parse_joined(Cursor& cursor, Filter& filter, std::string_view sign, Filter::Kind kind, const ParsePart& parse_part) {
  Filter first;
  if (!parse_part(first)) return false;
  if (!cursor.text.substr(cursor.at).starts_with(sign)) {
    filter = std::move(first);
    return true;
  }
  filter.kind = kind;
  filter.parts.push_back(std::move(first));
  while (cursor.text.substr(cursor.at).starts_with(sign)) {
    cursor.at += sign.size();
    if (!parse_part(filter.parts.emplace_back())) return false;
  }
  return true;
}

bool parse_any(Cursor& cursor, Filter& filter, int depth, int nesting) {
  return parse_joined(cursor, filter, "||", Filter::Kind::Any, [&](Filter& part) {
    return parse_joined(cursor, part, "&&", Filter::Kind::All, [&](Filter& inner) { return parse_unary(cursor, inner, depth, nesting); });
  });
}

}  // namespace

bool parse_filter(Cursor& cursor, Filter& filter, int depth) { return parse_any(cursor, filter, depth, 0); }

}  // namespace signalbox::expr
