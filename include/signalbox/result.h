#pragma once
/// Operating errors (a bad definition, an unknown execution, a full disk) travel as Result<T>; bugs meet SIGNALBOX_ASSERT;
/// workflow errors (`States.Timeout`, a task's own error) are neither: they are data, see workflow_error.h.

#include <boost/system/result.hpp>

#include <iosfwd>
#include <string>
#include <utility>

namespace signalbox {

/// The closed set of operating errors. Each is mapped to an HTTP status in one table (src/http/status.h) and to AWS's
/// error names where an AWS operation answers (src/aws).
enum class ErrorCode {
  InvalidArgument,    ///< the request is at fault; `where` names the member, `message` the offending fragment
  InvalidJson,        ///< a text that should be JSON is not
  InvalidDefinition,  ///< a state machine definition with faults
  InvalidToken,       ///< a task token that this data file never issued
  TaskClosed,         ///< a task token whose task has ended, or whose execution has
  NotFound,           ///< the named resource does not exist
  AlreadyExists,      ///< the name is taken by a different resource
  Conflict,           ///< the resource is in a state that forbids the operation (deleting, being updated)
  TooLarge,           ///< a limit on size, count or depth was passed
  NotSupported,       ///< valid on AWS, but not offered here; the message names it
  Forbidden,          ///< the caller's key does not permit it, or it has none
  Unavailable,        ///< the daemon cannot do it now (failed commit, stopping); nothing was changed
  Internal            ///< the environment failed (I/O, a library); the message holds its words
};

struct Error {
  ErrorCode code;
  std::string message;  ///< a sentence for people, naming the offending fragment
  std::string where;    ///< the place: a JSON pointer, an option, a file; empty when there is none

  friend bool operator==(const Error&, const Error&) = default;
};

/// For tests' output: the message and its place.
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out, const Error& error) {
  return out << error.message << (error.where.empty() ? "" : " at ") << error.where;
}

/// Thrown by boost's result only if somebody reads a value that is not there, which is a bug.
[[noreturn]] void throw_bad_result_access(const Error& error);
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) { throw_bad_result_access(error); }

template <class T>
using Result = boost::system::result<T, Error>;

inline Error error(ErrorCode code, std::string message, std::string where = {}) {
  return Error{code, std::move(message), std::move(where)};
}

namespace detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

}  // namespace signalbox

/// A condition that only a bug can break. Stays on in release builds: a wrong history is worse than a stop. The execution
/// being stepped is noted in the data directory, so that the next start sets it aside and goes on with the others.
#define SIGNALBOX_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::signalbox::detail::assertion_failed(#expression, __FILE__, __LINE__))
