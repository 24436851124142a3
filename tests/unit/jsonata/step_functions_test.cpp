#include "support.h"

#include <catch2/catch.hpp>

using namespace signalbox;
using namespace signalbox::jsonata;

namespace {

std::string run(std::string_view text) {
  return jsonata::test::run(text, R"({"input":{"a":[1,2,3],"name":"x"},"context":{}})", Profile::StepFunctions,
                            Limits{.time = std::chrono::seconds(20)});
}

std::string references_of(std::string_view text) {
  const auto expression = Expression::parse(text, Profile::StepFunctions).value();
  std::string out;
  for (const Reference& reference : expression.references())
    out += (out.empty() ? "" : " ") + reference.variable + (reference.member ? "." + *reference.member : "");
  return out;
}

}  // namespace

TEST_CASE("only $states and variables are roots") {
  CHECK(run("$states.input.name") == R"("x")");
  CHECK(run("phone") == "Reference to 'phone' at the top level is not supported.");
  CHECK(run("{'a': phone}") == "Reference to 'phone' at the top level is not supported.");
  CHECK(run("$map($states.input.a, function($x) { y })") == "Reference to 'y' at the top level is not supported.");
  CHECK(run("$") == "Reference to '$' at the top level is not supported.");
  CHECK(run("$states.input[$$.x]") == "Reference to '$$' at the top level is not supported.");
  CHECK(run("*") == "Reference to '*' at the top level is not supported.");
  CHECK(run("$states.input.(name & $.name)") == R"("xx")");
  CHECK(run("$states.input.a[$ > 1]") == "[2,3]");
  const auto failed = Expression::parse("phone", Profile::StepFunctions);
  REQUIRE(!failed);
  CHECK(failed.error().kind == Failure::Kind::Unsupported);
}

TEST_CASE("AWS's functions") {
  CHECK(run("$partition([1,2,3,4,5], 2)") == "[[1,2],[3,4],[5]]");
  CHECK(run("$partition([1], -1)") == "The second argument of the partition function must be a positive integer");
  CHECK(run("$range(0, 10, 3)") == "[0,3,6,9]");
  CHECK(run("$range(3, 1, -1)") == "[3,2,1]");
  CHECK(run("$range(-1.7, 2, 1)") == "[-1,0,1,2]");
  CHECK(run("$range(1, 1, 1)") == "1");
  CHECK(run("$count($range(1, 200000, 1))") == "200000");
  CHECK(run("$hash('a', 'MD5')") == R"("0cc175b9c0f1b6a831c399e269772661")");
  CHECK(run("$hash('a', 'SHA-256')") == R"("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")");
  CHECK(run("$random(42)") == "0.7275636800328681");
  CHECK(run("$uuid()") == R"("01010101-0101-4101-8101-010101010101")");
  CHECK(run("$parse('{\"a\":[1.50]}').a") == "[1.50]");
  CHECK(run("$parse('{').a").find("Unexpected end") == 0);
  CHECK(run("$eval('1')") == "T1006 Attempted to invoke a non-function");
  CHECK(run("$millis()") == "1510067557121");
  CHECK(run("$now()") == R"("2017-11-07T15:12:37.121Z")");
}

TEST_CASE("AWS's limits and texts") {
  CHECK(run("1/0") == R"("Infinity")");
  CHECK(run("[1/0]") == R"(["Infinity"])");
  CHECK(run("$count([1..873782])") == "873782");
  CHECK(run("$count([1..873783])") == "Expression evaluation memory limit exceeded");
  CHECK(run("$length($reduce([1..22], function($a, $b) { $a & $a }, 'x'))") == "4194304");
  CHECK(run("$length($reduce([1..23], function($a, $b) { $a & $a }, 'x'))") == "Expression evaluation memory limit exceeded");
  CHECK(run("$length($pad('', 8388608))") == "Expression evaluation memory limit exceeded");
  std::string sum = "1", text = "'a'";
  for (int i = 1; i < 200; ++i) sum += "+1", text += "&'a'";
  CHECK(run(sum) == "Stack overflow error");
  CHECK(run(text) == "Stack overflow error");
  const auto slow =
      jsonata::test::run("($f := function() { $f() }; $f())", "{}", Profile::StepFunctions, Limits{.time = std::chrono::milliseconds(50)});
  CHECK(slow == "Expression evaluation timeout");
}

TEST_CASE("references tell what is read from outside") {
  CHECK(references_of("$states.result.a + $x[0] + $states.input") == "states.result x states.input");
  CHECK(references_of("$states.input[0].b") == "states.input");
  CHECK(references_of("($y := $z; $y + $sum($z))") == "z");
  CHECK(references_of("($x := $x + 1; $x)") == "x");
  CHECK(references_of("($f := function($n) { $f($n) + $g() }; $g := function() { 1 }; $f(1))").empty());
  CHECK(references_of("$states.errorOutput.Error & $states.errorOutput.Cause") == "states.errorOutput");
  CHECK(references_of("$states") == "states");
}
