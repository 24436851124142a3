#include "aws/respond.h"

#include "aws/rest_call.h"
#include "aws/xml.h"
#include "json/object_text.h"

namespace signalbox::aws {

namespace {

/// Clients strip it; some logs show it. Coral's own errors have a namespace of their own on AWS.
std::string qualified(const Call& call, const std::string& code) {
  if (code == "ValidationException") return "com.amazon.coral.validate#" + code;
  if (code == "SerializationException" || code == "UnknownOperationException" || code == "InternalFailure" || code == "ServiceUnavailable")
    return "com.amazon.coral.service#" + code;
  switch (call.service) {
    case Service::StepFunctions: return "com.amazonaws.swf.service.v2.model#" + code;
    case Service::Sqs: return "com.amazonaws.sqs#" + code;
    case Service::Sns: return "com.amazonaws.sns#" + code;
    default: return code;
  }
}

http::Response json_response(const Call& call, int status, std::string body) {
  http::Response response{status};
  response.headers.add("Content-Type", call.protocol == Protocol::Json11 ? "application/x-amz-json-1.1" : "application/x-amz-json-1.0");
  response.body = std::move(body);
  return response;
}

http::Response xml_response(int status, std::string body) {
  http::Response response{status};
  response.headers.add("Content-Type", "text/xml");
  response.body = std::move(body);
  return response;
}

/// What SQS and SNS make of a Query call that accepts JSON: the members of the XML answer.
http::Response json_of_query(int status, const Json& body) {
  http::Response response{status};
  response.headers.add("Content-Type", "application/json");
  response.body = body.text();
  return response;
}

Json query_result(const std::string& operation, const Json& result, std::string_view request_id) {
  Json answer = json_object({{"ResponseMetadata", json_object({{"RequestId", request_id}})}});
  if (result.size() > 0) answer = answer.with(operation + "Result", result);
  return json_object({{operation + "Response", answer}});
}

Json query_error(const Failure& failure, std::string_view request_id) {
  const Json error = json_object({{"Code", failure.query_code.value_or(failure.code)},
                                  {"Message", failure.message},
                                  {"Type", failure.status >= 500 ? "Receiver" : "Sender"}});
  return json_object({{"Error", error}, {"RequestId", request_id}});
}

std::string_view namespace_of(Service service) {
  switch (service) {
    case Service::Sqs: return sqs_namespace;
    case Service::Sts: return sts_namespace;
    case Service::Iam: return iam_namespace;
    case Service::CloudFormation: return cloudformation_namespace;
    default: return sns_namespace;
  }
}

}  // namespace

http::Response json_answer(const Call& call, std::string body) { return json_response(call, 200, std::move(body)); }

http::Response query_answer(const Call& call, const Json& result, std::string_view request_id) {
  if (call.json_answer) return json_of_query(200, query_result(call.operation, result, request_id));
  if (call.service == Service::Sqs) return xml_response(200, sqs_response(call.operation, result, request_id));
  return xml_response(200, query_response(namespace_of(call.service), call.operation, result, request_id));
}

http::Response failure_answer(const Call& call, const Failure& failure, std::string_view request_id) {
  if (call.protocol == Protocol::Rest) return rest_failure(failure);
  if (call.protocol == Protocol::Query) {
    Failure shown = failure;
    // The older protocol's text. [recorded on AWS]
    if (failure.code == "QueueDoesNotExist") shown.message = "The specified queue does not exist for this wsdl version.";
    if (call.json_answer) return json_of_query(failure.status, query_error(shown, request_id));
    return xml_response(failure.status, error_response(namespace_of(call.service), shown, request_id));
  }
  auto response = json_response(
      call, failure.status,
      ObjectText().text("__type", qualified(call, failure.code)).text("message", failure.message).text("reason", failure.reason).take());
  if (call.service == Service::Sqs) {
    response.headers.add("x-amzn-query-error",
                         failure.query_code.value_or(failure.code) + (failure.status >= 500 ? ";Receiver" : ";Sender"));
  }
  return response;
}

}  // namespace signalbox::aws
