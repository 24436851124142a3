#pragma once
/// Exit codes of the program, as `signalbox --help` lists them.

namespace signalbox::cli::exit_codes {

inline constexpr int ok = 0;
inline constexpr int failed = 1;         ///< the daemon refused, or the operation failed
inline constexpr int usage = 2;          ///< wrong command line, or bad input
inline constexpr int unreachable = 3;    ///< no daemon answers at the endpoint
inline constexpr int not_succeeded = 4;  ///< start --wait: the execution ended, but not as SUCCEEDED

}  // namespace signalbox::cli::exit_codes
