#pragma once
/// Errors as AWS's operations name them.

#include "signalbox/result.h"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <utility>

namespace signalbox::aws {

/// `code` is what clients make an error class of: `StateMachineDoesNotExist`, `ValidationException`.
struct Failure {
  // Not an aggregate: Answer<std::string> must not take a string for a Failure's first member.
  Failure() = default;  // for result<>, which makes one when it is asked for an error that it does not have
  Failure(std::string the_code, std::string the_message, int the_status = 400, std::optional<std::string> the_query_code = std::nullopt)
      : code(std::move(the_code)), message(std::move(the_message)), status(the_status), query_code(std::move(the_query_code)) {}

  std::string code;
  std::string message;
  int status = 400;
  std::optional<std::string> reason = {};  ///< what clients tell faults of one code apart by; shown where it is given
  std::optional<std::string> query_code;   ///< SQS: the older protocol's name, for x-amzn-query-error and XML
};

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw_bad_result_access(Error{ErrorCode::Internal, failure.message, failure.code});
}

template <class T>
using Answer = boost::system::result<T, Failure>;

/// For errors that have no better name at the operation: ValidationException, ServiceUnavailable, InternalFailure, …
[[nodiscard]] Failure general_failure(const Error& error);

}  // namespace signalbox::aws
