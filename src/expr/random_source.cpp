#include "signalbox/encoding.h"
#include "signalbox/expressions.h"

#include <algorithm>

namespace signalbox {

std::array<std::uint8_t, 16> RandomSource::draw() {
  // stored: executions replay with these numbers, so the text that is hashed must not change.
  const std::string bytes = hmac_sha256(key_, label_ + "/" + std::to_string(counter_++));
  std::array<std::uint8_t, 16> drawn{};
  std::transform(bytes.begin(), bytes.begin() + 16, drawn.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return drawn;
}

}  // namespace signalbox
