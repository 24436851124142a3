#pragma once
/// Where the sources are. A function, compiled once, so that the compiler's command lines do not depend on the checkout's place and
/// checkouts can share a compiler cache.

#include <filesystem>

namespace signalbox::test {

/// The top of the source tree, absolute.
[[nodiscard]] std::filesystem::path source_directory();

}  // namespace signalbox::test
