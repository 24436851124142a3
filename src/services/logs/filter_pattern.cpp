#include "services/logs/filter_pattern.h"

#include <re2/re2.h>

#include <charconv>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "services/logs/filter_condition.h"
#include "services/logs/filter_text.h"
#include "signalbox/json.h"

namespace signalbox::logs {

namespace {

// ---- terms ---------------------------------------------------------------------------------------------------------------------------
struct Term {
  enum class Kind { Required, Excluded, Optional } kind = Kind::Required;
  FilterPattern fits;
};

FilterPattern contains(std::string text) {
  return [text = std::move(text)](std::string_view message) { return message.find(text) != std::string_view::npos; };
}

Result<Term> read_term(FilterText& text) {
  Term term;
  if (text.take('-')) term.kind = Term::Kind::Excluded;
  else if (text.take('?')) term.kind = Term::Kind::Optional;
  if (text.at('%')) {
    auto expression = text.regular_expression();
    if (!expression) return expression.error();
    term.fits = [expression = *expression](std::string_view message) {
      return re2::RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), *expression);
    };
    return term;
  }
  auto word = text.at('"') ? text.quoted() : Result<std::string>(text.word(" \t\r\n"));
  if (!word) return word.error();
  if (word->empty()) return text.fault("a term is missing");
  term.fits = contains(std::move(*word));
  return term;
}

/// All required terms, none of the excluded ones; where there are only optional ones, at least one of them.
Result<FilterPattern> read_terms(FilterText& text) {
  std::vector<FilterPattern> required, excluded, optional;
  while (!text.at_end()) {
    auto term = read_term(text);
    if (!term) return term.error();
    auto& list = term->kind == Term::Kind::Required ? required : term->kind == Term::Kind::Excluded ? excluded : optional;
    list.push_back(std::move(term->fits));
  }
  return FilterPattern([required, excluded, optional](std::string_view message) {
    for (const auto& fits : required) {
      if (!fits(message)) return false;
    }
    for (const auto& fits : excluded) {
      if (fits(message)) return false;
    }
    if (!required.empty() || !excluded.empty() || optional.empty()) return true;
    for (const auto& fits : optional) {
      if (fits(message)) return true;
    }
    return false;
  });
}

// ---- JSON ----------------------------------------------------------------------------------------------------------------------------
using Path = std::vector<std::variant<std::string, std::size_t>>;

