/// Source: Service Authorization Reference, Amazon API Gateway Management.

#include "aws/access/permissions.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::permissions {

Needs api_gateway(const NeedContext& context, const http::Request& request) {
  return {{"apigateway:" + request.method, "arn:aws:apigateway:" + context.site.region + "::" + percent_decode(request.path, false)}};
}

}  // namespace signalbox::aws::permissions
