#include "services/logs/filter_condition.h"

#include "base/wildcard.h"

#include <charconv>

namespace signalbox::logs {

namespace {

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number) : std::nullopt;
}

Result<Comparison> read_comparison(FilterText& text) {
  if (text.take_text("!=")) return Comparison::NotEqual;
  if (text.take_text("<=")) return Comparison::LessOrEqual;
  if (text.take_text(">=")) return Comparison::GreaterOrEqual;
  if (text.take_text("=")) return Comparison::Equal;
  if (text.take_text("<")) return Comparison::Less;
  if (text.take_text(">")) return Comparison::Greater;
  if (text.take_text("NOT EXISTS")) return Comparison::NotExists;
  if (text.take_text("IS NULL")) return Comparison::IsNull;
  if (text.take_text("IS TRUE")) return Comparison::IsTrue;
  if (text.take_text("IS FALSE")) return Comparison::IsFalse;
  return text.fault("a comparison is expected");
}

bool has_value(Comparison comparison) { return comparison <= Comparison::GreaterOrEqual; }

}  // namespace

bool Condition::holds_for(std::string_view value) const {
  const auto other = number ? number_of(value) : std::nullopt;
  switch (comparison) {
    case Comparison::Equal:
      if (expression) return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *expression);
      return other ? *other == *number : fits_wildcards(text, value);
    case Comparison::NotEqual:
      if (expression) return !re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *expression);
      return other ? *other != *number : !fits_wildcards(text, value);
    case Comparison::Less: return other && *other < *number;
    case Comparison::LessOrEqual: return other && *other <= *number;
    case Comparison::Greater: return other && *other > *number;
    case Comparison::GreaterOrEqual: return other && *other >= *number;
    case Comparison::IsNull:
    case Comparison::IsTrue:
    case Comparison::IsFalse:
    case Comparison::NotExists: return false;
  }
  return false;
}

Result<Condition> read_condition(FilterText& text, std::string_view ends) {
  auto comparison = read_comparison(text);
  if (!comparison) return comparison.error();
  Condition condition{.comparison = *comparison};
  if (!has_value(*comparison)) return condition;
  if (text.at('%')) {
    auto expression = text.regular_expression();
    if (!expression) return expression.error();
    condition.expression = std::move(*expression);
    return condition;
  }
  const bool is_quoted = text.at('"');
  auto value = is_quoted ? text.quoted() : Result<std::string>(text.word(ends));
  if (!value) return value.error();
  if (value->empty() && !is_quoted) return text.fault("a value is missing");
  if (!is_quoted) condition.number = number_of(*value);
  condition.text = std::move(*value);
  return condition;
}

Result<std::string> FilterText::quoted() {
  std::string out;
  if (!take('"')) return fault("a quote is expected");
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return out;
    if (c == '\\' && !rest_.empty()) {
      out += rest_.front();
      rest_.remove_prefix(1);
    } else {
      out += c;
    }
  }
  return fault("a quote is not closed");
}

Result<std::shared_ptr<const re2::RE2>> FilterText::regular_expression() {
  (void)take('%');
  const auto text = word_here("%");
  if (!take_here('%')) return fault("% is not closed");
  auto expression = std::make_shared<const re2::RE2>(text, re2::RE2::Quiet);
  if (!expression->ok()) return fault("the regular expression is invalid: " + expression->error());
  return expression;
}

Error FilterText::fault(const std::string& why) const {
  const auto place = whole_.size() - rest_.size();
  return error(ErrorCode::InvalidArgument,
               "Invalid filter pattern: " + why + " at character " + std::to_string(place + 1) + " of '" + std::string(whole_) + "'",
               "InvalidParameterException");
}

}  // namespace signalbox::logs
