#include "support.h"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace signalbox;
using namespace signalbox::jsonata;
using jsonata::test::run;

namespace {

struct Row {
  const char* expression;
  const char* outcome;
};

constexpr const char* order =
    R"({"id":"o-1","total":12.50,"lines":[{"sku":"a","price":2,"n":3},{"sku":"b","price":5,"n":1},{"sku":"a","price":1,"n":4}],"tags":[["x","y"],["z"]],"none":null})";

void check(const std::vector<Row>& rows, Profile profile = Profile::Plain) {
  for (const Row& row : rows) {
    INFO(row.expression);
    CHECK(run(row.expression, order, profile) == row.outcome);
  }
}

}  // namespace

TEST_CASE("paths flatten, and sequences of one are their element") {
  check({{"id", R"("o-1")"},
         {"total", "12.50"},
         {"lines.sku", R"(["a","b","a"])"},
         {"lines[1].sku", R"("b")"},
         {"lines[1].sku[]", R"(["b"])"},
         {"lines[price > 1].n", "[3,1]"},
         {"lines[-1].price", "1"},
         {"lines[[0..1]].n", "[3,1]"},
         {"tags", R"([["x","y"],["z"]])"},
         {"tags.$", R"(["x","y","z"])"},
         {"missing.sku", "undefined"},
         {"none.x", "undefined"},
         {"lines.{sku: n}", R"([{"a":3},{"b":1},{"a":4}])"},
         {"lines{sku: $sum(n)}", R"({"a":7,"b":1})"},
         {"lines^(>price, sku).n", "[1,3,4]"},
         {"lines#$i[price = 5].$i", "1"},
         {"lines.price.(%.n)", "[3,1,4]"},
         {"lines@$l.$$.id.{'id': $, 'n': $l.n}", R"([{"id":"o-1","n":3},{"id":"o-1","n":1},{"id":"o-1","n":4}])"},
         {"*[0]", R"("o-1")"},
         {"**[$ = 'z']", R"("z")"}});
}

TEST_CASE("operators") {
  check({{"1 + 2 * 3 - 4 / 2 % 2", "7"},
         {"'a' & 1 & null & missing & [1,'b']", R"x("a1null[1,\"b\"]")x"},
         {"1 = 1.0 and 'a' != 'b' or 1 > 'x'", "true"},
         {"'b' in ['a','b']", "true"},
         {"[1..3, 7]", "[1,2,3,7]"},
         {"missing > 1", "undefined"},
         {"missing = 1", "false"},
         {"total > 10 ? 'much' : 'little'", R"("much")"},
         {"0.1 + 0.2", "0.30000000000000004"},
         {"$string(0.1 + 0.2)", R"("0.3")"},
         {"1 / 0", "null"},
         {"'a' - 1", R"(T2001 The left side of the "-" operator must evaluate to a number)"},
         {"1 < 'a'", R"(T2009 The values 1 and "a" either side of operator "<" must be of the same data type)"},
         {"[1..10000001]",
          "D2014 The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate 10000001."}});
}

TEST_CASE("functions, closures, partial application, chaining") {
  check({{"($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))", "3628800"},
         {"($x := 1; ($x := 2); $x)", "1"},
         {"($add := function($a, $b) { $a + $b }; $inc := $add(?, 1); $inc(4))", "5"},
         {"'x' ~> $uppercase ~> $length", "1"},
         {"($both := $trim ~> $uppercase; $both('  a '))", R"("A")"},
         {"$map(lines.n, function($v, $i) { $v * $i })", "[0,1,8]"},
         {"$reduce([1..5], function($a, $b) { $a * $b })", "120"},
         {"function($s)<s:s> { $s }(1)", R"(T0410 Argument 1 of function "" does not match function signature)"},
         {"sum(1)", "T1005 Attempted to invoke a non-function. Did you mean $sum?"},
         {"$nothing(1)", "T1006 Attempted to invoke a non-function"},
         {"($ ~> |lines|{'sum': price * n}, ['price', 'n']|).lines.sum", "[6,5,4]"},
         {"$spread([{'a': 1}])", R"([{"a":1}])"},
         {"$spread({'a': 1})", R"({"a":1})"},
         {"$spread([{}])", "[]"},
         {"lines{'n': n}[n > 1]", R"({"n":[3,4]})"},
         {"$sift(missing)", "undefined"},
         {"$sift({'a': 1})", R"(T0410 Argument 2 of function "sift" does not match function signature)"},
         {"$sum", "function"},
         {"[$sum, 1]", "[null,1]"},
         {"{'f': $sum, 'a': 1}", R"({"a":1})"}});
}

TEST_CASE("numbers that only pass keep their digits; the input is not changed") {
  CHECK(run("$ ~> |$|{'b': 1}|", R"({"a":1.50})") == R"({"a":1.50,"b":1})");
  CHECK(run("a", R"({"a":123456789012345678901234567890})") == "123456789012345678901234567890");
  CHECK(run("a * 2", R"({"a":1.50})") == "3");
}

TEST_CASE("what does not parse says where and why") {
  check({{"'a", "S0101 String literal must be terminated by a matching quote"},
         {"1 +", "S0207 Unexpected end of expression"},
         {"a b", R"(S0201 Syntax error: "b")"},
         {"[1,2)", R"x(S0202 Expected "]", got ")")x"},
         {"(1", R"x(S0203 Expected ")" before end of expression)x"},
         {"a.1", "S0213 The literal value 1 cannot be used as a step within a path expression"},
         {"%", "S0217 The object representing the 'parent' cannot be derived from this expression"},
         {"[1]{'a': $}[0]", "S0209 A predicate cannot follow a grouping expression in a step"},
         {"/* x", "S0106 Comment has no closing tag"},
         {"a ?? 1", R"(S0201 Syntax error: "1")"},  // operators of versions after 2.0.6
         {"a ?: 1", R"(S0211 The symbol ":" cannot be used as a unary operator)"},
         {"$match('a', /(?=a)/)", "Regular expression /(?=a)/: look-ahead is not supported"},
         {R"($match('a', /(a)\1/))", R"(Regular expression /(a)\1/: a back reference is not supported)"}});
  const auto failed = Expression::parse("'\xF0\x9F\x98\x80' b", Profile::Plain);
  REQUIRE(!failed);
  CHECK(failed.error().kind == Failure::Kind::Syntax);
  CHECK(failed.error().token == "b");
  CHECK(failed.error().position == 6);  // UTF-16 units: the emoji counts twice
}

