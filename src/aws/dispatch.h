#pragma once
/// A service's operation by name, whatever kind of function it is.

#include "aws/call.h"
#include "aws/operation.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws {

/// Of the services whose operations need nothing of their own around them; null for the others.
[[nodiscard]] const Catalogue* catalogue_of(Service service);

/// Those that have code here.
[[nodiscard]] std::vector<std::string> operations_of(Service service);
/// Whether it waits for something outside of the data file, so that it cannot run inside of a transaction.
[[nodiscard]] bool is_long(Service service, std::string_view operation);

/// Errors: the operation's; UnknownOperationException.
[[nodiscard]] asio::awaitable<Answer<Json>> call_operation(OperationContext context, Service service, std::string operation,
                                                           const Reader& reader, Json request);

}  // namespace signalbox::aws
