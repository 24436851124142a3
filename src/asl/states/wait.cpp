#include "asl/builder.h"

#include "signalbox/encoding.h"

namespace signalbox::asl {

namespace {

std::optional<Timestamp> parse_timestamp(Fields& fields) {
  const auto text = fields.string("Timestamp");
  if (!text) return std::nullopt;
  const auto timestamp = parse_rfc3339(*text);
  if (!timestamp) fields.report().fault("String does not match RFC3339 timestamp", fields.at("Timestamp"));
  return timestamp;
}

bool has_expression(Fields& fields, std::string_view name) {
  const auto* value = fields.any(name);
  return value && fields.is_jsonata() && is_jsonata_text(*value);
}

}  // namespace

WaitState parse_wait(StateContext& context) {
  auto& fields = context.fields;
  WaitState state;
  parse_in_and_out(context, state.input_path, state.output_path, state.output);
  fields.exactly_one({"SecondsPath", "Seconds", "TimestampPath", "Timestamp"});
  fields.only_in(QueryLanguage::JsonPath, {"SecondsPath", "TimestampPath"});
  if (has_expression(fields, "Seconds")) {
    if (auto seconds = fields.expression("Seconds")) state.wait = WaitState::Seconds{std::move(*seconds)};
  } else if (const auto seconds = fields.integer("Seconds", {0, 99'999'999})) {
    state.wait = WaitState::Seconds{*seconds};
  }
  if (has_expression(fields, "Timestamp")) {
    if (auto timestamp = fields.expression("Timestamp")) state.wait = WaitState::Until{std::move(*timestamp)};
  } else if (const auto timestamp = parse_timestamp(fields)) {
    state.wait = WaitState::Until{*timestamp};
  }
  if (!fields.is_jsonata()) {
    if (auto path = fields.reference("SecondsPath")) state.wait = WaitState::Seconds{std::move(*path)};
    if (auto path = fields.reference("TimestampPath")) state.wait = WaitState::Until{std::move(*path)};
  }
  state.next = parse_transition(context);
  return state;
}

}  // namespace signalbox::asl
