#include "aws/operation.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "aws/access/authorizer.h"
#include "aws/aws_api.h"
#include "signalbox/async.h"

namespace signalbox::aws {

const Operation* Catalogue::find(std::string_view name) const {
  const auto found = operations.find(name);
  return found == operations.end() ? nullptr : &found->second;
}

bool Catalogue::knows(std::string_view name) const {
  return find(name) || std::find(not_offered.begin(), not_offered.end(), name) != not_offered.end();
}

std::optional<Failure> denied(const OperationContext& context, Service service, std::string_view operation, const Json& request) {
  Authorizer* authorizer = context.services.authorizer;
  if (!authorizer || !context.caller) return std::nullopt;
  const auto needs = needs_of(service, {context.services.engine.site(), authorizer->reader()}, operation, request);
  const auto refusal = authorizer->refuse(*context.caller, needs);
  return refusal ? std::optional(access_denied(service, *refusal)) : std::nullopt;
}

asio::awaitable<Answer<Json>> write(Engine& engine, std::function<Answer<Json>(EngineTransaction&)> work) {
  // The engine's own errors have no name of AWS's; the operation's is carried past it.
  auto refusal = std::make_shared<std::optional<Failure>>();
  std::function<Result<Json>(EngineTransaction&)> wrapped = [work = std::move(work),
                                                             refusal](EngineTransaction& transaction) -> Result<Json> {
    auto answer = work(transaction);
    if (answer) return std::move(*answer);
    *refusal = answer.error();
    return error(ErrorCode::InvalidArgument, answer.error().message);
  };
  auto result = co_await transact<Json>(engine, std::move(wrapped));
  if (result) co_return std::move(*result);
  if (*refusal) co_return std::move(**refusal);
  co_return general_failure(result.error());
}

asio::awaitable<Answer<Json>> run_operation(OperationContext context, const Operation& operation, const Reader& reader, Json request) {
  if (const auto* read = std::get_if<ReadOperation*>(&operation)) co_return (*read)(context, reader, request);
  if (const auto* start = std::get_if<LongOperation*>(&operation)) {
    auto answer = co_await (*start)(std::move(context), std::move(request));
    co_return answer;
  }
  auto& engine = context.services.engine;
  std::function<Answer<Json>(EngineTransaction&)> work = [run = std::get<WriteOperation*>(operation), context, request](
                                                             EngineTransaction& transaction) { return run(context, transaction, request); };
  auto answer = co_await write(engine, std::move(work));
  co_return answer;
}

}  // namespace signalbox::aws
