#pragma once
/// The link a person opens: `GET /verification?token=…` completes the task token with the other query parameters as output.
///
/// Mail scanners open links, so what decides depends on the mode. In `resume` (the default) a GET decides. In `confirm` (for the daemon,
/// or for one state machine by the tag `signalbox:verification=confirm`) no GET decides, whatever it accepts: it shows a page, and only
/// that page's POST, which carries the page's nonce, decides. HEAD, OPTIONS and prefetches decide in neither.
/// Rubbish and tokens of other data files get one same 404; a second visit is told what was decided, with 200; a token whose task ended
/// otherwise (timed out, aborted) gets 410.

#include "http/http.h"
#include "services/gateway/gateway_service.h"
#include "signalbox/engine.h"

namespace signalbox::rest {

enum class VerificationMode : std::uint8_t { Resume, Confirm };

struct VerificationOptions {
  VerificationMode mode = VerificationMode::Resume;
};

/// Adds GET, HEAD, POST and OPTIONS /verification. `engine` and `reader` must outlive the router.
void add_verification_routes(http::Router& router, Engine& engine, const Reader& reader, VerificationOptions options);

/// The same care for links that lead to an integration of API Gateway: a request whose query carries the token of a waiting task, by whatever name. In `confirm`
/// a GET gets the page, and its POST with the nonce goes on as that GET; HEAD and prefetches get no further in either mode.
[[nodiscard]] gateway::Guard make_link_guard(Engine& engine, const Reader& reader, VerificationOptions options);

}  // namespace signalbox::rest
