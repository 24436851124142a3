#include "services/http_apis/api_document.h"

#include "base/text.h"
#include "services/http_apis/model.h"
#include "services/http_apis/rules.h"

#include "services/gateway/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace signalbox::http_apis {

namespace {

constexpr std::string_view integration_member = "x-amazon-apigateway-integration";
constexpr std::array path_members{"parameters", "summary", "description", "servers"};

/// What an integration is called in a document, and in the control plane.
constexpr std::array integration_members{std::pair{"uri", "integrationUri"},
                                         std::pair{"httpMethod", "integrationMethod"},
                                         std::pair{"credentials", "credentialsArn"},
                                         std::pair{"payloadFormatVersion", "payloadFormatVersion"},
                                         std::pair{"integrationSubtype", "integrationSubtype"},
                                         std::pair{"connectionType", "connectionType"},
                                         std::pair{"connectionId", "connectionId"},
                                         std::pair{"timeoutInMillis", "timeoutInMillis"},
                                         std::pair{"requestParameters", "requestParameters"},
                                         std::pair{"responseParameters", "responseParameters"},
                                         std::pair{"tlsConfig", "tlsConfig"},
                                         std::pair{"description", "description"}};

class Reading {
 public:
  Reading(const Json& document, std::vector<Error>& faults) : document_(document), faults_(faults) {}

  ApiDocument run() {
    if (!member_text(document_, "openapi").starts_with("3.0"))
      fault("", "the document is not OpenAPI 3.0, which HTTP APIs are described in");
    read_members();
    const auto* paths = document_.find("paths");
    if (paths && paths->is_object())
      for (const auto& [path, item] : paths->members()) read_path(path, item);
    return std::move(read_);
  }

 private:
  void fault(std::string where, std::string message) {
    faults_.push_back(error(ErrorCode::InvalidArgument, std::move(message), std::move(where)));
  }

  void read_members() {
    read_.members = gateway::with_info(read_.members, document_.find("info"));
    if (const auto* cors = document_.find("x-amazon-apigateway-cors")) read_.members = read_.members.with("corsConfiguration", *cors);
  }

  void read_path(const std::string& path, const Json& item) {
    const auto place = gateway::document_place("/paths", path);
    if (!item.is_object()) return fault(place, "an object is expected");
    for (const auto& [name, operation] : item.members()) {
      const auto method = std::find_if(gateway::document_methods.begin(), gateway::document_methods.end(),
                                       [&name = name](const auto& one) { return one.first == name; });
      if (method != gateway::document_methods.end()) read_route(path, method->second, operation, gateway::document_place(place, name));
      else if (!name.starts_with("x-") && std::find(path_members.begin(), path_members.end(), name) == path_members.end())
        fault(gateway::document_place(place, name), fmt::format("'{}' is no method of HTTP APIs", name));
    }
  }

  void read_route(const std::string& path, const char* method, const Json& operation, const std::string& place) {
    const bool is_default = path == "$default" || path == "/$default" || gateway::is_true(operation.find("isDefaultRoute"));
    DocumentedRoute route{.key = is_default ? std::string(default_stage) : fmt::format("{} {}", method, path),
                          .operation = member_text(operation, "operationId"),
                          .integration = {}};
    if (const auto key = parse_route_key(route.key); !key) return fault(place, key.error().message);
    check_security(operation, place);
    if (const auto* integration = operation.find(integration_member))
      route.integration =
          read_integration_record(gateway::document_target(document_, *integration), gateway::document_place(place, integration_member));
    read_.routes.push_back(std::move(route));
  }

  void check_security(const Json& operation, const std::string& place) {
    const auto* needs = operation.find("security") ? operation.find("security") : document_.find("security");
    if (!needs || !needs->is_array()) return;
    for (const auto& need : needs->elements())
      if (need.is_object() && need.size() > 0)
        fault(gateway::document_place(place, "security"),
              fmt::format("the security scheme '{}' is not offered here: there are no authorizers", need.members().front().name));
  }

  Json read_integration_record(const Json& given, const std::string& place) {
    Json record = json_object({{"integrationType", ascii_upper(member_text(given, "type"))}});
    for (const auto& [name, value] : given.members()) {
      const auto known = std::find_if(integration_members.begin(), integration_members.end(),
                                      [&name = name](const auto& one) { return one.first == name; });
      if (known != integration_members.end()) record = record.with(known->second, value);
      else if (name != "type" && name != "passthroughBehavior")
        fault(gateway::document_place(place, name), fmt::format("'{}' is not offered here", name));
    }
    if (const auto read = read_integration(record); !read) fault(place, read.error().message);
    return record;
  }

  const Json& document_;
  std::vector<Error>& faults_;
  ApiDocument read_;
};

std::string documented_route_id(std::string_view api, std::string_view key) {
  return gateway::stable_id({api, "route", key}, part_id_length);
}
std::string documented_integration_id(std::string_view api, std::string_view key) {
  return gateway::stable_id({api, "integration of", key}, part_id_length);
}

void clear(Transaction& transaction, std::string_view api, Replacing replacing) {
  std::set<std::string> integrations;
  for (const auto& [id, record] : list_items(transaction, api, Kind::Route)) {
    const auto key = member_text(record, "routeKey");
    if (replacing == Replacing::Documented && id != documented_route_id(api, key)) continue;
    integrations.insert(documented_integration_id(api, key));
    erase_item(transaction, api, Kind::Route, id);
  }
  for (const auto& [id, record] : list_items(transaction, api, Kind::Integration))
    if (replacing == Replacing::All || integrations.contains(id)) erase_item(transaction, api, Kind::Integration, id);
}

}  // namespace

ApiDocument read_document(const Json& document, std::vector<Error>& faults) {
  if (document.is_object()) return Reading(document, faults).run();
  faults.push_back(error(ErrorCode::InvalidArgument, "a document in OpenAPI 3.0 is expected"));
  return {};
}

Result<void> put_document(Transaction& transaction, std::string_view api, const ApiDocument& document, Replacing replacing) {
  if (auto there = get_api(transaction, api); !there) return there.error();
  clear(transaction, api, replacing);
  for (const auto& route : document.routes) {
    Json record = json_object({{"routeKey", route.key}});
    if (!route.operation.empty()) record = record.with("operationName", Json(route.operation));
    if (!route.integration.is_null()) {
      const auto id = documented_integration_id(api, route.key);
      if (auto put = put_integration(transaction, api, id, route.integration); !put) return put.error();
      record = record.with("target", Json("integrations/" + id));
    }
    if (auto put = put_route(transaction, api, documented_route_id(api, route.key), record); !put) return put.error();
  }
  return {};
}

}  // namespace signalbox::http_apis