TEST_CASE("what has no parent names its kind") {
  for (const auto& [text, kind] : std::vector<std::pair<const char*, const char*>>{{"%", "parent"},
                                                                                   {"% ? 1 : 2", "condition"},
                                                                                   {"(%)", "block"},
                                                                                   {"[%]", "unary"},
                                                                                   {"% + 1", "binary"},
                                                                                   {"%.a", "path"},
                                                                                   {"$sum(%)", "function"},
                                                                                   {"$.%", "variable"}}) {
    INFO(text);
    const auto failed = Expression::parse(text, Profile::Plain);
    REQUIRE(!failed);
    CHECK(failed.error().code == "S0217");
    CHECK(failed.error().token == kind);
  }
}

TEST_CASE("nesting without end is refused, not a crash") {
  const std::string open(200'000, '(');
  CHECK(run(open) == "The expression is nested too deeply");
  CHECK(run(std::string(200'000, '-') + "1") == "The expression is nested too deeply");
  std::string chain = "1";
  for (int i = 0; i < 100'000; ++i) chain += "+1";
  CHECK(run(chain) == "The expression is nested too deeply");
  CHECK(run("$reduce([1..5000], function($a) { [[$a]] }, 0)").starts_with("D3050"));
  CHECK(run("$reduce([1..5000], function($a, $b) { [[$a]] }, 0)").starts_with("U1001 Stack overflow"));
}

TEST_CASE("limits") {
  const Limits plain{.time = std::chrono::milliseconds(100), .depth = 300, .bytes = std::size_t{1} << 20};
  CHECK(run("($f := function($n) { $f($n + 1) }; $f(0))", "{}", Profile::Plain, plain) ==
        "U1001 Expression evaluation timeout: Check for infinite loop");
  CHECK(run("($f := function($n) { 1 + $f($n) }; $f(0))", "{}", Profile::Plain, plain).starts_with("U1001 Stack overflow error"));
  CHECK(run("$pad('', 1e12)", "{}", Profile::Plain, plain) == "U1001 Expression evaluation memory limit exceeded");
  CHECK(run("($f := function($n) { $n = 0 ? 'done' : $f($n - 1) }; $f(10000))", "{}", Profile::Plain,
            Limits{.time = std::chrono::seconds(20)}) == R"("done")");
}

TEST_CASE("shared parts cannot grow a result, or a walk over it, beyond the limits") {
  const Limits limits{.time = std::chrono::milliseconds(300), .depth = 300, .bytes = std::size_t{10} << 20};
  const Limits patient{.time = std::chrono::seconds(60), .depth = 300, .bytes = std::size_t{10} << 20};
  const std::string doubled = "$reduce([1..60], function($a, $b) { [[$a, $a]] }, 1)";
  CHECK(run(doubled, "{}", Profile::Plain, patient) == "U1001 Expression evaluation memory limit exceeded");
  CHECK(run(doubled + " = " + doubled, "{}", Profile::Plain, limits).starts_with("U1001 Expression evaluation timeout"));
  CHECK(run("$boolean($reduce([1..60], function($a, $b) { [[$a, $a]] }, 0))", "{}", Profile::Plain, limits)
            .starts_with("U1001 Expression evaluation timeout"));
  CHECK(run("($t := $pad('', 1000000); [1..1000].$t)", "{}", Profile::Plain, patient) ==
        "U1001 Expression evaluation memory limit exceeded");
}

TEST_CASE("numbers that are none do no harm") {
  check({{"$formatBase(1/0, 2)", R"("Infinity")"},
         {"$formatBase(10, 1/0)", "D3100 The radix of the formatBase function must be between 2 and 36.  It was given null"},
         {"$formatNumber(1/0, '0')", R"("Infinity")"},
         {"$round(1/0)", "null"},
         {"$pad('a', 1/0)", "U1001 Expression evaluation memory limit exceeded"},
         {"$substring('abc', -1/0, 1/0)", R"("abc")"},
         {"$fromMillis(1/0)", "D1001 Number out of range: null"},
         {"$formatInteger(1/0, 'w')", R"("Infinity")"}});
}

TEST_CASE("hostile texts are parsed, or refused, in little time and memory") {
  std::string scopes, references;
  for (int i = 0; i < 400; ++i) scopes += "($v" + std::to_string(i) + " := 1; ";
  for (int i = 0; i < 20'000; ++i) references += "$x; a.b; ";
  CHECK(Expression::parse(scopes + references + std::string(400, ')'), Profile::Plain).has_value());
  std::string parents = "a";
  for (int i = 0; i < 20'000; ++i) parents += ", a.%";
  CHECK(Expression::parse("[" + parents + "]", Profile::Plain).has_value());
  std::string regexes = "1";
  for (int i = 0; i < 5000; ++i) regexes += ", $f(/a/)";
  CHECK(run("[" + regexes + "]") == "The expression has too many regular expressions");
}

TEST_CASE("an expression may be evaluated by many threads at once") {
  const auto expression = Expression::parse("$sum($map([1..100], function($i) { $i * k })) & 'x'", Profile::Plain).value();
  const Json input = Json::parse(R"({"k":2})").value();
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&] {
      Environment environment;
      environment.input = input;
      environment.limits.time = std::chrono::seconds(20);
      result = jsonata::test::told(expression.evaluate(environment));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) CHECK(result == R"("10100x")");
}

TEST_CASE("powers whose exponent is no number, and pictures of integers with odd separators, are JavaScript's") {
  check({{"$power(1, nothing)",
          "D3061 The power function has resulted in a value that cannot be represented as a JSON number: base=1, exponent=undefined"},
         {"$power(1, 0/0)",
          "D3061 The power function has resulted in a value that cannot be represented as a JSON number: base=1, exponent=null"},
         {"$power(-1, 1/0)",
          "D3061 The power function has resulted in a value that cannot be represented as a JSON number: base=-1, exponent=null"},
         {"$power(2, -1/0)", "0"},
         {"$formatInteger(1234, '0,')", R"("1234,")"},
         {"$formatInteger(1234567, '#,##0,')", R"("1234,567,")"},
         {"$formatInteger(12, '0,,0')", R"("1,,2")"},
         {"$formatInteger(12, '0;x;o')", R"("12;xth")"},
         {"$formatInteger(12, '0;o')", R"("12th")"},
         {"$formatInteger(12, '0-0;o')", R"("1-2nd")"},
         {"$formatInteger(2, '٠;o')", R"("٢th")"}});
}
