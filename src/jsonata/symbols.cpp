#include "jsonata/symbols.h"

namespace signalbox::jsonata::engine {

Symbol Symbols::intern(std::string_view name) {
  if (entries_.size() < indexed_from) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].name == name) return static_cast<Symbol>(i);
    }
  } else {
    if (index_.empty()) {
      for (std::size_t i = 0; i < entries_.size(); ++i) index_.emplace(entries_[i].name, static_cast<Symbol>(i));
    }
    const auto found = index_.find(std::string(name));
    if (found != index_.end()) return found->second;
    index_.emplace(name, static_cast<Symbol>(entries_.size()));
  }
  entries_.push_back(Entry{std::string(name), find_(name)});
  return static_cast<Symbol>(entries_.size() - 1);
}

}  // namespace signalbox::jsonata::engine
