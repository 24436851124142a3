#pragma once

namespace signalbox::cli {

inline constexpr const char* program_version = "0.1.0";

}  // namespace signalbox::cli
