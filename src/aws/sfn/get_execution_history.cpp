#include "aws/history_json.h"
#include "aws/sfn/page.h"

namespace signalbox::aws::sfn {

Answer<std::string> get_execution_history(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto arn = parameters.required("executionArn", arn_length);
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const bool reverse = parameters.boolean("reverseOrder").value_or(false);
  const bool data = parameters.boolean("includeExecutionData").value_or(true);
  const auto token = parameters.text("nextToken", token_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto record = find_execution_by_arn(api.reader, arn);
  if (!record) return record.error();

  const auto scope = "GetExecutionHistory " + std::to_string(record->row.value) + (reverse ? " reverse" : "");
  const auto from = page_start_number(api, scope, token);
  if (!from) return from.error();
  const auto events = read_history(api.reader, *record, from->value_or(reverse ? 0 : 1), reverse, limit);
  std::string list = "[";
  for (const HistoryEvent& event : events) {
    if (list.size() > 1) list += ',';
    append_history_event(list, event, data);
  }
  list += ']';
  ObjectText out;
  out.raw("events", list);
  if (!events.empty()) {
    const auto last = events.back().id;
    const bool more = reverse ? last > 1 : last < record->events;
    if (more) out.text("nextToken", make_page_token(api.engine.master_key(), scope, std::to_string(reverse ? last - 1 : last + 1)));
  }
  return out.take();
}

}  // namespace signalbox::aws::sfn
