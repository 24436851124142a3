#pragma once
/// Regular expressions of JavaScript carried out by RE2, which takes time linear in the text whatever the pattern. What RE2 cannot do is refused
/// when the expression is parsed: back references, look-ahead and look-behind.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace signalbox::jsonata::engine {

class Regex {
 public:
  /// `flags`: i, m. Errors: a failure of kind Syntax that names what is not supported.
  Regex(std::string_view pattern, std::string_view flags, std::uint32_t position);
  ~Regex();

  struct Match {
    std::string_view text;
    std::size_t begin;                                    ///< in bytes
    std::vector<std::optional<std::string_view>> groups;  ///< nothing: took no part
  };
  /// The first match that begins at `from` or behind it.
  [[nodiscard]] std::optional<Match> search(std::string_view text, std::size_t from) const;

 private:
  std::unique_ptr<re2::RE2> engine_;
};

}  // namespace signalbox::jsonata::engine
