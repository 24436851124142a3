#pragma once
/// Which service and operation a request means, and in which protocol it speaks. Pure.

#include "http/http.h"
#include "signalbox/json.h"

#include <string>
#include <string_view>

namespace signalbox::aws {

enum class Service { StepFunctions, Sqs, Sns, Lambda, Logs, Events, Scheduler, Sts, Ssm, Iam, S3, ApiGateway, CloudFormation, Other };
enum class Protocol { Json10, Json11, Query, Rest };

/// By X-Amz-Target, then whether it is S3's, then by form Action and Version, then by path, with the service named in the SigV4 credential scope as tie-breaker.
/// Query calls of SQS may come to the queue's own URL. Which operation a REST call means is its service's to say.
struct Call {
  Service service = Service::Other;
  Protocol protocol = Protocol::Json10;
  std::string service_name;                               ///< as the request says it: `AWSStepFunctions`, `sqs`; for messages
  std::string operation;                                  ///< empty: the request names none
  std::vector<std::pair<std::string, std::string>> form;  ///< Query: its parameters
  bool json_answer = false;                               ///< Query: `Accept: application/json`, as API Gateway sends it
};
[[nodiscard]] Call identify(const http::Request& request);

/// Whether a request belongs to S3, whose paths may look like anybody's: by its credential scope or, unsigned, by a host `bucket.s3.…`.
[[nodiscard]] bool is_s3_request(const http::Request& request);

/// The service in `Authorization: AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, …` or X-Amz-Credential; empty if there is none.
[[nodiscard]] std::string credential_service(const http::Request& request);

}  // namespace signalbox::aws
