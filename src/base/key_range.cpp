#include "base/key_range.h"

namespace signalbox {

std::optional<std::string> after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

ByteRange::ByteRange(const KeyRange& range) : first(range.prefix.bytes()), last(after_prefix(range.prefix.bytes())) {
  if (!range.after) return;
  SIGNALBOX_ASSERT(&range.after->table() == &range.prefix.table() && range.after->bytes().starts_with(range.prefix.bytes()));
  if (range.reverse) {
    last = range.after->bytes();
  } else if (auto next = after_prefix(range.after->bytes())) {
    first = std::move(*next);
  } else {
    last = first;  // nothing comes after the greatest key
  }
}

}  // namespace signalbox
