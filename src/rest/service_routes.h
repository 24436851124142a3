#pragma once
/// REST over the services: what people look at when a workflow does not do what they expect. All references must outlive the router.

#include "http/http.h"
#include "signalbox/engine.h"
#include "signalbox/mail.h"
#include "signalbox/queues.h"
#include "signalbox/schedules.h"
#include "signalbox/topics.h"

#include <functional>
#include <string>

namespace signalbox::functions {
class LogFiles;
}

namespace signalbox::rest {

/// `GET /v1/outbox`, newest first, texts decoded and with the daemon's own URLs filled in; `GET /v1/outbox/{id}`.
void add_outbox_routes(http::Router& router, const Reader& reader, std::function<std::string()> public_url);
/// `GET /v1/queues`, `GET /v1/queues/{name}`, `POST /v1/queues/{name}/messages`.
void add_queue_routes(http::Router& router, Engine& engine, const Reader& reader, const Queues& queues);
/// `GET /v1/topics`, `GET /v1/topics/{name}` with its subscriptions, `POST /v1/topics/{name}/messages`.
void add_topic_routes(http::Router& router, Engine& engine, const Reader& reader, const Topics& topics);
/// `GET /v1/functions`, `GET /v1/functions/{name}`, `GET /v1/functions/{name}/logs`.
void add_function_routes(http::Router& router, const Reader& reader, const functions::LogFiles& logs);
/// `GET /v1/schedules`, `GET /v1/schedules/{name}` with its next firings, `POST …/pause`, `POST …/resume`.
void add_schedule_routes(http::Router& router, Engine& engine, const Reader& reader, const Schedules& schedules);
/// `GET`, `POST /v1/keys`, `DELETE /v1/keys/{id}`.
void add_key_routes(http::Router& router, Engine& engine, const Reader& reader);

}  // namespace signalbox::rest
