#include "asl/builder.h"
#include "asl/warnings.h"

#include <string>

namespace signalbox::asl {

namespace {

/// `Error` or `ErrorPath`, `Cause` or `CausePath`; the path form may be an intrinsic call instead. Spec: Fail State.
std::optional<FailText> parse_text(Fields& fields, const std::string& name) {
  const auto path_name = name + "Path";
  fields.only_in(QueryLanguage::JsonPath, {path_name});
  fields.at_most_one({name, path_name});
  if (fields.is_jsonata() && fields.has(name) && is_jsonata_text(*fields.any(name))) {
    if (auto expression = fields.expression(name)) return std::move(*expression);
    return std::nullopt;
  }
  if (auto constant = fields.string(name)) {
    if (!fields.is_jsonata()) warn_of_missing_path(fields.report(), *constant, fields.at(name));
    return std::move(*constant);
  }
  if (fields.is_jsonata() || !fields.has(path_name)) return std::nullopt;
  const auto text = fields.string(path_name);
  if (!text) return std::nullopt;
  if (!text->starts_with("States.")) {
    if (auto path = fields.reference(path_name)) return std::move(*path);
    return std::nullopt;
  }
  auto call = IntrinsicCall::parse(*text);
  if (call) {
    for (auto& variable : call->variables()) fields.report().reads(std::move(variable));
    return std::move(*call);
  }
  fields.report().fault("Value is not a Reference Path or a valid intrinsic function call: " + call.error().message, fields.at(path_name));
  return std::nullopt;
}

}  // namespace

FailState parse_fail(StateContext& context) {
  FailState state;
  state.error = parse_text(context.fields, "Error");
  state.cause = parse_text(context.fields, "Cause");
  context.flow.has_terminal = true;
  return state;
}

}  // namespace signalbox::asl
