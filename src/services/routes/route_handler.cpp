#include "services/routes/route_handler.h"

#include "services/routes/function_call.h"
#include "services/routes/proxy_event.h"

#include "signalbox/encoding.h"

#include <utility>

namespace signalbox::routes {

namespace {

namespace asio = boost::asio;

asio::awaitable<http::Response> serve(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock, http::Request request) {
  const auto match = match_route(reader, request.method, request.path);
  if (!match) co_return no_route_response();
  FunctionCall asked;
  asked.function = match->route.function;
  asked.payload = proxy_event(request, *match, site, clock.now()).text();
  asked.request_id = random_uuid();
  const auto outcome = co_await call_function(functions, std::move(asked), integration_timeout);
  co_return outcome ? proxy_response(*outcome) : timed_out_response();
}

}  // namespace

http::Handler make_route_handler(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock) {
  return [&reader, &functions, &site, &clock](http::Request&& request) { return serve(reader, functions, site, clock, std::move(request)); };
}

}  // namespace signalbox::routes
