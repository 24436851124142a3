#include "signalbox/schedules.h"

#include <charconv>

#include "rest/request.h"
#include "rest/service_routes.h"
#include "signalbox/async.h"
#include "signalbox/encoding.h"

namespace signalbox::rest {

namespace {

using http::asio::awaitable;

/// In a path a schedule is NAME (of the default group, or else the rule of that name) or GROUP~NAME, which no name can hold.
Result<ScheduleRecord> find(const Reader& reader, const Schedules& schedules, std::string_view text) {
  const auto tilde = text.find('~');
  if (tilde != std::string_view::npos)
    return schedules.find(reader, {std::string(text.substr(0, tilde)), std::string(text.substr(tilde + 1))});
  auto found = schedules.find(reader, {std::string(default_schedule_group), std::string(text)});
  if (found) return found;
  auto rule = schedules.find(reader, {std::string(default_rule_group), std::string(text)});
  return rule ? rule : found;
}

Json catch_up_json(const CatchUp& catch_up) {
  return json_object({{"at", format_rfc3339(catch_up.at)},
                      {"first", format_rfc3339(catch_up.first)},
                      {"last", format_rfc3339(catch_up.last)},
                      {"missed", catch_up.missed},
                      {"ran", catch_up.ran}});
}

Json to_json(const Schedules& schedules, const ScheduleRecord& schedule) {
  const auto& definition = schedule.definition;
  return present_members({{"name", definition.id.name},
                          {"group", definition.id.group},
                          {"arn", schedules.arn(definition.id)},
                          {"expression", definition.expression},
                          {"timeZone", definition.time_zone},
                          {"state", definition.enabled ? "ENABLED" : "DISABLED"},
                          {"nextAt", optional_time(schedule.next_at)},
                          {"lastFiredAt", optional_time(schedule.last_fired_at)},
                          {"firings", schedule.firings},
                          {"missed", schedule.missed},
                          {"missedFirings", to_string(definition.missed_firings)},
                          {"lastCatchUp", schedule.last_catch_up ? catch_up_json(*schedule.last_catch_up) : Json()},
                          {"lastError", optional_text(schedule.last_error)},
                          {"target", definition.targets.empty() ? Json() : Json(definition.targets.front().arn)},
                          {"input", definition.targets.empty() ? Json() : optional_text(definition.targets.front().input)},
                          {"stack", optional_text(definition.stack)}});
}

/// `GROUP~NAME`.
std::optional<ScheduleId> read_cursor(const http::Request& request) {
  const auto cursor = request.query_value("cursor");
  if (!cursor || cursor->find('~') == std::string_view::npos) return std::nullopt;
  const auto tilde = cursor->find('~');
  return ScheduleId{std::string(cursor->substr(0, tilde)), std::string(cursor->substr(tilde + 1))};
}

awaitable<http::Response> list(const Reader& reader, const Schedules& schedules, http::Request request) {
  const auto limit = read_limit(request);
  if (!limit) co_return problem(limit.error());
  const auto found = schedules.list(reader, std::nullopt, read_cursor(request), *limit + 1);
  Json::Array items;
  for (std::size_t i = 0; i < found.size() && i < *limit; ++i) items.push_back(to_json(schedules, found[i]));
  Json next;
  if (found.size() > *limit) next = found[*limit - 1].definition.id.group + "~" + found[*limit - 1].definition.id.name;
  co_return answer(200, present_members({{"schedules", Json(std::move(items))}, {"cursor", next}}));
}

awaitable<http::Response> get(const Engine& engine, const Reader& reader, const Schedules& schedules, http::Request request) {
  const auto schedule = find(reader, schedules, request.parameter("name"));
  if (!schedule) co_return problem(schedule.error());
  std::size_t count = 5;
  if (const auto wanted = request.query_value("next")) {
    const auto [end, fault] = std::from_chars(wanted->data(), wanted->data() + wanted->size(), count);
    if (fault != std::errc{} || end != wanted->data() + wanted->size() || count < 1 || count > 100) {
      co_return problem(
          error(ErrorCode::InvalidArgument, "next must be a number from 1 to 100, not '" + std::string(*wanted) + "'", "next"));
    }
  }
  const auto firings = schedules.next_firings(*schedule, count, engine.clock().now());
  if (!firings) co_return problem(firings.error());
  Json::Array next;
  for (const auto& firing : *firings) next.emplace_back(format_rfc3339(firing));
  co_return answer(200, to_json(schedules, *schedule).with("nextFirings", Json(std::move(next))));
}

awaitable<http::Response> change(Engine& engine, const Reader& reader, const Schedules& schedules, http::Request request, bool pause) {
  const auto schedule = find(reader, schedules, request.parameter("name"));
  if (!schedule) co_return problem(schedule.error());
  std::function<Result<ScheduleRecord>(EngineTransaction&)> work = [&schedules, id = schedule->definition.id,
                                                                    pause](EngineTransaction& transaction) {
    return pause ? schedules.pause(transaction, id) : schedules.resume(transaction, id);
  };
  auto changed = co_await transact<ScheduleRecord>(engine, std::move(work));
  if (!changed) co_return problem(changed.error());
  co_return answer(200, to_json(schedules, *changed));
}

}  // namespace

void add_schedule_routes(http::Router& router, Engine& engine, const Reader& reader, const Schedules& schedules) {
  router.on("GET", "/v1/schedules", [&](http::Request&& request) { return list(reader, schedules, std::move(request)); });
  router.on("GET", "/v1/schedules/{name}", [&](http::Request&& request) { return get(engine, reader, schedules, std::move(request)); });
  router.on("POST", "/v1/schedules/{name}/pause",
            [&](http::Request&& request) { return change(engine, reader, schedules, std::move(request), true); });
  router.on("POST", "/v1/schedules/{name}/resume",
            [&](http::Request&& request) { return change(engine, reader, schedules, std::move(request), false); });
}

}  // namespace signalbox::rest
