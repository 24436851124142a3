#pragma once

namespace signalbox::jsonata::engine {

/// To so many digits behind the point, halves to the even neighbour, by the number's shortest decimal digits.
[[nodiscard]] double round_half_even(double number, int precision);

}  // namespace signalbox::jsonata::engine
