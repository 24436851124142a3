#pragma once
/// What inline and distributed Maps evaluate alike.

#include "core/data_flow.h"
#include "signalbox/map_run_plan.h"
#include "signalbox/state_machine.h"

#include <optional>
#include <string_view>

namespace signalbox::core {

/// What ItemsPath selects: an array or an object. In JSONata, as recorded in 2024, what Items computes must be an array; an object written
/// as such is one of items.
[[nodiscard]] Outcome<Json> items_of(Scope& scope, const MapState& map, QueryLanguage language, const Json& input);
/// MaxConcurrency, at most `most`; 0 and absent mean `most`.
[[nodiscard]] Outcome<std::int64_t> concurrency_of(Scope& scope, const MapState& map, const Json& input, std::int64_t most);
/// The tolerated failures, beside what is given.
[[nodiscard]] Outcome<MapPrepared> prepare(Scope& scope, const MapState& map, Json items, std::int64_t concurrency, const Json& input);
/// A whole number, its Path form or expression; `field` without `Path`.
[[nodiscard]] Outcome<std::optional<std::int64_t>> integer_limit(Scope& scope, const std::optional<ConstantOrPath<std::int64_t>>& source,
                                                                 std::string_view field, const Json& input);
/// ItemSelector or the legacy Parameters; without them the item itself, of an object's members the pair.
[[nodiscard]] Outcome<Json> iteration_input(Scope& scope, const MapState& map, const MapItem& item);
/// ItemBatcher's limits and input, if the Map has one.
[[nodiscard]] Outcome<std::optional<MapRunPlan::Batcher>> batcher_of(Scope& scope, const DistributedMap& map, const Json& input);
/// The state has its result: what comes after it.
void finish_map(Interpreter& interpreter, Frame& frame, const State& state, const MapState& map, const Json& result);

}  // namespace signalbox::core
