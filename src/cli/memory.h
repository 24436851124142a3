#pragma once
/// How the daemon deals with the system's memory.

namespace signalbox::cli {

/// Once the daemon is ready: takes the program's code and constants out of resident memory. What is still needed comes back by itself, page by page,
/// from the system's cache; what only the start needed, about half of all, does not.
void release_start_pages();

}  // namespace signalbox::cli
