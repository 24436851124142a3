#pragma once
/// REST JSON: method and path mean an operation, whose members come from the path, the query and the body. Source: the services' API models, `http` traits.

#include "aws/failure.h"
#include "http/http.h"
#include "signalbox/json.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::aws {

/// A query parameter and the member that it fills; `list`: it may be repeated.
struct QueryMember {
  std::string_view parameter, member;
  bool list = false;
};

struct RestBinding {
  std::string_view method;
  std::string_view path;  ///< `/2015-03-31/functions/{FunctionName}`; a last part `{Member+}` takes all that follows
  std::string_view operation;
  int status = 200;  ///< of success
  std::vector<QueryMember> query = {};
};

struct RestCall {
  const RestBinding* binding;
  Json parameters;  ///< of the path and the query; without the body's
};

/// Nothing if no binding fits. Parts of the path are decoded.
[[nodiscard]] std::optional<RestCall> match_rest_call(std::span<const RestBinding> bindings, const http::Request& request);
/// `parameters` with the body's members; the path wins. Errors: what `refuse` makes of the parser's words.
[[nodiscard]] Answer<Json> with_body(const Json& parameters, const http::Request& request, Failure (*refuse)(const std::string& why));

[[nodiscard]] http::Response rest_answer(int status, const Json& answer);
/// `x-amzn-ErrorType` and a body whose message has the service's own spelling: `Message` with `Type`, or `message`.
[[nodiscard]] http::Response rest_failure(const Failure& failure);
/// The same for a service that spells the message in one way, whatever the error.
[[nodiscard]] http::Response rest_failure(const Failure& failure, std::string_view message_member);
/// For a request that fits no binding.
[[nodiscard]] Failure rest_not_offered(std::string_view service, const http::Request& request);
/// What a page is asked to hold, 500 at most.
[[nodiscard]] std::size_t page_limit(const Json& request, std::string_view member, std::size_t usual);

}  // namespace signalbox::aws
