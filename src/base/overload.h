#pragma once
/// For std::visit: one lambda per alternative and no catch-all, so that a new alternative fails to compile until handled.

namespace signalbox {

template <class... Functions>
struct Overload : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overload(Functions...) -> Overload<Functions...>;

}  // namespace signalbox
