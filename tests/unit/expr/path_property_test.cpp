/// Random paths over random documents against a slow, obvious reference: it lists every place of a document with its value,
/// and selects places step by step.

#include "unit/expr/support.h"

#include <functional>
#include <random>

using namespace signalbox;

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound) { return static_cast<std::size_t>(random() % bound); }

Json random_value(Random& random, int depth) {
  static const char* const names[] = {"a", "b", "c"};
  switch (depth == 0 ? below(random, 4) : below(random, 8)) {
    case 0: return Json(static_cast<std::int64_t>(below(random, 4)));
    case 1: return Json(names[below(random, 3)]);
    case 2: return Json(below(random, 2) == 0);
    case 3: return Json();
    case 4:
    case 5: {
      Json::Array elements;
      for (std::size_t i = below(random, 4); i > 0; --i) elements.push_back(random_value(random, depth - 1));
      return Json(std::move(elements));
    }
    default: {
      Json object = Json::empty_object();
      for (std::size_t i = below(random, 4); i > 0; --i) object = object.with(names[below(random, 3)], random_value(random, depth - 1));
      return object;
    }
  }
}

struct ReferenceStep {
  std::string text;
  std::function<std::vector<Json>(const Json&)> select;  ///< what a value's own children give
  bool deep = false;
};

std::vector<Json> children(const Json& value) {
  std::vector<Json> result;
  if (value.is_array()) result = value.elements();
  if (value.is_object()) {
    for (const auto& member : value.members()) result.push_back(member.value);
  }
  return result;
}

void add_below(const Json& value, std::vector<Json>& all) {
  all.push_back(value);
  for (const Json& child : children(value)) add_below(child, all);
}

std::optional<Json> nth(const Json& value, std::int64_t index) {
  if (!value.is_array()) return std::nullopt;
  const auto all = value.elements();
  if (index < 0) index += static_cast<std::int64_t>(all.size());
  if (index < 0 || index >= static_cast<std::int64_t>(all.size())) return std::nullopt;
  return all[static_cast<std::size_t>(index)];
}

ReferenceStep random_step(Random& random, bool& definite) {
  static const char* const names[] = {"a", "b", "c"};
  const bool deep = below(random, 5) == 0;
  const std::string dots = deep ? ".." : "";
  if (deep) definite = false;
  switch (below(random, 6)) {
    case 0:
    case 1: {
      const std::string name = names[below(random, 3)];
      return {deep ? dots + name : "." + name,
              [name](const Json& value) {
                const Json* found = value.find(name);
                return found ? std::vector{*found} : std::vector<Json>{};
              },
              deep};
    }
    case 2: {
      const auto index = static_cast<std::int64_t>(below(random, 5)) - 2;
      return {dots + "[" + std::to_string(index) + "]",
              [index](const Json& value) {
                const auto found = nth(value, index);
                return found ? std::vector{*found} : std::vector<Json>{};
              },
              deep};
    }
    case 3: definite = false; return {dots + "[*]", children, deep};
    case 4: {
      definite = false;
      const auto from = static_cast<std::int64_t>(below(random, 4)), to = static_cast<std::int64_t>(below(random, 4));
      return {dots + "[" + std::to_string(from) + ":" + std::to_string(to) + "]",
              [from, to](const Json& value) {
                std::vector<Json> result;
                for (std::int64_t i = from; i < to; ++i) {
                  if (const auto found = nth(value, i)) result.push_back(*found);
                }
                return result;
              },
              deep};
    }
    default: {
      definite = false;
      const std::string name = names[below(random, 3)];
      const auto number = static_cast<std::int64_t>(below(random, 4));
      return {"[?(@." + name + " > " + std::to_string(number) + " || @." + name + " == '" + name + "')]",
              [name, number](const Json& value) {
                std::vector<Json> result;
                for (const Json& candidate : value.is_object() ? std::vector{value} : children(value)) {
                  const Json* found = candidate.find(name);
                  if (found && ((found->is_number() && *found->as_integer() > number) || *found == Json(name))) result.push_back(candidate);
                }
                return result;
              }};
    }
  }
}

}  // namespace

TEST_CASE("paths agree with a slow, obvious reference") {
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    Random random(seed);
    const Json document = random_value(random, 5);
    bool definite = true;
    std::string text = "$";
    std::vector<Json> expected{document};
    for (std::size_t steps = below(random, 4); steps > 0; --steps) {
      const ReferenceStep step = random_step(random, definite);
      text += step.text;
      std::vector<Json> next;
      for (const Json& value : expected) {
        std::vector<Json> starts{value};
        if (step.deep) {
          starts.clear();
          add_below(value, starts);
        }
        for (const Json& start : starts) {
          for (const Json& found : step.select(start)) next.push_back(found);
        }
      }
      expected = std::move(next);
    }
    INFO("seed " << seed << ": " << text << " of " << document.text());
    Around around(document.text());
    const auto path = PathExpression::parse(text);
    REQUIRE(path.has_value());
    CHECK(path->is_reference() == definite);
    const auto value = path->evaluate(around.context());
    if (!definite) {
      REQUIRE(value.has_value());
      CHECK(value->text() == Json(Json::Array(expected)).text());
    } else {
      REQUIRE(value.has_value() == !expected.empty());
      if (value) CHECK(value->compact_text() == expected[0].text());
    }
    const auto again = PathExpression::parse(path->printed());
    REQUIRE(again.has_value());
    CHECK(again->printed() == path->printed());
  }
}
