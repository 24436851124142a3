#include "services/gateway/velocity/expression_parser.h"

#include "services/gateway/velocity/parser.h"

#include <array>
#include <charconv>

namespace signalbox::velocity {

namespace {

constexpr std::size_t depth_max = 64;

struct Spelling {
  std::string_view symbol, word;
  Operator op;
};

/// From the loosest binding to the tightest; longer symbols before their beginnings.
const std::array<std::vector<Spelling>, 6> levels{{
    {{"||", "or", Operator::Or}},
    {{"&&", "and", Operator::And}},
    {{"==", "eq", Operator::Equal}, {"!=", "ne", Operator::NotEqual}},
    {{"<=", "le", Operator::LessEqual}, {">=", "ge", Operator::GreaterEqual}, {"<", "lt", Operator::Less}, {">", "gt", Operator::Greater}},
    {{"+", "", Operator::Add}, {"-", "", Operator::Subtract}},
    {{"*", "", Operator::Multiply}, {"/", "", Operator::Divide}, {"%", "", Operator::Remainder}},
}};

Expression make(Operator op, Expression left, Expression right) {
  return {Binary{op, std::make_unique<Expression>(std::move(left)), std::make_unique<Expression>(std::move(right))}};
}

}  // namespace

struct ExpressionParser::Deeper {
  explicit Deeper(ExpressionParser& owner) : parser(owner) {
    if (++parser.depth_ > depth_max) parser.scanner_.fail("the template is nested too deeply");
  }
  ~Deeper() { --parser.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  ExpressionParser& parser;
};

std::optional<Reference> ExpressionParser::reference() {
  const auto start = scanner_.position();
  Reference reference;
  scanner_.advance();
  reference.quiet = scanner_.take("!");
  const bool braced = scanner_.take("{");
  reference.name = scanner_.name();
  if (reference.name.empty()) {
    scanner_.seek(start);
    return std::nullopt;
  }
  accesses(reference);
  if (braced) scanner_.expect("}");
  reference.source = scanner_.since(start);
  return reference;
}

/// Stops before what is text again: `$a.` at the end of a sentence is `$a` and a full stop.
void ExpressionParser::accesses(Reference& reference) {
  const Deeper deeper(*this);
  for (;;) {
    const auto before = scanner_.position();
    Access access;
    if (scanner_.take(".")) {
      access.name = scanner_.name();
      if (access.name.empty()) return scanner_.seek(before);
      if (scanner_.take("(")) {
        access.kind = Access::Kind::Method;
        access.arguments = arguments();
      }
    } else if (scanner_.take("[")) {
      access.kind = Access::Kind::Index;
      access.arguments.push_back(expression());
      scanner_.expect("]");
    } else {
      return;
    }
    reference.path.push_back(std::move(access));
  }
}

std::vector<Expression> ExpressionParser::arguments() {
  std::vector<Expression> list;
  scanner_.skip_space();
  if (scanner_.take(")")) return list;
  for (;;) {
    list.push_back(expression());
    scanner_.skip_space();
    if (scanner_.take(")")) return list;
    scanner_.expect(",");
  }
}

Expression ExpressionParser::expression() { return binary(0); }

std::optional<Operator> ExpressionParser::operator_at(int level) {
  scanner_.skip_space();
  for (const auto& spelling : levels[static_cast<std::size_t>(level)])
    if (scanner_.take(spelling.symbol) || (!spelling.word.empty() && scanner_.take_word(spelling.word))) return spelling.op;
  return std::nullopt;
}

Expression ExpressionParser::binary(int level) {
  if (level == static_cast<int>(levels.size())) return unary();
  auto left = binary(level + 1);
  while (const auto op = operator_at(level)) {
    const Deeper deeper(*this);
    left = make(*op, std::move(left), binary(level + 1));
  }
  return left;
}

Expression ExpressionParser::unary() {
  const Deeper deeper(*this);
  scanner_.skip_space();
  if (scanner_.peek() == '!' || scanner_.rest().starts_with("not ") || scanner_.rest().starts_with("not(")) {
    scanner_.advance(scanner_.peek() == '!' ? 1 : 3);
    return {Not{std::make_unique<Expression>(unary())}};
  }
  if (scanner_.peek() == '-' && std::isdigit(static_cast<unsigned char>(scanner_.peek(1))) == 0) {
    scanner_.advance();
    return {Negative{std::make_unique<Expression>(unary())}};
  }
  return primary();
}

Expression ExpressionParser::primary() {
  const char first = scanner_.peek();
  if (first == '$')
    if (auto found = reference()) return {std::move(*found)};
  if (first == '"') return double_quoted();
  if (first == '\'') return single_quoted();
  if (first == '[') return list_or_range();
  if (first == '{') return map();
  if (first == '-' || std::isdigit(static_cast<unsigned char>(first)) != 0) return number();
  if (scanner_.take_word("true")) return {Value(true)};
  if (scanner_.take_word("false")) return {Value(false)};
  if (scanner_.take_word("null")) return {Value()};
  if (scanner_.take("(")) {
    auto inner = expression();
    scanner_.expect(")");
    return inner;
  }
  scanner_.fail("an expression is expected at '" + scanner_.fragment() + "'");
}

Expression ExpressionParser::list_or_range() {
  scanner_.advance();
  ListLiteral list;
  scanner_.skip_space();
  if (scanner_.take("]")) return {std::move(list)};
  list.elements.push_back(expression());
  scanner_.skip_space();
  if (scanner_.take("..")) {
    auto range = make(Operator::Range, std::move(list.elements.front()), expression());
    scanner_.expect("]");
    return range;
  }
  while (!scanner_.take("]")) {
    scanner_.expect(",");
    list.elements.push_back(expression());
    scanner_.skip_space();
  }
  return {std::move(list)};
}

Expression ExpressionParser::map() {
  scanner_.advance();
  MapLiteral map;
  scanner_.skip_space();
  if (scanner_.take("}")) return {std::move(map)};
  for (;;) {
    auto name = expression();
    scanner_.expect(":");
    map.members.push_back({std::move(name), expression()});
    scanner_.skip_space();
    if (scanner_.take("}")) return {std::move(map)};
    scanner_.expect(",");
  }
}

Expression ExpressionParser::number() {
  const auto start = scanner_.position();
  const auto digits = [&] {
    while (std::isdigit(static_cast<unsigned char>(scanner_.peek())) != 0) scanner_.advance();
  };
  if (scanner_.peek() == '-') scanner_.advance();
  digits();
  if (scanner_.peek() == '.' && std::isdigit(static_cast<unsigned char>(scanner_.peek(1))) != 0) {
    scanner_.advance();
    digits();
    const auto text = scanner_.since(start);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return {Value(Decimal{value, std::string(text)})};
  }
  const auto text = scanner_.since(start);
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    scanner_.fail("the number '" + std::string(text) + "' is too large");
  return {Value(value)};
}

/// The text between the quotes is a template of its own; `""` inside stands for a quote.
Expression ExpressionParser::double_quoted() {
  scanner_.advance();
  std::string text;
  while (!scanner_.take("\"") || scanner_.peek() == '"') {
    if (scanner_.at_end()) scanner_.fail("a text in double quotes is not closed");
    if (scanner_.peek() == '\\' && scanner_.peek(1) == '"') scanner_.advance();
    text += scanner_.peek();
    scanner_.advance();
  }
  if (text.find_first_of("$#") == std::string::npos) return {Value(std::move(text))};
  auto inner = parse_template(text);
  if (!inner) scanner_.fail(inner.error().message);
  return {Interpolated{std::move(*inner)}};
}

Expression ExpressionParser::single_quoted() {
  scanner_.advance();
  std::string text;
  while (!scanner_.take("'") || scanner_.peek() == '\'') {
    if (scanner_.at_end()) scanner_.fail("a text in single quotes is not closed");
    text += scanner_.peek();
    scanner_.advance();
  }
  return {Value(std::move(text))};
}

}  // namespace signalbox::velocity
