#include "aws/sfn/page.h"

namespace signalbox::aws::sfn {

Answer<std::string> list_state_machines_page(const Api& api, const Json& request) {
  constexpr std::string_view scope = "ListStateMachines";
  Parameters parameters(request);
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const auto token = parameters.text("nextToken", token_length);
  if (auto fault = parameters.fault()) return *fault;
  const auto after = page_start(api, scope, token);
  if (!after) return after.error();
  auto page = list_state_machines(api.reader, after->value_or(""), limit + 1);
  const auto next = cut_page(api, scope, page, limit, [](const StateMachineRecord& record) { return record.name; });
  ObjectText out;
  out.raw("stateMachines", array_text(page, [](const StateMachineRecord& record) {
            return ObjectText()
                .text("stateMachineArn", record.arn)
                .text("name", record.name)
                .text("type", record.type == StateMachineType::Standard ? "STANDARD" : "EXPRESS")
                .time("creationDate", record.created_at)
                .take();
          }));
  return out.text("nextToken", next).take();
}

}  // namespace signalbox::aws::sfn
