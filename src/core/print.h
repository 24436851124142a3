#pragma once
/// Printed forms, for tests and for people who wonder what an execution is doing.

#include "signalbox/step.h"

#include <string>

namespace signalbox {

/// One line: `3<2 PassStateExited name=P output={}`, id and previousEventId first; an internal fact has `·` in their place. A frame other
/// than the root's is named by `frame=`. Long payloads are cut, with their size.
[[nodiscard]] std::string print(const HistoryEvent& event);
/// One line: `InvokeTask 1 sqs:sendMessage.waitForTaskToken input={}`.
[[nodiscard]] std::string print(const Command& command);

enum class PrintedClocks { All, WithoutHeartbeats };
/// All of the state, several lines: two executions print alike if and only if they are in the same state. WithoutHeartbeats leaves
/// out what is no part of history.
[[nodiscard]] std::string print(const Execution& execution, PrintedClocks clocks = PrintedClocks::All);

}  // namespace signalbox
