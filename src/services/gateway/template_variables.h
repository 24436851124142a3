#pragma once
/// Renders a mapping template over a request or an integration's answer: `$input`, `$util`, `$context`, `$stageVariables`.
/// Source: API Gateway developer guide, "Mapping template variable reference".

#include "services/gateway/invocation.h"

namespace signalbox::gateway {

/// What `#set($context.requestOverride.header.X = …)` and `$context.responseOverride.…` asked for.
struct Overrides {
  Pairs headers, query, path;
  std::optional<int> status;
};

struct Rendered {
  std::string text;
  Overrides request, response;
};

/// `body` is what `$input.body`, `.json()` and `.path()` see; `.params()` is always the request's. Errors: InvalidArgument with `where` = `body`: the
/// template looks into a body that is no JSON; those of Template::render().
[[nodiscard]] Result<Rendered> render(const velocity::Template& text, const Invocation& invocation, const std::string& body);

}  // namespace signalbox::gateway
