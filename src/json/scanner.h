#pragma once
/// Checking and reading JSON text (RFC 8259).

#include "signalbox/json.h"

#include <string>
#include <string_view>

namespace signalbox::json {

inline constexpr int nesting_max = 512;

/// Whether `text` is one JSON value, white space around it allowed. Errors: InvalidJson with the fragment and its offset.
[[nodiscard]] Result<void> check(std::string_view text);

/// Walks over a text that check() accepted; every method leaves the walker behind what it read.
class Walker {
 public:
  explicit Walker(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) { skip_space(); }
  [[nodiscard]] char peek() const { return *at_; }
  void skip(char expected);
  /// True if the next character was `c`, which is then behind.
  bool take(char c);
  [[nodiscard]] std::string string();             ///< decoded; a lone surrogate escape becomes U+FFFD
  [[nodiscard]] std::string_view number();        ///< the digits as written
  void literal(std::size_t length);
  void skip_space();

 private:
  void append_escape(std::string& out);
  [[nodiscard]] unsigned hex4();
  const char* at_;
  const char* end_;
};

}  // namespace signalbox::json