/// `$.a.b[0]`, `$['a b']`
Result<Path> read_path(FilterText& text) {
  Path path;
  if (!text.take('$')) return text.fault("a selector beginning with $ is expected");
  while (true) {
    if (text.take_here('.')) {
      auto name = text.word_here(" \t\r\n.[=!<>&|)}");
      if (name.empty()) return text.fault("a property's name is missing");
      path.emplace_back(std::move(name));
    } else if (text.take_here('[')) {
      auto inside = text.word_here("]");
      if (!text.take_here(']')) return text.fault("] is missing");
      std::size_t index = 0;
      const auto [end, failure] = std::from_chars(inside.data(), inside.data() + inside.size(), index);
      if (failure == std::errc() && end == inside.data() + inside.size()) path.emplace_back(index);
      else if (inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"'))
        path.emplace_back(inside.substr(1, inside.size() - 2));
      else return text.fault("[" + inside + "] is no index");
    } else {
      return path;
    }
  }
}

const Json* find(const Json& root, const Path& path) {
  const Json* at = &root;
  for (const auto& part : path) {
    at = std::holds_alternative<std::size_t>(part) ? at->at(std::get<std::size_t>(part)) : at->find(std::get<std::string>(part));
    if (!at) return nullptr;
  }
  return at;
}

using JsonTest = std::function<bool(const Json&)>;

bool holds(const Condition& condition, const Json* value) {
  switch (condition.comparison) {
    case Comparison::NotExists: return value == nullptr;
    case Comparison::IsNull: return value && value->is_null();
    case Comparison::IsTrue: return value && value->is_boolean() && value->as_boolean();
    case Comparison::IsFalse: return value && value->is_boolean() && !value->as_boolean();
    default: break;
  }
  if (!value || value->is_array() || value->is_object()) return false;
  return value->is_string() ? condition.holds_for(value->as_string()) : condition.holds_for(value->text());
}

Result<JsonTest> read_json_test(FilterText& text) {
  auto path = read_path(text);
  if (!path) return path.error();
  auto condition = read_condition(text, " \t\r\n&|)}");
  if (!condition) return condition.error();
  return JsonTest([path = *path, condition = *condition](const Json& message) { return holds(condition, find(message, path)); });
}

Result<FilterPattern> read_json_pattern(FilterText& text) {
  auto test = read_combination<const Json&>(text, &read_json_test);
  if (!test) return test.error();
  if (!text.take('}') || !text.at_end()) return text.fault("} is expected");
  return FilterPattern([test = *test](std::string_view message) {
    const auto parsed = Json::parse(std::string(message));
    return parsed && parsed->is_object() && test(*parsed);
  });
}

// ---- space-delimited fields ----------------------------------------------------------------------------------------------------------
/// Parts between blanks; what stands in quotes or brackets is one.
std::vector<std::string> fields_of(std::string_view message) {
  std::vector<std::string> fields;
  while (true) {
    const auto start = message.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return fields;
    message.remove_prefix(start);
    const char closing = message.front() == '"' ? '"' : message.front() == '[' ? ']' : '\0';
    const auto end = closing == '\0' ? std::string_view::npos : message.find(closing, 1);
    if (end != std::string_view::npos) {
      fields.emplace_back(message.substr(1, end - 1));
      message.remove_prefix(end + 1);
    } else {
      const auto length = std::min(message.find_first_of(" \t\r\n"), message.size());
      fields.emplace_back(message.substr(0, length));
      message.remove_prefix(length);
    }
  }
}

using FieldTest = std::function<bool(std::string_view)>;
struct Fields {
  std::vector<FieldTest> tests;
  std::optional<std::size_t> gap;  ///< `...` stands before the test of this place
};

/// `name`, `name=value`, or several conditions on the name.
Result<FieldTest> read_field_test(FilterText& text) {
  const auto name = text.word(" \t\r\n=!<>,]&|");
  if (name.empty()) return text.fault("a field's name is missing");
  if (text.at(',') || text.at(']') || text.at('&') || text.at('|')) return FieldTest([](std::string_view) { return true; });
  auto condition = read_condition(text, " \t\r\n,]&|");
  if (!condition) return condition.error();
  return FieldTest([condition = *condition](std::string_view field) { return condition.holds_for(field); });
}

bool fit(const Fields& fields, const std::vector<std::string>& found) {
  if (fields.gap ? found.size() < fields.tests.size() : found.size() != fields.tests.size()) return false;
  const auto skipped = found.size() - fields.tests.size();
  for (std::size_t i = 0; i < fields.tests.size(); ++i) {
    const auto place = fields.gap && i >= *fields.gap ? i + skipped : i;
    if (!fields.tests[i](found[place])) return false;
  }
  return true;
}

Result<FilterPattern> read_field_pattern(FilterText& text) {
  Fields fields;
  while (!text.take(']')) {
    if (text.take_text("...")) {
      fields.gap = fields.tests.size();
    } else {
      auto test = read_combination<std::string_view>(text, &read_field_test);
      if (!test) return test.error();
      fields.tests.push_back(std::move(*test));
    }
    if (!text.at(']') && !text.take(',')) return text.fault(", or ] is expected");
  }
  if (!text.at_end()) return text.fault("nothing may follow ]");
  return FilterPattern([fields](std::string_view message) { return fit(fields, fields_of(message)); });
}

}  // namespace

Result<FilterPattern> parse_filter_pattern(std::string_view pattern) {
  FilterText text(pattern);
  if (text.take('{')) return read_json_pattern(text);
  if (text.take('[')) return read_field_pattern(text);
  return read_terms(text);
}

}  // namespace signalbox::logs
