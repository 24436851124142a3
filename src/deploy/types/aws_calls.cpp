#include "deploy/types/aws_calls.h"

#include "aws/dispatch.h"
#include "signalbox/inline_transaction.h"

#include <optional>

namespace signalbox::deploy {

Result<Json> AwsCalls::write(EngineTransaction& transaction, aws::Service service, std::string_view operation, const Json& request) const {
  const auto* catalogue = aws::catalogue_of(service);
  SIGNALBOX_ASSERT(catalogue);
  const auto* found = catalogue->find(operation);
  SIGNALBOX_ASSERT(found && std::holds_alternative<aws::WriteOperation*>(*found));
  const aws::OperationContext context{services_, "", ""};
  std::optional<aws::Answer<Json>> answer;
  attempt(transaction, [&] {
    answer = std::get<aws::WriteOperation*>(*found)(context, transaction, request);
    return answer->has_value();
  });
  if (*answer) return std::move(**answer);
  return error(ErrorCode::InvalidArgument, answer->error().message, answer->error().code);
}

Result<void> AwsCalls::put(EngineTransaction& transaction, aws::Service service, std::string_view operation, const Json& request) const {
  const auto done = write(transaction, service, operation, request);
  return done ? Result<void>() : Result<void>(done.error());
}

Result<void> AwsCalls::remove(EngineTransaction& transaction, aws::Service service, std::string_view operation, const Json& request) const {
  const auto done = write(transaction, service, operation, request);
  if (done) return {};
  const auto code = done.error().where;
  const bool is_gone = code.find("NotFound") != std::string::npos || code.find("NoSuchEntity") != std::string::npos;
  return is_gone ? Result<void>() : Result<void>(done.error());
}

}  // namespace signalbox::deploy
