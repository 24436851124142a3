#pragma once
/// A request on its way through a stage.

#include "services/http_apis/mapping.h"
#include "services/http_apis/route_selection.h"

#include "signalbox/ids.h"
#include "signalbox/site.h"

#include <chrono>

namespace signalbox::http_apis {

/// What it refers to outlives it.
struct Call {
  const http::Request& request;
  const Snapshot& snapshot;
  std::string stage;
  std::string path;              ///< with the stage unless that is `$default`, decoded, as events show it
  const Route* route = nullptr;  ///< null: none fits
  Pairs path_parameters = {};
  Json stage_variables = Json::empty_object();
  std::string trace_id = {};
  Json context = Json::empty_object();       ///< `$context`
  const http::Response* response = nullptr;  ///< the integration's

  [[nodiscard]] MappingSource source() const { return {request, path_parameters, context, stage_variables, response}; }
};

/// `$context` of a call whose other members are set. Pure. Source: API Gateway developer guide, "Customize HTTP API access logs".
[[nodiscard]] Json call_context(const Call& call, const Site& site, const std::string& request_id, Timestamp now);

}  // namespace signalbox::http_apis
