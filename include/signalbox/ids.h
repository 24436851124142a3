#pragma once
/// Strong identifiers and the two notions of time.

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace signalbox {

/// Wall-clock time in whole milliseconds since the Unix epoch: what is stored and shown. Never used to measure waiting;
/// that is std::chrono::steady_clock's work.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A text that names one kind of thing and cannot be passed where another kind is wanted.
template <class Tag>
struct Id {
  std::string value;
  friend auto operator<=>(const Id&, const Id&) = default;
};

/// A number that names one kind of thing.
template <class Tag>
struct Number {
  std::int64_t value = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
};

using TaskToken = Id<struct TaskTokenTag>;  ///< what a workflow hands out and a person or program gives back
using Uuid = Id<struct UuidTag>;            ///< lower-case, with hyphens

using ExecutionRow = Number<struct ExecutionRowTag>;    ///< row of an execution in the data file, from 1, never used again
using DefinitionRow = Number<struct DefinitionRowTag>;  ///< row of one immutable definition text
using FrameId = Number<
    struct FrameTag>;  ///< a thread of control inside an execution: 0 the root, then every branch and iteration, numbered as they start
using TaskAttempt = Number<struct TaskAttemptTag>;  ///< an attempt of a task inside an execution, numbered from 1 as they are scheduled

}  // namespace signalbox

template <class Tag>
struct std::hash<signalbox::Id<Tag>> {
  std::size_t operator()(const signalbox::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
template <class Tag>
struct std::hash<signalbox::Number<Tag>> {
  std::size_t operator()(const signalbox::Number<Tag>& n) const noexcept { return std::hash<std::int64_t>{}(n.value); }
};
