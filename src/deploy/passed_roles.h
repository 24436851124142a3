#pragma once
/// CloudFormation makes resources by their services' APIs, which look at the roles that they are handed. So it is here, with `--iam`.

#include "aws/access/authorizer.h"
#include "deploy/resource_type.h"

namespace signalbox::deploy {

/// What the service would say of a resource that was made or changed just now; nothing of a role that the template does not name, since that is made up
/// here. `authorizer`: one that sees what the stack has written. Errors: InvalidArgument with AWS's text, `where` its code.
[[nodiscard]] Result<void> check_roles(aws::Authorizer& authorizer, const Site& site, const Resource& resource);

}  // namespace signalbox::deploy
