#include "aws/logs/logs.h"

namespace signalbox::aws::logs_api {

const Catalogue& catalogue() {
  static const Catalogue table{.operations = {{"CreateLogGroup", &create_log_group},
                                              {"CreateLogStream", &create_log_stream},
                                              {"DeleteLogGroup", &delete_log_group},
                                              {"DeleteLogStream", &delete_log_stream},
                                              {"DeleteResourcePolicy", &delete_resource_policy},
                                              {"DeleteRetentionPolicy", &delete_retention_policy},
                                              {"DescribeLogGroups", &describe_log_groups},
                                              {"DescribeLogStreams", &describe_log_streams},
                                              {"DescribeMetricFilters", &describe_metric_filters},
                                              {"DescribeResourcePolicies", &describe_resource_policies},
                                              {"DescribeSubscriptionFilters", &describe_subscription_filters},
                                              {"FilterLogEvents", &filter_log_events},
                                              {"GetLogEvents", &get_log_events},
                                              {"ListTagsForResource", &list_tags_for_resource},
                                              {"ListTagsLogGroup", &list_tags_for_resource},
                                              {"PutLogEvents", &put_log_events},
                                              {"PutResourcePolicy", &put_resource_policy},
                                              {"PutRetentionPolicy", &put_retention_policy},
                                              {"TagLogGroup", &tag_resource},
                                              {"TagResource", &tag_resource},
                                              {"UntagLogGroup", &untag_resource},
                                              {"UntagResource", &untag_resource}},
                               .not_offered = {"AssociateKmsKey",
                                               "CancelExportTask",
                                               "CreateExportTask",
                                               "DeleteDestination",
                                               "DeleteMetricFilter",
                                               "DeleteQueryDefinition",
                                               "DeleteSubscriptionFilter",
                                               "DescribeDestinations",
                                               "DescribeExportTasks",
                                               "DescribeQueries",
                                               "DescribeQueryDefinitions",
                                               "DisassociateKmsKey",
                                               "GetLogGroupFields",
                                               "GetLogRecord",
                                               "GetQueryResults",
                                               "PutDestination",
                                               "PutMetricFilter",
                                               "PutQueryDefinition",
                                               "PutSubscriptionFilter",
                                               "StartLiveTail",
                                               "StartQuery",
                                               "StopQuery",
                                               "TestMetricFilter"}};
  return table;
}

Failure invalid_parameter(std::string message) { return {"InvalidParameterException", std::move(message)}; }

Failure failure_of(const Error& error) {
  if (error.where.ends_with("Exception")) return {error.where, error.message};
  return general_failure(error);
}

std::optional<Failure> fault_of(const Parameters& parameters) {
  auto fault = parameters.fault();
  if (fault && fault->code == "ValidationException") fault->code = "InvalidParameterException";
  return fault;
}

std::string group_arn(const OperationContext& context, std::string_view name) {
  return context.services.engine.site().arn("logs", "log-group:" + std::string(name));
}

}  // namespace signalbox::aws::logs_api
