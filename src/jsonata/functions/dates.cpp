#include "jsonata/datetime/picture.h"
#include "jsonata/functions/library.h"

namespace signalbox::jsonata::engine {
namespace {

double now_of(const CallContext& context) { return static_cast<double>(context.evaluator.environment().now.time_since_epoch().count()); }

std::optional<std::string_view> text_of(const Value& value) { return value.is_string() ? std::optional(value.text()) : std::nullopt; }

Value now(const CallContext& context, std::span<Value> arguments) {
  return make_string(format_date_time(now_of(context), text_of(arguments[0]), text_of(arguments[1])));
}

Value millis(const CallContext& context, std::span<Value>) { return Value(now_of(context)); }

Value from_millis(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  return make_string(format_date_time(arguments[0].number(), text_of(arguments[1]), text_of(arguments[2])));
}

Value to_millis(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[1].is_undefined()) return Value(parse_iso_8601(arguments[0].text()));
  const auto parsed = parse_date_time(arguments[0].text(), arguments[1].text(), now_of(context));
  return parsed ? Value(*parsed) : Value();
}

}  // namespace

void list_date_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"now", "<s?s?:s>", 2, now},
                             {"millis", "<:n>", 0, millis},
                             {"fromMillis", "<n-s?s?:s>", 3, from_millis},
                             {"toMillis", "<s-s?:n>", 2, to_millis}});
}

}  // namespace signalbox::jsonata::engine
