// Events put, patterns tried.
#include <cmath>

#include "aws/events/events.h"
#include "services/events/event_pattern.h"
#include "signalbox/encoding.h"

namespace signalbox::aws::events_api {

namespace {

constexpr std::size_t entries_max = 10, bytes_max = 1024 * 1024;

Failure invalid_entry(const char* parameter) {
  return {"InvalidArgument", "Parameter " + std::string(parameter) + " is not valid. Reason: " + parameter + " is a required argument."};
}

/// Epoch seconds, as the protocol has times, or a text, as workflows write them.
std::optional<Timestamp> time_of(const Json* value) {
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_string()) return parse_rfc3339(value->as_string());
  if (!value->is_number()) return std::nullopt;
  return Timestamp{std::chrono::milliseconds{std::llround(value->as_double() * 1000)}};
}

}  // namespace

Answer<events::Event> read_event(const Json& entry) {
  const auto source = find_text(entry, "Source"), detail_type = find_text(entry, "DetailType"), detail = find_text(entry, "Detail");
  if (!source || source->empty()) return invalid_entry("Source");
  if (!detail_type || detail_type->empty()) return invalid_entry("DetailType");
  if (!detail || detail->empty()) return invalid_entry("Detail");
  if (source->starts_with("aws.")) return Failure{"NotAuthorizedForSourceException", "Not authorized for the source."};
  auto parsed = Json::parse(*detail);
  if (!parsed || !parsed->is_object()) return Failure{"MalformedDetail", "Detail is malformed."};
  events::Event event{.bus = bus_name(find_text(entry, "EventBusName")),
                      .source = *source,
                      .detail_type = *detail_type,
                      .detail = std::move(*parsed),
                      .time = time_of(entry.find("Time")),
                      .trace_header = find_text(entry, "TraceHeader")};
  if (const Json* resources = entry.find("Resources"); resources && resources->is_array()) {
    for (const Json& resource : resources->elements()) {
      if (resource.is_string()) event.resources.emplace_back(resource.as_string());
    }
  }
  return event;
}

Json put_entries(const events::Events& events, EngineTransaction& transaction, const Json& entries) {
  Json::Array answers;
  std::int64_t failed = 0;
  const auto fail = [&](const std::string& code, const std::string& message) {
    ++failed;
    answers.push_back(json_object({{"ErrorCode", Json(code)}, {"ErrorMessage", Json(message)}}));
  };
  for (const Json& entry : entries.elements()) {
    const auto event = read_event(entry);
    if (!event) {
      fail(event.error().code, event.error().message);
      continue;
    }
    const auto id = events.put(transaction, *event);
    if (id) answers.push_back(json_object({{"EventId", Json(*id)}}));
    else fail(id.error().where.empty() ? "InternalFailure" : id.error().where, id.error().message);
  }
  return json_object({{"FailedEntryCount", Json(failed)}, {"Entries", Json(std::move(answers))}});
}

std::optional<Failure> entries_fault(const Json& entries) {
  if (entries.size() == 0 || entries.size() > entries_max) {
    return Failure{"ValidationException", "1 validation error detected: Value '" + entries.text().substr(0, 100) +
                                              "' at 'entries' failed to satisfy constraint: Member must have length " +
                                              (entries.size() == 0 ? "greater than or equal to 1" : "less than or equal to 10")};
  }
  if (entries.text_bytes() > bytes_max)
    return Failure{"ValidationException", "Total size of the entries in the request is over the limit."};
  return std::nullopt;
}

Answer<Json> put_events(const OperationContext& context, EngineTransaction& transaction, const Json& request) {
  Parameters parameters(request);
  const Json* entries = parameters.required_array("Entries");
  if (auto fault = parameters.fault()) return *fault;
  if (auto fault = entries_fault(*entries)) return *fault;
  return put_entries(*context.services.events, transaction, *entries);
}

Answer<Json> test_event_pattern(const OperationContext&, const Reader&, const Json& request) {
  Parameters parameters(request);
  const auto pattern_text = parameters.required("EventPattern"), event_text = parameters.required("Event");
  if (auto fault = parameters.fault()) return *fault;
  const auto pattern = events::EventPattern::parse(pattern_text);
  if (!pattern) return Failure{"InvalidEventPatternException", pattern.error().message};
  const auto event = Json::parse(event_text);
  if (!event || !event->is_object()) return Failure{"ValidationException", "Parameter Event is not valid."};
  for (const char* member : {"id", "account", "source", "time", "region", "resources", "detail-type"}) {
    if (!event->find(member)) return Failure{"ValidationException", "Parameter Event is not valid."};
  }
  return json_object({{"Result", pattern->matches(*event)}});
}

}  // namespace signalbox::aws::events_api
