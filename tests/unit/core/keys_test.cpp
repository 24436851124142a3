#include "signalbox/keys.h"

#include "signalbox/encoding.h"

#include <catch2/catch.hpp>

#include <set>

namespace signalbox {
namespace {

const MasterKey master{std::string(32, 'm')};

TaskToken token(std::int64_t row, std::int64_t attempt) {
  return make_task_token(execution_key(master, ExecutionRow{row}), ExecutionRow{row}, TaskAttempt{attempt});
}

TEST_CASE("A token says which attempt of which execution it is for") {
  for (const auto& [row, attempt] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{1, 1}, {127, 128}, {100'000, 3}, {1'000'000'000'000, 25'000}}) {
    const auto parts = parse_task_token(master, token(row, attempt).value);
    REQUIRE(parts.has_value());
    CHECK(parts->row.value == row);
    CHECK(parts->attempt.value == attempt);
    CHECK(token(row, attempt).value.size() <= 34);
  }
}

TEST_CASE("Tokens of different attempts, executions and data files differ") {
  std::set<std::string> tokens;
  for (std::int64_t row = 1; row <= 20; ++row) {
    for (std::int64_t attempt = 1; attempt <= 20; ++attempt) tokens.insert(token(row, attempt).value);
  }
  CHECK(tokens.size() == 400);
  CHECK_FALSE(parse_task_token(MasterKey{std::string(32, 'n')}, token(1, 1).value).has_value());
}

TEST_CASE("Every kind of rubbish gets one and the same answer") {
  const std::string good = token(300, 2).value;
  std::vector<std::string> rubbish{"",
                                   "a",
                                   "not a token",
                                   good.substr(1),
                                   good.substr(0, good.size() - 1),
                                   good + "A",
                                   good + "=",
                                   std::string(5000, 'A'),
                                   base64url_encode(std::string(18, '\0')),
                                   base64url_encode(std::string(18, '\xff'))};
  for (std::size_t place = 0; place < good.size(); ++place) {
    std::string changed = good;
    changed[place] = changed[place] == 'A' ? 'B' : 'A';
    rubbish.push_back(changed);
  }
  for (const auto& text : rubbish) {
    INFO(text);
    const auto parsed = parse_task_token(master, text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK((parsed.error() == Error{ErrorCode::InvalidToken, "Invalid token", ""}));
  }
}

}  // namespace
}  // namespace signalbox
