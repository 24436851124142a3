#pragma once
/// The names of an expression's variables, numbered.

#include "jsonata/cells.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signalbox::jsonata::engine {

class Symbols {
 public:
  struct Entry {
    std::string name;        ///< without `$`; `!n` for what a `%` refers to
    const Builtin* builtin;  ///< the library's function of this name, or null
  };
  using Find = const Builtin* (*)(std::string_view name);
  explicit Symbols(Find find) : find_(find) { entries_.reserve(8); }

  Symbol intern(std::string_view name);
  [[nodiscard]] const Entry& operator[](Symbol symbol) const { return entries_[symbol]; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::size_t indexed_from = 16;  ///< fewer are searched one by one
  Find find_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, Symbol> index_;
};

}  // namespace signalbox::jsonata::engine
