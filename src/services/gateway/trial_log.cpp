#include "services/gateway/trial_log.h"

#include "http/text.h"
#include "signalbox/encoding.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::gateway {

namespace {

/// `{a=1, b=2}`
std::string printed(const Pairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += (text.empty() ? "" : ", ") + name + "=" + value;
  return "{" + text + "}";
}

}  // namespace

TrialLog::TrialLog(std::string_view request_id, Timestamp now)
    : time_(fmt::format("{:%a %b %d %H:%M:%S UTC %Y}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)))),
      text_(fmt::format("Execution log for request {}\n", request_id)) {
  line(fmt::format("Starting execution for request: {}", request_id));
}

void TrialLog::line(std::string_view text) { text_ += fmt::format("{} : {}\n", time_, text); }

void TrialLog::begin(const Invocation& invocation) {
  const auto& request = invocation.request;
  line(fmt::format("HTTP Method: {}, Resource Path: {}", request.method, request.path));
  line("Method request path: " + printed(invocation.path_parameters));
  line("Method request query string: " + printed(request.query));
  line("Method request headers: " + printed(request.headers.all()));
  line("Method request body before transformations: " + request.body);
}

void TrialLog::end(const http::Response& response, const Invocation& invocation) {
  if (const auto status = text_at(invocation.context, "integrationStatus"))
    line(fmt::format("Received response. Status: {}, Integration latency: {} ms", *status,
                     text_at(invocation.context, "integrationLatency").value_or("0")));
  line("Method response body after transformations: " + response.body);
  line("Method response headers: " + printed(response.headers.all()));
  line(response.status >= 500 ? "Execution failed" : "Successfully completed execution");
  line(fmt::format("Method completed with status: {}", response.status));
}

http::Request trial_request(const MethodTrial& trial, const ApiResource& resource) {
  http::Request request;
  request.method = trial.method == "ANY" ? "GET" : trial.method;
  request.target = trial.target.empty() ? resource.path : trial.target;
  if (!request.target.starts_with('/')) request.target = "/" + request.target;
  const auto question = std::min(request.target.find('?'), request.target.size());
  request.path = request.target.substr(0, question);
  if (question < request.target.size()) request.query = http::parse_form(std::string_view(request.target).substr(question + 1));
  for (const auto& [name, value] : trial.headers) request.headers.add(name, value);
  request.body = trial.body;
  request.client_address = "test-invoke-source-ip";
  request.request_id = random_uuid();
  request.listener = http::Listener::Public;
  return request;
}

}  // namespace signalbox::gateway
