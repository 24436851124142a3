#pragma once
/// `arn:aws:states:::http:invoke`: calls an HTTP API by a connection of EventBridge. At least once, with the same Idempotency-Key.

#include "aws/resolved_input.h"
#include "signalbox/engine.h"
#include "signalbox/task_handler.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace signalbox::aws {

/// Before Engine::start(). `executor` is the I/O thread's, `reader` its own. A call of the daemon's own URLs, or one that sends them, has them as `resolve` gives them.
/// Errors of the task: States.Http.StatusCode.NNN, States.Http.Socket, Events.ConnectionResource.ResourceNotFound,
/// Events.ConnectionResource.InvalidConnectionState (no OAuth token), States.DataLimitExceeded, States.Runtime.
[[nodiscard]] std::unique_ptr<ExternalTask> make_http_invoke_task(boost::asio::any_io_executor executor, std::unique_ptr<Reader> reader,
                                                                  std::string region, UrlResolver resolve);

}  // namespace signalbox::aws
