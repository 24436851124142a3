#include "core/states/choice_rule.h"

#include <catch2/catch.hpp>

namespace signalbox::core {
namespace {

using Operator = ComparisonOperator;

/// `true`, `false`, or the error's name.
std::string test(Operator comparison, const std::string& value, const std::string& operand, bool by_path = false) {
  const StateMachine machine;
  Execution execution = blank_execution(ExecutionRow{1});
  Step step;
  const Surroundings none;
  Interpreter interpreter(machine, execution, Timestamp{}, step, none);
  Frame frame;
  Scope scope(interpreter, frame);
  execution.frames.emplace(frame.id, frame);
  const Json input = Json::parse("{\"v\": " + value + ", \"o\": " + operand + "}").value();
  Comparison rule{PathExpression::parse("$.v").value(), comparison, *input.find("o")};
  if (by_path) rule.operand = PathExpression::parse("$.o").value();
  const auto result = holds(scope, ChoiceExpression{rule}, input);
  if (!result) return result.error().error.value_or("");
  return *result ? "true" : "false";
}

TEST_CASE("Operators compare values of their type; any other type is no match, not an error") {
  struct Row {
    Operator comparison;
    std::string value, operand, expected;
  };
  const std::vector<Row> rows{
      {Operator::StringEquals, R"("a")", R"("a")", "true"},
      {Operator::StringEquals, "1", R"("1")", "false"},
      {Operator::StringLessThan, R"("a")", R"("b")", "true"},
      {Operator::StringLessThan, R"("b")", R"("b")", "false"},
      {Operator::StringGreaterThan, R"("b")", R"("a")", "true"},
      {Operator::StringLessThanEquals, R"("b")", R"("b")", "true"},
      {Operator::StringGreaterThanEquals, R"("a")", R"("b")", "false"},
      {Operator::StringMatches, R"("foo23.log")", R"("foo*.log")", "true"},
      {Operator::StringMatches, "23", R"("*")", "false"},
      {Operator::NumericEquals, "1", "1.0", "true"},
      {Operator::NumericEquals, R"("1")", "1", "false"},
      {Operator::NumericEquals, "null", "1", "false"},
      {Operator::NumericLessThan, "-1.5", "-1", "true"},
      {Operator::NumericGreaterThan, "2", "1", "true"},
      {Operator::NumericLessThanEquals, "1e2", "100", "true"},
      {Operator::NumericGreaterThanEquals, "99", "100", "false"},
      {Operator::BooleanEquals, "true", "true", "true"},
      {Operator::BooleanEquals, "false", "true", "false"},
      {Operator::BooleanEquals, R"("true")", "true", "false"},
      {Operator::TimestampEquals, R"("2016-03-14T01:59:00Z")", R"("2016-03-14T02:59:00+01:00")", "true"},
      {Operator::TimestampLessThan, R"("2016-03-14T01:59:00Z")", R"("2016-03-14T01:59:00.001Z")", "true"},
      {Operator::TimestampGreaterThan, R"("2016-03-14")", R"("2016-03-13T00:00:00Z")", "false"},
      {Operator::TimestampLessThanEquals, R"("2016-03-14T01:59:00Z")", R"("2016-03-14T01:59:00Z")", "true"},
      {Operator::TimestampGreaterThanEquals, R"("2016-03-14T01:58:00Z")", R"("2016-03-14T01:59:00Z")", "false"},
  };
  for (const auto& row : rows) {
    INFO(static_cast<int>(row.comparison) << " of " << row.value << " and " << row.operand);
    CHECK(test(row.comparison, row.value, row.operand) == row.expected);
    CHECK(test(row.comparison, row.value, row.operand, true) == row.expected);
  }
}

TEST_CASE("Is… operators ask for a type, and their operand for yes or no") {
  struct Row {
    Operator comparison;
    std::string of_type, of_another;
  };
  const std::vector<Row> rows{
      {Operator::IsNull, "null", "0"},
      {Operator::IsNumeric, "0", R"("0")"},
      {Operator::IsString, R"("")", "1"},
      {Operator::IsBoolean, "false", "null"},
      {Operator::IsTimestamp, R"("2016-03-14T01:59:00Z")", R"("2016-03-14 01:59:00Z")"},
  };
  for (const auto& row : rows) {
    INFO(static_cast<int>(row.comparison));
    CHECK(test(row.comparison, row.of_type, "true") == "true");
    CHECK(test(row.comparison, row.of_type, "false") == "false");
    CHECK(test(row.comparison, row.of_another, "true") == "false");
    CHECK(test(row.comparison, row.of_another, "false") == "true");
  }
  CHECK(test(Operator::IsPresent, "null", "true") == "true");
}

TEST_CASE("In StringMatches a star stands for anything, and a backslash takes its meaning away") {
  struct Row {
    std::string text, pattern;
    bool matches;
  };
  const std::vector<Row> rows{
      {"", "", true},
      {"", "*", true},
      {"a", "", false},
      {"abc", "abc", true},
      {"abc", "a*", true},
      {"abc", "*c", true},
      {"abc", "*b*", true},
      {"abc", "a*d", false},
      {"aXbXc", "a*X*c", true},
      {"aab", "*ab", true},
      {"aaab", "*aab", true},
      {"a*b", R"(a\*b)", true},
      {"axb", R"(a\*b)", false},
      {R"(a\b)", R"(a\\b)", true},
      {"abcabd", "*abd", true},
      {"ab", "a*b*", true},
      {"ab", "b*", false},
      {"mississippi", "m*iss*ip*", true},
  };
  for (const auto& row : rows) {
    INFO(row.text << " like " << row.pattern);
    CHECK(matches_wildcard(row.text, row.pattern) == row.matches);
  }
}

}  // namespace
}  // namespace signalbox::core
