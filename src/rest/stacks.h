#pragma once
/// Stacks over REST: `POST /v1/stacks {"path", "parameters", "planOnly", "allowUnsupported"}` deploys from the daemon's own file system, or says what that would do;
/// `GET /v1/stacks` lists, `GET /v1/stacks/{name}` shows one, `DELETE /v1/stacks/{name}` removes it.

#include "deploy/deployer.h"
#include "http/http.h"

#include <functional>
#include <string>
#include <string_view>

namespace signalbox::rest {

/// `resolve` fills the daemon's own URLs into outputs. All references must outlive the router.
void add_stack_routes(http::Router& router, deploy::Deployer& deployer, const Reader& reader,
                      std::function<std::string(std::string_view)> resolve);

}  // namespace signalbox::rest
