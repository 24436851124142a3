#include "expr/intrinsic.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {
namespace {

using expr::Argument;
using expr::Cursor;

constexpr int nesting_max = 10;  // Spec: Intrinsic Functions

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// `'…'` with the escapes `\'`, `\\`, `\{`, `\}` and no others. Spec: Intrinsic Functions; AWS refuses `\"` (recorded).
bool parse_literal(Cursor& cursor, Argument& argument) {
  const std::size_t from = ++cursor.at;
  std::string value;
  while (!cursor.done() && cursor.peek() != '\'') {
    if (cursor.peek() == '\\') {
      ++cursor.at;
      if (std::string_view("'\\{}").find(cursor.peek()) == std::string_view::npos || cursor.done()) {
        return cursor.fail("a backslash escapes only ', \\, { and }; the character behind it");
      }
    }
    value += cursor.text[cursor.at++];
  }
  argument.format = expr::split_format(cursor.text.substr(from, cursor.at - from));
  argument.value = Json(std::move(value));
  return cursor.take('\'') || cursor.fail("the quote is not closed");
}

/// Up to the comma or parenthesis behind it; brackets, quotes and parentheses inside belong to the path.
bool parse_path(Cursor& cursor, Argument& argument) {
  const std::size_t from = cursor.at;
  std::string name;
  expr::Path steps;
  cursor.at += cursor.peek(1) == '$' ? 2 : 1;
  static_cast<void>(expr::parse_variable_name(cursor, name));
  if (!expr::parse_steps(cursor, expr::Surroundings::Arguments, steps, 0)) return false;
  auto path = PathExpression::parse(cursor.text.substr(from, cursor.at - from));
  if (!path) return cursor.fail(path.error().message);
  argument.value = std::move(*path);
  return true;
}

/// A number, true, false or null.
bool parse_word(Cursor& cursor, Argument& argument) {
  const std::size_t from = cursor.at;
  while (is_name(cursor.peek()) || std::string_view("+-.").find(cursor.peek()) != std::string_view::npos) ++cursor.at;
  auto value = Json::parse(std::string(cursor.text.substr(from, cursor.at - from)));
  if (!value) return cursor.fail("an argument is expected: a path, a text in single quotes, a number, true, false, null or a call");
  argument.value = value->rebuilt();
  return true;
}

bool parse_argument(Cursor& cursor, Argument& argument, int nesting) {
  cursor.skip_space();
  if (cursor.peek() == '\'') return parse_literal(cursor, argument);
  if (cursor.peek() == '$') return parse_path(cursor, argument);
  if (!cursor.text.substr(cursor.at).starts_with("States.")) return parse_word(cursor, argument);
  auto call = IntrinsicCall::Compiled::parse(cursor, nesting + 1);
  if (call) argument.value = std::move(*call);
  return call.has_value();
}

bool parse_arguments(Cursor& cursor, std::vector<Argument>& arguments, int nesting) {
  cursor.skip_space();
  if (cursor.take(')')) return true;
  do {
    if (!parse_argument(cursor, arguments.emplace_back(), nesting)) return false;
    cursor.skip_space();
  } while (cursor.take(','));
  return cursor.take(')') || cursor.fail("',' or ')' is expected");
}

bool check_arguments(Cursor& cursor, const expr::Function& function, const std::vector<Argument>& arguments) {
  const std::size_t count = arguments.size();
  if (count < function.arguments_min || count > function.arguments_max) {
    const std::string range = function.arguments_min == function.arguments_max ? fmt::format("{}", function.arguments_min)
                              : function.arguments_max == SIZE_MAX
                                  ? fmt::format("at least {}", function.arguments_min)
                                  : fmt::format("{} to {}", function.arguments_min, function.arguments_max);
    return cursor.fail(fmt::format("States.{} takes {} arguments, not {};", function.name, range, count));
  }
  if (function.name == "Format" && arguments[0].format && arguments[0].format->pieces.size() != count) {
    return cursor.fail(
        fmt::format("States.Format has {} placeholders for {} arguments;", arguments[0].format->pieces.size() - 1, count - 1));
  }
  return true;
}

std::string printed_argument(const Argument& argument) {
  if (const auto* path = std::get_if<PathExpression>(&argument.value)) return path->printed();
  if (const auto* call = std::get_if<IntrinsicCall>(&argument.value)) return call->printed();
  const Json& literal = std::get<Json>(argument.value);
  if (!literal.is_string()) return literal.text();
  std::string text = "'";
  for (const char c : literal.as_string()) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

WorkflowError failed(std::string_view error, const std::string& call, std::string_view why) {
  return WorkflowError{std::string(error), fmt::format("The function '{}' had the following error: {}", call, why)};
}

Evaluated<Json> value_of(const Argument& argument, const EvaluationContext& context, const std::string& call_text) {
  if (const auto* literal = std::get_if<Json>(&argument.value)) return *literal;
  if (const auto* call = std::get_if<IntrinsicCall>(&argument.value)) return call->evaluate(context);
  const auto& path = std::get<PathExpression>(argument.value);
  auto value = path.evaluate(context);
  if (value) return value;
  return failed(error_names::Runtime, call_text,
                fmt::format("The JsonPath argument for the field '{}' could not be found in the input '{}'", path.text(),
                            context.input.compact_text()));
}

}  // namespace

std::optional<IntrinsicCall> IntrinsicCall::Compiled::parse(Cursor& cursor, int nesting) {
  const std::size_t from = cursor.at;
  const auto refuse = [&cursor](std::string_view what) {
    static_cast<void>(cursor.fail(what));
    return std::nullopt;
  };
  if (nesting > nesting_max) return refuse(fmt::format("calls are nested more than {} deep", nesting_max));
  cursor.at += std::string_view("States.").size();
  std::size_t length = 0;
  while (is_name(cursor.peek(length))) ++length;
  const std::string_view name = cursor.text.substr(cursor.at, length);
  auto compiled = std::make_shared<Compiled>();
  compiled->function = expr::find_function(name);
  if (compiled->function == nullptr) return refuse(fmt::format("there is no intrinsic function 'States.{}';", name));
  cursor.at += length;
  cursor.skip_space();
  if (!cursor.take('(')) return refuse("'(' is expected");
  if (!parse_arguments(cursor, compiled->arguments, nesting)) return std::nullopt;
  if (!check_arguments(cursor, *compiled->function, compiled->arguments)) return std::nullopt;
  compiled->text = cursor.text.substr(from, cursor.at - from);
  IntrinsicCall call;
  call.compiled_ = std::move(compiled);
  return call;
}

void IntrinsicCall::Compiled::for_each_path(const std::function<void(const PathExpression&)>& visit) const {
  for (const Argument& argument : arguments) {
    if (const auto* call = std::get_if<IntrinsicCall>(&argument.value)) of(*call).for_each_path(visit);
    if (const auto* path = std::get_if<PathExpression>(&argument.value)) visit(*path);
  }
}

std::vector<std::string> IntrinsicCall::variables() const {
  std::vector<std::string> names;
  compiled_->for_each_path([&names](const PathExpression& path) {
    if (path.variable()) names.push_back(*path.variable());
  });
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<IntrinsicCall> IntrinsicCall::parse(std::string_view text) {
  const std::string copy(text);
  Cursor cursor{.text = copy};
  if (!copy.starts_with("States."))
    return error(ErrorCode::InvalidArgument, fmt::format("An intrinsic function call must begin with 'States.', but is '{}'", text));
  auto call = Compiled::parse(cursor, 1);
  cursor.skip_space();
  if (call && !cursor.done()) static_cast<void>(cursor.fail("nothing may stand behind the call"));
  if (!cursor.fault.empty()) return error(ErrorCode::InvalidArgument, std::move(cursor.fault));
  return std::move(*call);
}

Evaluated<Json> IntrinsicCall::evaluate(const EvaluationContext& context) const {
  std::vector<Json> values;
  values.reserve(compiled_->arguments.size());
  for (const Argument& argument : compiled_->arguments) {
    auto value = value_of(argument, context, compiled_->text);
    if (!value) return value;
    values.push_back(std::move(*value));
  }
  static const std::optional<expr::FormatText> no_format;
  const auto& format = compiled_->arguments.empty() ? no_format : compiled_->arguments[0].format;
  auto result = compiled_->function->call({values, format, context.random});
  if (auto* value = std::get_if<Json>(&result)) return std::move(*value);
  return failed(error_names::IntrinsicFailure, compiled_->text, std::get<expr::CallFault>(result).message);
}

const std::string& IntrinsicCall::text() const { return compiled_->text; }

std::string IntrinsicCall::printed() const {
  std::string text = fmt::format("States.{}(", compiled_->function->name);
  for (std::size_t i = 0; i < compiled_->arguments.size(); ++i) text += (i > 0 ? ", " : "") + printed_argument(compiled_->arguments[i]);
  return text + ")";
}

}  // namespace signalbox
