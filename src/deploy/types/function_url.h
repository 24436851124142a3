#pragma once
/// AWS::Lambda::Url: where a function, or an alias of it, is called over HTTP. Ref: ARN of the function or alias. Fn::GetAtt: FunctionUrl, FunctionArn. Changing
/// what is called makes another one.

#include "deploy/resource_type.h"
#include "deploy/types/aws_calls.h"

#include <memory>

namespace signalbox::deploy {

std::unique_ptr<ResourceType> make_function_url_type(const AwsCalls& calls, Site site);

}  // namespace signalbox::deploy
