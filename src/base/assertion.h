#pragma once
/// Who is told before a failed assertion ends the process: the engine, which notes the execution it was stepping.

namespace signalbox {

/// Called on the thread that failed; must only do what a signal handler may.
using AssertionListener = void (*)(const char* expression);
void on_failed_assertion(AssertionListener listener);

}  // namespace signalbox
