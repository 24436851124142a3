#pragma once
/// How the command line talks to a running daemon: its REST API, one request at a time.

#include "signalbox/json.h"

#include <optional>
#include <string>
#include <string_view>

namespace signalbox::cli {

struct Connection {
  std::string endpoint = "http://127.0.0.1:8083";
  std::optional<std::string> key;  ///< `ID:SECRET` or a secret alone, sent as a bearer token
  std::string key_file;  ///< where the key is read from, in its first line, if `key` is not given; a file that is not there is no key
};

/// What went wrong, with the exit code it deserves (exit_codes.h).
struct Failure {
  int exit_code;
  std::string message;
};
[[noreturn]] inline void throw_bad_answer_access() { std::abort(); }
[[noreturn]] inline void throw_exception_from_error(const Failure&, const boost::source_location&) { throw_bad_answer_access(); }

/// The JSON that the daemon answered (null for 204). A problem document becomes a Failure with its detail.
[[nodiscard]] boost::system::result<Json, Failure> call(const Connection& connection, std::string_view method, std::string_view path,
                                                        const std::optional<Json>& body = std::nullopt);

}  // namespace signalbox::cli
