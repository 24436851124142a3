#pragma once
/// The stored form of map runs.

#include "signalbox/map_runs.h"

namespace signalbox {

[[nodiscard]] std::string encode_map_run(const MapRunRecord& record);
[[nodiscard]] MapRunRecord decode_map_run(MapRunRow row, std::string_view bytes);
[[nodiscard]] std::string encode_map_run_item(const MapRunItem& item);
[[nodiscard]] MapRunItem decode_map_run_item(std::string_view bytes);

/// Stands in for a child's number: items that no batch holds yet.
inline constexpr std::int64_t unbatched_items = -1;

}  // namespace signalbox
