#pragma once
/// Who may call a function URL. Source: Lambda developer guide, "Control access to Lambda function URLs".

#include "aws/access/authorizer.h"
#include "services/function_urls/service.h"
#include "services/keys/authenticate.h"

namespace signalbox::aws::lambda {

/// With the type NONE anybody, if the function's policy lets anybody call it. With AWS_IAM who signs with an API key, a function's pair or a role's temporary
/// credentials, for the service `lambda`; one in a role if policies permit. A URL needs both actions: lambda:InvokeFunctionUrl and lambda:InvokeFunction.
/// `authenticator` must let nobody pass for lack of keys. Null `authorizer`: policies do not count. All of it outlives what is made.
[[nodiscard]] function_urls::Admit make_url_admission(Engine& engine, const services::Authenticator& authenticator, Authorizer* authorizer);

}  // namespace signalbox::aws::lambda
