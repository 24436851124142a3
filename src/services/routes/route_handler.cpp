#include "services/routes/route_handler.h"

#include "services/routes/proxy_event.h"

#include "signalbox/encoding.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace signalbox::routes {

namespace {

namespace asio = boost::asio;

/// The function's outcome; it comes on the I/O thread.
asio::awaitable<FunctionOutcome> call(FunctionInvoker& functions, FunctionCall request) {
  auto initiate = [&functions](auto handler, FunctionCall asked) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    functions.invoke(std::move(asked), [shared](FunctionOutcome outcome) { (*shared)(std::move(outcome)); });
  };
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(FunctionOutcome)>(std::move(initiate), asio::use_awaitable, std::move(request));
}

asio::awaitable<http::Response> serve(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock, http::Request request) {
  const auto match = match_route(reader, request.method, request.path);
  if (!match) co_return no_route_response();
  FunctionCall asked;
  asked.function = match->route.function;
  asked.payload = proxy_event(request, *match, site, clock.now()).text();
  asked.request_id = random_uuid();
  const auto outcome = co_await call(functions, std::move(asked));
  co_return proxy_response(outcome);
}

}  // namespace

http::Handler make_route_handler(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock) {
  return [&reader, &functions, &site, &clock](http::Request request) { return serve(reader, functions, site, clock, std::move(request)); };
}

}  // namespace signalbox::routes
