#pragma once
/// Keeps web pages from driving a daemon that listens on the reader's own machine.

#include "http/http.h"

namespace signalbox::http {

/// Whether a browser sent this on behalf of another site: `Sec-Fetch-Site: cross-site`, or an Origin that is not the Host asked
/// for. On a loopback listener a browser's Host must be a loopback name itself, so that a name that was rebound to 127.0.0.1 does not pass as
/// its own origin; a browser is known by its Origin or, in a GET, by its Accept-Language. Programs that are no browsers may name any Host.
[[nodiscard]] bool is_cross_site(const Request& request, bool loopback_listener);

}  // namespace signalbox::http
