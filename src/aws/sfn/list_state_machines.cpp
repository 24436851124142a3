#include "aws/page_token.h"
#include "aws/sfn/sfn.h"

namespace signalbox::aws::sfn {

Answer<std::string> list_state_machines_page(const Api& api, const Json& request) {
  Parameters parameters(request);
  const auto limit = page_size(parameters.integer("maxResults", page_range));
  const auto token = parameters.text("nextToken", token_length);
  if (auto fault = parameters.fault()) return *fault;
  std::string after;
  if (token) {
    auto position = read_page_token(api.engine.master_key(), "ListStateMachines", *token);
    if (!position) return invalid_page_token();
    after = std::move(*position);
  }
  auto page = list_state_machines(api.reader, after, limit + 1);
  const bool more = page.size() > limit;
  if (more) page.pop_back();
  ObjectText out;
  out.raw("stateMachines", array_text(page, [](const StateMachineRecord& record) {
            return ObjectText()
                .text("stateMachineArn", record.arn)
                .text("name", record.name)
                .text("type", record.type == StateMachineType::Standard ? "STANDARD" : "EXPRESS")
                .time("creationDate", record.created_at)
                .take();
          }));
  if (more) out.text("nextToken", make_page_token(api.engine.master_key(), "ListStateMachines", page.back().name));
  return out.take();
}

}  // namespace signalbox::aws::sfn
