/// Property: an expression, printed, parses to what prints the same; and means the same.

#include "support.h"
#include "support/skip.h"
#include "support/source_directory.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

using namespace signalbox;
using namespace signalbox::jsonata;
using jsonata::test::run;

namespace {

void check_stable(std::string_view text) {
  INFO(text);
  const auto expression = Expression::parse(text, Profile::Plain);
  if (!expression) return;
  const std::string printed = expression->printed();
  const auto again = Expression::parse(printed, Profile::Plain);
  INFO(printed);
  REQUIRE(again.has_value());
  CHECK(again->printed() == printed);
}

/// Random expressions of all kinds, from a seed.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string expression(int depth) {
    if (depth == 0)
      return pick(
          {"a", "b", "`and`", "`x y`", "$", "$$", "$v", "*", "**", "1", "-2.5e3", "'q\"\\n'", "true", "null", "[]", "{}", "/a[/]b/i"});
    const std::string x = expression(depth - 1), y = expression(depth - 1);
    switch (random_() % 18) {
      case 0: return x + "." + pick({"a", "`b c`", "*", "**", "$", "\"s\"", "(" + y + ")", "{\"k\": " + y + "}", "[" + y + "]", "%"});
      case 1: return x + "[" + y + "]";
      case 2: return "(" + x + ")" + pick({"[]", "[0][]", "[][0]", "^(>" + y + ", <a)", "{\"k\": " + y + "}", "@$p.$p", "#$i"});
      case 3:
        return x +
               pick({" + ", " - ", " * ", " / ", " % ", " & ", " = ", " != ", " < ", " <= ", " > ", " >= ", " and ", " or ", " in ",
                     " ~> "}) +
               y;
      case 4: return "(" + x + ") ? " + y + pick({"", " : " + x});
      case 5: return "(" + x + "; " + y + ")";
      case 6: return "($v := " + x + ")";
      case 7: return "$string(" + x + ")";
      case 8: return "$pad(?, " + y + ")";
      case 9: return "function($v, $w)" + pick({"", "<a<n>s?:s>"}) + "{" + x + "}";
      case 10: return "\u03BB($v){" + x + "}(" + y + ")";
      case 11: return "[" + x + ", " + y + "]";
      case 12: return "[" + x + ".." + y + "]";
      case 13: return "{\"k\": " + x + ", \"l\": " + y + "}";
      case 14: return "|" + x + "|" + y + pick({"", ", 'a'"}) + "|";
      case 15: return "-(" + x + ")";
      case 16: return "/* c */ " + x;
      default: return "(" + x + ")";
    }
  }

 private:
  std::string pick(std::initializer_list<std::string> choices) {
    return *(choices.begin() + static_cast<std::ptrdiff_t>(random_() % choices.size()));
  }
  std::mt19937 random_;
};

std::filesystem::path suite() {
  const char* const given = std::getenv("SIGNALBOX_CONFORMANCE");
  return (given != nullptr ? std::filesystem::path(given) : signalbox::test::source_directory() / "../shared/conformance") / "jsonata" /
         "groups";
}

}  // namespace

TEST_CASE("printing is stable over random expressions") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    INFO("seed " << seed);
    check_stable(Generator(seed).expression(static_cast<int>(seed % 5)));
  }
}

TEST_CASE("printing is stable over the suite's expressions") {
  if (!std::filesystem::is_directory(suite())) {
    return signalbox::test::skip("there is no conformance data beside the project");
  }
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(suite())) {
    std::ifstream file(entry.path(), std::ios::binary);
    const auto group = Json::parse({std::istreambuf_iterator<char>(file), {}});
    REQUIRE(group.has_value());
    for (const Json& one : group->find("cases")->elements()) {
      check_stable(one.find("expr")->as_string());
      ++seen;
    }
  }
  CHECK(seen > 0);
}

TEST_CASE("the canonical form") {
  const auto printed = [](const char* text) { return Expression::parse(text, Profile::Plain)->printed(); };
  CHECK(printed("a . b[ 0 ] /* x */ .c") == "a.b[0].c");
  CHECK(printed("\u03BB($x)<n:n>{$x+1}(2)") == "function($x)<n:n>{$x + 1}(2)");
  CHECK(printed("'it\"s'") == "\"it\\\"s\"");
  CHECK(printed("`a b`^( <x , >y )[]{ k : v }") == "`a b`^(x, >y)[]{k: v}");
  CHECK(printed("[ o1` , `in` ]") == "[o1`, `in`]");
  CHECK(printed("true?1:2") == "true ? 1 : 2");
}
