#include "services/routes/route_handler.h"

#include "services/routes/function_call.h"
#include "services/routes/proxy_event.h"

#include "signalbox/encoding.h"

#include <utility>

namespace signalbox::routes {

namespace {

namespace asio = boost::asio;

asio::awaitable<http::Response> serve(FunctionInvoker& functions, RouteMatch match, const Site& site, const Clock& clock,
                                      http::Request request) {
  FunctionCall asked;
  asked.function = match.route.function;
  asked.payload = proxy_event(request, match, site, clock.now()).text();
  asked.request_id = random_uuid();
  const auto outcome = co_await call_function(functions, std::move(asked), integration_timeout);
  co_return outcome ? proxy_response(*outcome) : timed_out_response();
}

asio::awaitable<http::Response> no_route() { co_return no_route_response(); }

}  // namespace

http::Handler make_route_handler(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock,
                                 http::Handler others) {
  return [&reader, &functions, &site, &clock, others = std::move(others)](http::Request&& request) {
    auto match = match_route(reader, request.method, request.path);
    return match ? serve(functions, std::move(*match), site, clock, std::move(request)) : others(std::move(request));
  };
}

http::Handler no_route_handler() {
  return [](http::Request&&) { return no_route(); };
}

}  // namespace signalbox::routes
