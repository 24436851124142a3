#pragma once
/// Answers and failures as each protocol writes them.

#include "aws/call.h"
#include "aws/failure.h"

namespace signalbox::aws {

[[nodiscard]] http::Response json_answer(const Call& call, std::string body);
[[nodiscard]] http::Response query_answer(const Call& call, const Json& result, std::string_view request_id);
/// In the call's protocol. `x-amzn-query-error` stands beside SQS's JSON errors, for clients that know the older names.
[[nodiscard]] http::Response failure_answer(const Call& call, const Failure& failure, std::string_view request_id);

}  // namespace signalbox::aws
