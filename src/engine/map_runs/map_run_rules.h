#pragma once
/// A map run's rules: over records alone, nothing is started or stopped here.

#include "signalbox/map_runs.h"
#include "signalbox/transaction.h"

#include <optional>
#include <vector>

namespace signalbox {

void put_map_run(Transaction& transaction, const MapRunRecord& record);

/// What of an open run is to be done next.
struct MapRunNeeds {
  std::int64_t children_to_start = 0;  ///< as many as may begin now, or be redriven
  bool read = false;                   ///< more items should be fetched
  bool stop_children = false;
  bool write = false;
  bool finish = false;
};
[[nodiscard]] MapRunNeeds needs_of(const MapRunRecord& run);

/// Items that have come, in their order: each becomes a child, or joins a batch. `inputs` are what ItemSelector made of them. `at_end`: there are no more.
void take_items(Transaction& transaction, MapRunRecord& run, const MapRunPlan& plan, const std::vector<Json>& inputs, bool at_end);

/// A child has ended with this status: counts it, and fails the run if that was one failure too many.
void count_child_end(MapRunRecord& run, const MapRunItem& item, ExecutionStatus status, bool redrivable);
/// With all items read the share of failures is known.
void check_tolerance(MapRunRecord& run);
/// The run will fail, or is given up (no error). Children that have not begun never will.
void stop_map_run(MapRunRecord& run, MapRunStatus status, WorkflowError error);

/// A run that is over goes on: all children that did not succeed wait to be redriven. Source: Step Functions Developer Guide, Redriving Map Runs.
void redrive_map_run(MapRunRecord& run, Timestamp now);
/// The child that is looked at next, out of those that did not succeed, is redriven, or cannot be and keeps its end for good.
void count_redrive(MapRunRecord& run, const MapRunItem& item);
void count_not_redrivable(MapRunRecord& run, const MapRunItem& item, ExecutionStatus status);

/// The run's result without export: the children's outputs in order, as WriterConfig wants them; States.DataLimitExceeded if they are too many.
[[nodiscard]] Evaluated<Json> gathered_results(const Reader& reader, const Site& site, const MapRunRecord& run, const MapRunPlan& plan);

}  // namespace signalbox
