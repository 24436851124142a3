#pragma once
/// Trying one state by itself (TestState): what stands in for its surroundings, and what is shown of its work. An execution that is tried
/// is stored nowhere.

#include "signalbox/step.h"

#include <cstdint>
#include <optional>

namespace signalbox {

/// Values between a state's fields as they were computed; those that were not reached are absent. Source: TestState, InspectionData.
struct StateInspection {
  std::optional<Json> after_input_path, after_parameters, after_arguments, result, after_result_selector, after_result_path;
  std::optional<Json> after_items_path, after_item_selector;
  std::optional<Json> after_item_batcher;       ///< the inputs of a distributed Map's children
  std::optional<std::int64_t> max_concurrency;  ///< 0: no limit
  std::optional<std::int64_t> tolerated_failure_count;
  std::optional<double> tolerated_failure_percentage;
  std::optional<WorkflowError> failure;     ///< before Retry and Catch were asked
  std::optional<std::int64_t> catch_index;  ///< of the catcher that took it
};

/// What the branches of a Parallel or the iterations of a Map are said to have given; they are not run.
struct MockedChildren {
  std::optional<Json> result;          ///< either this,
  std::optional<WorkflowError> error;  ///< or this
  std::int64_t failed = 0;             ///< iterations among them that failed; weighed against what the Map tolerates
  std::optional<Json> items;           ///< what a Map's ItemReader is said to have read
};

struct StateTest {
  std::optional<Json> context;            ///< the context object as a whole, in place of the execution's own
  Json variables = Json::empty_object();  ///< as at the state's entry
  std::int64_t retries_used = 0;          ///< of each retrier
  std::optional<MockedChildren> children;
  StateInspection inspection;  ///< filled by step()
};

/// step(), observed.
[[nodiscard]] Step step(const StateMachine& machine, Execution& execution, Event event, Timestamp now, StateTest& test);

}  // namespace signalbox
