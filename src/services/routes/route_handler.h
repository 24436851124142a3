#pragma once
/// Serves the routes of templates on the public listener; the handler for what nothing else there matches.

#include "http/http.h"

#include "signalbox/clock.h"
#include "signalbox/functions.h"
#include "signalbox/site.h"
#include "signalbox/store.h"

namespace signalbox::routes {

/// Finds the route, calls its function with the proxy event, and answers as it says. No route: `others` answers. Everything given must outlive the handler;
/// `reader` is used on the I/O thread.
[[nodiscard]] http::Handler make_route_handler(const Reader& reader, FunctionInvoker& functions, const Site& site, const Clock& clock,
                                               http::Handler others);
/// 403, as API Gateway answers where there is nothing.
[[nodiscard]] http::Handler no_route_handler();

}  // namespace signalbox::routes
