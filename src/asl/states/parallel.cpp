#include "asl/builder.h"

namespace signalbox::asl {

ParallelState parse_parallel(StateContext& context) {
  auto& fields = context.fields;
  ParallelState state;
  fields.require({"Branches"});
  if (const auto* branches = fields.array("Branches")) {
    for (std::size_t i = 0; i < branches->size(); ++i) {
      const auto place = element_place(fields.at("Branches"), i);
      if (!branches->elements()[i].is_object()) {
        context.report().fault("Expected value of type [OBJECT]", place);
        continue;
      }
      Fields branch(branches->elements()[i], place, context.builder.language, context.report());
      branch.ignore({"Comment"});
      state.branches.push_back(parse_flow(context.builder, branch, place));
      branch.refuse_others();
    }
  }
  state.flow = parse_data_flow(context, FlowFields::Task);
  state.retry = parse_retry(context);
  state.catchers = parse_catch(context);
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
