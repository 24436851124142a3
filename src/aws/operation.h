#pragma once
/// Operations of the services beside Step Functions. Each is a plain function over a reader or the open transaction, so that the wire and workflows'
/// `aws-sdk:` tasks call the very same one: the wire in a transaction of its own, a task in the one that steps its execution.

#include "aws/call.h"
#include "aws/failure.h"
#include "signalbox/async.h"
#include "signalbox/engine.h"
#include "signalbox/json.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace signalbox::aws {

namespace asio = boost::asio;

struct AwsServices;
struct Caller;

/// What surrounds a call. `services` outlives it.
struct OperationContext {
  const AwsServices& services;
  std::string base_url;                       ///< `http://` + the request's Host, for URLs in answers
  std::string request_id;                     ///< a UUID
  std::shared_ptr<const Caller> caller = {};  ///< access/authorizer.h; null: the account itself, or nobody asked
};

/// Why the caller may not call the operation; nothing with `--iam` off.
[[nodiscard]] std::optional<Failure> denied(const OperationContext& context, Service service, std::string_view operation,
                                            const Json& request);

// The three kinds of operations are types of functions: a service's header declares its own by them (`ReadOperation get_schedule, list_schedules;`).

/// Answers at once from committed state.
using ReadOperation = Answer<Json>(const OperationContext& context, const Reader& reader, const Json& request);
/// Writes in one transaction; what it wrote is dropped if it fails, so it must check before it writes when a task calls it.
using WriteOperation = Answer<Json>(const OperationContext& context, EngineTransaction& transaction, const Json& request);
/// Waits for something outside of the data file (a function's answer, a message, the disk). On the I/O thread.
using LongOperation = asio::awaitable<Answer<Json>>(OperationContext context, Json request);
using Operation = std::variant<ReadOperation*, WriteOperation*, LongOperation*>;

/// A service's operations by AWS's names for them. `not_offered`: those of AWS that have no code here.
struct Catalogue {
  std::map<std::string_view, Operation> operations;
  std::vector<std::string_view> not_offered;

  [[nodiscard]] const Operation* find(std::string_view name) const;
  [[nodiscard]] bool knows(std::string_view name) const;
};

/// On the I/O thread; `reader` is its own.
[[nodiscard]] asio::awaitable<Answer<Json>> run_operation(OperationContext context, const Operation& operation, const Reader& reader,
                                                          Json request);

/// Runs `work` in a transaction; an error is named as `failure_of` names it.
template <class T>
asio::awaitable<Answer<T>> answer_of_transaction(Engine& engine, std::function<Result<T>(EngineTransaction&)> work,
                                                 Failure (*failure_of)(const Error&)) {
  auto result = co_await transact<T>(engine, std::move(work));
  if (!result) co_return failure_of(result.error());
  if constexpr (std::is_void_v<T>) {
    co_return Answer<void>();
  } else {
    co_return std::move(*result);
  }
}

/// A transaction whose refusal keeps AWS's name.
[[nodiscard]] asio::awaitable<Answer<Json>> write(Engine& engine, std::function<Answer<Json>(EngineTransaction&)> work);

}  // namespace signalbox::aws
