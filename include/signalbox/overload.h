#pragma once
/// For std::visit without a catch-all: a new alternative fails to compile until it is handled.

namespace signalbox {

template <class... Functions>
struct Overload : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overload(Functions...) -> Overload<Functions...>;

}  // namespace signalbox
