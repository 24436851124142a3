#include "aws/call.h"

#include <algorithm>
#include <array>

#include "aws/s3/address.h"
#include "http/text.h"

namespace signalbox::aws {

namespace {

struct Known {
  Service service;
  std::string_view target;   ///< X-Amz-Target before the dot
  std::string_view version;  ///< Query
  std::string_view scope;    ///< SigV4
};
constexpr std::array known{Known{Service::StepFunctions, "AWSStepFunctions", "2016-11-23", "states"},
                           Known{Service::Sqs, "AmazonSQS", "2012-11-05", "sqs"},
                           Known{Service::Sns, "", "2010-03-31", "sns"},
                           Known{Service::Logs, "Logs_20140328", "2014-03-28", "logs"},
                           Known{Service::Events, "AWSEvents", "2015-10-07", "events"},
                           Known{Service::Ssm, "AmazonSSM", "2014-11-06", "ssm"},
                           Known{Service::Sts, "", "2011-06-15", "sts"},
                           Known{Service::Iam, "", "2010-05-08", "iam"},
                           Known{Service::CloudFormation, "", "2010-05-15", "cloudformation"},
                           Known{Service::Lambda, "", "", "lambda"},
                           Known{Service::Scheduler, "", "", "scheduler"},
                           Known{Service::ApiGateway, "", "", "apigateway"}};

/// Services spoken in REST, by what their paths begin with. `/tags` is several services'.
struct RestPath {
  std::string_view prefix;
  Service service;
};
constexpr std::array rest_paths{RestPath{"/schedules", Service::Scheduler}, RestPath{"/schedule-groups", Service::Scheduler},
                                RestPath{"/restapis", Service::ApiGateway}, RestPath{"/v2/apis", Service::ApiGateway}};

Service by_scope(std::string_view scope) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) { return each.scope == scope; });
  return found == known.end() ? Service::Other : found->service;
}

std::string value_of(const std::vector<std::pair<std::string, std::string>>& form, std::string_view name) {
  const auto found = std::find_if(form.begin(), form.end(), [&](const auto& field) { return field.first == name; });
  return found == form.end() ? std::string() : found->second;
}

Call by_target(std::string_view target, const http::Request& request) {
  Call call;
  const auto dot = target.rfind('.');
  call.service_name = target.substr(0, dot);
  if (dot != std::string_view::npos) call.operation = target.substr(dot + 1);
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Known& each) { return !each.target.empty() && each.target == call.service_name; });
  if (found != known.end()) call.service = found->service;
  if (request.headers.get("Content-Type").value_or("").find("amz-json-1.1") != std::string_view::npos) call.protocol = Protocol::Json11;
  return call;
}

bool is_below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

/// `/2015-03-31/functions…`: all of Lambda's paths begin with the day on which the operation appeared.
bool begins_with_date(std::string_view path) {
  constexpr std::string_view form = "/dddd-dd-dd/";
  if (path.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == 'd' ? path[i] < '0' || path[i] > '9' : path[i] != form[i]) return false;
  }
  return true;
}

Service by_path(std::string_view path, Service scope) {
  if (begins_with_date(path)) return Service::Lambda;
  for (const auto& [prefix, service] : rest_paths) {
    if (is_below(path, prefix)) return service;
  }
  return is_below(path, "/tags") && (scope == Service::Lambda || scope == Service::Scheduler) ? scope : Service::Other;
}

/// `/000000000000/queue`
bool is_queue_path(std::string_view path) { return path.size() > 1 && std::count(path.begin(), path.end(), '/') == 2; }

}  // namespace

std::string credential_service(const http::Request& request) {
  std::string_view credential;
  if (const auto header = request.headers.get("Authorization")) {
    const auto start = header->find("Credential=");
    if (start != std::string_view::npos) credential = header->substr(start + 11);
  } else if (const auto query = request.query_value("X-Amz-Credential")) {
    credential = *query;
  }
  for (int i = 0; i < 3 && !credential.empty(); ++i) {
    const auto slash = credential.find('/');
    credential = slash == std::string_view::npos ? std::string_view() : credential.substr(slash + 1);
  }
  return std::string(credential.substr(0, credential.find('/')));
}

bool is_s3_request(const http::Request& request) {
  if (request.headers.get("X-Amz-Target")) return false;
  const auto scope = credential_service(request);
  // Buckets whose names end in `--x-s3` are directory buckets to newer clients, which sign for them by another name.
  if (!scope.empty()) return scope == "s3" || scope == "s3express";
  const bool presigned_as_of_old =
      request.query_value("AWSAccessKeyId") && request.query_value("Signature");  // signature version 2, of S3 alone
  return presigned_as_of_old || s3::names_a_bucket_as_host(request);
}

Call identify(const http::Request& request) {
  if (const auto target = request.headers.get("X-Amz-Target")) return by_target(*target, request);
  Call call;
  if (is_s3_request(request)) {
    call.service = Service::S3;
    call.protocol = Protocol::Rest;
    call.service_name = "s3";
    return call;
  }
  call.protocol = Protocol::Query;
  call.form = request.query;
  call.json_answer = http::equal_ignoring_case(http::trim(request.headers.get("Accept").value_or("")), "application/json");
  const auto type = request.headers.get("Content-Type").value_or("");
  if (http::equal_ignoring_case(http::trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded")) {
    auto body = http::parse_form(request.body);
    call.form.insert(call.form.end(), std::make_move_iterator(body.begin()), std::make_move_iterator(body.end()));
  }
  call.operation = value_of(call.form, "Action");
  const auto version = value_of(call.form, "Version");
  const auto scope = credential_service(request);
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const Known& each) { return !each.version.empty() && each.version == version; });
  if (found != known.end()) call.service = found->service;
  if (call.service == Service::Other && call.operation.empty()) call.service = by_path(request.path, by_scope(scope));
  if (call.service == Service::Other) call.service = by_scope(scope);
  if (call.service == Service::Lambda || call.service == Service::Scheduler || call.service == Service::ApiGateway)
    call.protocol = Protocol::Rest;
  if (call.service == Service::Other && version.empty() && is_queue_path(request.path)) call.service = Service::Sqs;
  call.service_name = scope.empty() ? version : scope;
  return call;
}

}  // namespace signalbox::aws
