#include <charconv>

#include "aws/history_json.h"
#include "aws/page_token.h"
#include "aws/sfn/sfn.h"

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
  std::int64_t from = reverse ? 0 : 1;
  if (token) {
    const auto position = read_page_token(api.engine.master_key(), scope, *token);
    if (!position) return invalid_page_token();
    std::from_chars(position->data(), position->data() + position->size(), from);
  }
  const auto events = read_history(api.reader, *record, from, reverse, limit);
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
