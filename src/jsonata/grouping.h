#pragma once
/// Grouping separators, as pictures of numbers and of integers have them.

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

/// The distance at which separators repeat for ever if they stand at its multiples without a gap and are the same; otherwise 0.
inline std::size_t regular_distance(const std::vector<std::size_t>& positions, std::u32string_view separators) {
  if (positions.empty() || separators.find_first_not_of(separators[0]) != std::u32string_view::npos) return 0;
  std::size_t distance = 0;
  for (const std::size_t position : positions) distance = std::gcd(distance, position);
  for (std::size_t i = 1; i <= positions.size(); ++i) {
    bool found = false;
    for (const std::size_t position : positions) found = found || position == i * distance;
    if (!found) return 0;
  }
  return distance;
}

/// Puts separators among the first `end` characters of the text; positions[i] digits stand to the right of separators[i].
inline void group_from_right(std::u32string& text, std::size_t end, const std::vector<std::size_t>& positions,
                             std::u32string_view separators) {
  if (const std::size_t distance = regular_distance(positions, separators); distance > 0) {
    for (std::size_t place = end; place > distance; place -= distance) text.insert(place - distance, 1, separators[0]);
    return;
  }
  // From the right, so that what was put in does not move the places that follow.
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&positions](std::size_t i) { return positions[i]; });
  for (const std::size_t i : order) {
    if (positions[i] < end) text.insert(end - positions[i], 1, separators[i]);
  }
}

}  // namespace signalbox::jsonata::engine
