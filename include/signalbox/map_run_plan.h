#pragma once
/// What a distributed Map's run is to do, everything evaluated: from here on it needs the state only for ItemSelector.

#include "signalbox/ids.h"
#include "signalbox/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox {

struct MapRunPlan {
  std::string state_name;
  std::string machine;  ///< name of the state machine, without labels
  std::string label;
  bool express = false;       ///< type of the child executions
  std::optional<Json> items;  ///< an array, or an object whose members are the items; nothing: a reader brings them
  struct Reader {
    bool lists = false;          ///< listObjectsV2 instead of getObject
    Json parameters;             ///< Bucket, Key, Prefix, …
    Json config;                 ///< ReaderConfig as written
    std::int64_t max_items = 0;  ///< 0: all
  };
  std::optional<Reader> reader;
  struct Batcher {
    std::optional<Json> batch_input;
    std::int64_t max_items = 0, max_bytes = 0;  ///< 0: no limit
  };
  std::optional<Batcher> batcher;
  struct Writer {
    std::optional<Json> parameters;  ///< Bucket, Prefix; nothing: results go into the state's output
    Json config;                     ///< WriterConfig as written
  };
  std::optional<Writer> writer;
  std::int64_t max_concurrency = 0;  ///< 0: no limit of its own
  std::int64_t tolerated_failure_count = 0;
  double tolerated_failure_percentage = 0;
  bool tolerates = false;  ///< one of the two was given
};

/// The stored form. Never fails on what to_json() made.
[[nodiscard]] Json to_json(const MapRunPlan& plan);
[[nodiscard]] MapRunPlan map_run_plan_of(const Json& stored);

}  // namespace signalbox
