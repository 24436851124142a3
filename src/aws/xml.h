#pragma once
/// Answers of the Query protocol: the tree that the JSON protocol would send, as XML.

#include "aws/failure.h"
#include "signalbox/json.h"

#include <string>
#include <string_view>

namespace signalbox::aws {

/// `<OPResponse xmlns="…"><OPResult>…</OPResult><ResponseMetadata>…`. Lists are `<member>` elements and maps `<entry><key/><value/></entry>`
/// elements inside one of their name. [Query protocol, SNS]
[[nodiscard]] std::string sns_response(std::string_view operation, const Json& result, std::string_view request_id);
/// The same with SQS's flattened lists and maps: `Messages` is a sequence of `<Message>`, `Attributes` one of `<Attribute><Name/><Value/></Attribute>`.
[[nodiscard]] std::string sqs_response(std::string_view operation, const Json& result, std::string_view request_id);
/// As sns_response(), for another service.
[[nodiscard]] std::string query_response(std::string_view xml_namespace, std::string_view operation, const Json& result,
                                         std::string_view request_id);
[[nodiscard]] std::string error_response(std::string_view xml_namespace, const Failure& failure, std::string_view request_id);

inline constexpr std::string_view sns_namespace = "http://sns.amazonaws.com/doc/2010-03-31/";
inline constexpr std::string_view sts_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
inline constexpr std::string_view iam_namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
inline constexpr std::string_view cloudformation_namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
inline constexpr std::string_view sqs_namespace = "http://queue.amazonaws.com/doc/2012-11-05/";

}  // namespace signalbox::aws
