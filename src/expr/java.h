#pragma once
/// What AWS's results owe to Java. Private to this module.

#include "signalbox/json.h"

#include <cstdint>
#include <string>

namespace signalbox::expr {

/// As Java prints maps and lists: `{Id=1, Name=[a, b]}`; strings without quotes.
void append_java_text(std::string& out, const Json& value);

/// java.util.Random, from its published specification (a 48-bit linear congruential generator).
class JavaRandom {
 public:
  explicit JavaRandom(std::int64_t seed);
  /// In [0, bound). Precondition: bound > 0.
  [[nodiscard]] std::int32_t next_int(std::int32_t bound);
  /// In [0, 1).
  [[nodiscard]] double next_double();

 private:
  std::int32_t next(int bits);
  std::uint64_t state_;
};

}  // namespace signalbox::expr
