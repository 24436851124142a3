#pragma once
/// `aws-sdk:` integrations: a task calls the very operation that the wire calls. What stays in the data file runs in the transaction that steps the
/// execution, so exactly once; what waits for something outside (a function, a message, an activity's task) runs after the commit.
/// Source: Step Functions Developer Guide, "AWS SDK integrations"; spelling of parameters, results and errors as recorded on AWS.

#include "aws/aws_api.h"
#include "aws/resolved_input.h"
#include "signalbox/engine.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace signalbox::aws {

/// Offers all operations of all services that have code here. Before Engine::start(). `executor` is the I/O thread's; what
/// `services` name outlives the engine's thread. `admin_url`, for queues' URLs in results, and `resolve`, for messages and events,
/// are asked on both threads.
void offer_sdk_tasks(Engine& engine, AwsServices services, boost::asio::any_io_executor executor, std::function<std::string()> admin_url,
                     UrlResolver resolve);

}  // namespace signalbox::aws
