#include "asl/builder.h"
#include "asl/warnings.h"

namespace signalbox::asl {

PassState parse_pass(StateContext& context) {
  auto& fields = context.fields;
  PassState state;
  state.flow = parse_data_flow(context, FlowFields::Pass);
  fields.only_in(QueryLanguage::JsonPath, {"Result"});
  if (const auto* result = fields.any("Result")) {
    state.result = *result;
    warn_of_static_result(context.report(), *result, fields.at("Result"));
  }
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
