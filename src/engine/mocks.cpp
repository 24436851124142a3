#include "signalbox/mocks.h"

#include <charconv>
#include <optional>

namespace signalbox {

namespace {

Error fault(std::string message, std::string where) { return error(ErrorCode::InvalidArgument, std::move(message), std::move(where)); }

/// A member that must be an object of objects.
Result<const Json*> object_of(const Json& json, const char* name, const std::string& where) {
  const Json* found = json.find(name);
  if (found && found->is_object()) return found;
  return fault(std::string("the object '") + name + "' is missing", where);
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end || number < 0) return std::nullopt;
  return number;
}

/// `"0"` or `"1-2"`.
std::optional<std::pair<std::int64_t, std::int64_t>> range_of(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = number_of(text.substr(0, dash));
  const auto last = dash == text.npos ? first : number_of(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair{*first, *last};
}

Result<MockedAnswer> answer_of(const Json& json, const std::string& where) {
  const Json* returned = json.find("Return");
  const Json* thrown = json.find("Throw");
  if ((returned != nullptr) == (thrown != nullptr)) return fault("a mocked answer has either Return or Throw", where);
  if (returned) return MockedAnswer(*returned);
  WorkflowError error;
  for (const auto& [name, value] : thrown->is_object() ? thrown->members() : Json::Object{}) {
    if (!value.is_string()) return fault("Error and Cause are strings", where + "/Throw");
    if (name == "Error") error.error = value.as_string();
    if (name == "Cause") error.cause = value.as_string();
  }
  if (!error.error) return fault("Throw needs an Error", where + "/Throw");
  return MockedAnswer(std::move(error));
}

Result<std::shared_ptr<const MockedResponse>> response_of(const Json& json, const std::string& where) {
  if (!json.is_object()) return fault("a mocked response is an object", where);
  std::vector<MockedResponse::Range> ranges;
  for (const auto& [name, value] : json.members()) {
    const auto place = where + "/" + name;
    const auto range = range_of(name);
    if (!range) return fault("'" + name + "' is neither an invocation's number nor a range of them", place);
    auto answer = answer_of(value, place);
    if (!answer) return answer.error();
    ranges.push_back({range->first, range->second, std::move(*answer)});
  }
  return std::make_shared<const MockedResponse>(std::move(ranges));
}

}  // namespace

const MockedAnswer* MockedResponse::at(std::int64_t invocation) const {
  for (const auto& range : ranges_) {
    if (range.first <= invocation && invocation <= range.last) return &range.answer;
  }
  return nullptr;
}

Result<Mocks> Mocks::parse(std::string text) {
  const auto json = Json::parse(std::move(text));
  if (!json) return json.error();
  const auto responses = object_of(*json, "MockedResponses", "/");
  if (!responses) return responses.error();
  const auto machines = object_of(*json, "StateMachines", "/");
  if (!machines) return machines.error();

  ByName<std::shared_ptr<const MockedResponse>> known;
  for (const auto& [name, value] : (*responses)->members()) {
    auto response = response_of(value, "/MockedResponses/" + name);
    if (!response) return response.error();
    known.emplace(name, std::move(*response));
  }
  Mocks mocks;
  for (const auto& [machine, value] : (*machines)->members()) {
    const auto where = "/StateMachines/" + machine;
    const auto cases = object_of(value, "TestCases", where);
    if (!cases) return cases.error();
    for (const auto& [test_case, states] : (*cases)->members()) {
      if (!states.is_object()) return fault("a test case is an object of states", where + "/TestCases/" + test_case);
      auto& made = mocks.state_machines_[machine][test_case];
      for (const auto& [state, response] : states.members()) {
        const auto found = response.is_string() ? known.find(response.as_string()) : known.end();
        if (found == known.end())
          return fault("there is no mocked response " + response.text(), where + "/TestCases/" + test_case + "/" + state);
        made.emplace(state, found->second);
      }
    }
  }
  return mocks;
}

bool Mocks::has_test_case(std::string_view state_machine, std::string_view test_case) const {
  const auto machine = state_machines_.find(state_machine);
  return machine != state_machines_.end() && machine->second.contains(test_case);
}

const MockedResponse* Mocks::find(std::string_view state_machine, std::string_view test_case, std::string_view state) const {
  const auto machine = state_machines_.find(state_machine);
  if (machine == state_machines_.end()) return nullptr;
  const auto found = machine->second.find(test_case);
  if (found == machine->second.end()) return nullptr;
  const auto response = found->second.find(state);
  return response == found->second.end() ? nullptr : response->second.get();
}

bool Mocks::mocks(std::string_view state_machine, std::string_view state) const {
  const auto machine = state_machines_.find(state_machine);
  if (machine == state_machines_.end()) return false;
  for (const auto& [name, states] : machine->second) {
    if (states.contains(state)) return true;
  }
  return false;
}

}  // namespace signalbox
