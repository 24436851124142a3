#pragma once
/// Mocked answers of service integrations, in the format of Step Functions Local's mock configuration file, so that its users can move
/// their tests. Source: Step Functions Developer Guide, Testing with mocked service integrations, Mock Config File.

#include "signalbox/json.h"
#include "signalbox/result.h"
#include "signalbox/workflow_error.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox {

/// What one invocation of a mocked state gives: `Return` or `Throw`.
using MockedAnswer = std::variant<Json, WorkflowError>;

/// Answers by invocation, counted from 0 over the whole execution: `"0"`, `"1-2"`.
class MockedResponse {
 public:
  struct Range {
    std::int64_t first = 0, last = 0;
    MockedAnswer answer;
  };
  explicit MockedResponse(std::vector<Range> ranges) : ranges_(std::move(ranges)) {}
  /// Null if no range holds it.
  [[nodiscard]] const MockedAnswer* at(std::int64_t invocation) const;

 private:
  std::vector<Range> ranges_;
};

class Mocks {
 public:
  /// The text of a configuration file. Errors: InvalidJson, InvalidArgument (`where` is the place in the file).
  [[nodiscard]] static Result<Mocks> parse(std::string text);

  [[nodiscard]] bool has_test_case(std::string_view state_machine, std::string_view test_case) const;
  /// Null if the state is not mocked in that test case: it is really called then.
  [[nodiscard]] const MockedResponse* find(std::string_view state_machine, std::string_view test_case, std::string_view state) const;
  /// Whether some test case of the machine mocks the state.
  [[nodiscard]] bool mocks(std::string_view state_machine, std::string_view state) const;

 private:
  template <class T>
  using ByName = std::map<std::string, T, std::less<>>;
  using TestCase = ByName<std::shared_ptr<const MockedResponse>>;  ///< state → response
  ByName<ByName<TestCase>> state_machines_;
};

}  // namespace signalbox
