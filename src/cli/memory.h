#pragma once
/// How the daemon deals with the system's memory.

namespace signalbox::cli {

/// Before anything else: keeps some megabytes of freed memory instead of giving them back and taking them again at every transaction.
void keep_freed_memory();
/// Once the daemon is ready: takes the program's code out of resident memory. What still runs comes back by itself, page by page, from the
/// system's cache; what only the start needed, about half of all, does not.
void release_start_code();

}  // namespace signalbox::cli
