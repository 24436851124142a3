#include "asl/builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::asl {

namespace {

/// Spec: Errors: States.ALL must stand alone, and only in the last retrier or catcher.
std::vector<std::string> parse_error_equals(Fields& fields, bool is_last) {
  std::vector<std::string> names;
  fields.require({"ErrorEquals"});
  const auto* list = fields.array("ErrorEquals");
  if (!list) return names;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& name = list->elements()[i];
    if (name.is_string()) {
      names.emplace_back(name.as_string());
    } else {
      fields.report().fault("Expected value of type [STRING]", element_place(fields.at("ErrorEquals"), i));
    }
  }
  if (std::find(names.begin(), names.end(), error_names::All) == names.end()) return names;
  if (list->size() > 1 || !is_last) fields.report().fault("States.ALL must appear alone and at end of list", fields.at("ErrorEquals"));
  return names;
}

Retrier parse_retrier(Fields& fields, bool is_last) {
  Retrier retrier;
  retrier.error_equals = parse_error_equals(fields, is_last);
  retrier.interval_seconds = fields.integer("IntervalSeconds", {0, 99'999'999}).value_or(1);
  retrier.max_attempts = fields.integer("MaxAttempts", {0, 99'999'999}).value_or(3);
  retrier.backoff_rate = fields.number("BackoffRate", 1.0).value_or(2.0);
  retrier.max_delay_seconds = fields.integer("MaxDelaySeconds", {1, 31'622'400});
  fields.one_of("JitterStrategy", {"NONE", "FULL"});
  const Json* jitter = fields.source().find("JitterStrategy");
  retrier.full_jitter = jitter && *jitter == Json("FULL");
  fields.ignore({"Comment"});
  fields.refuse_others();
  return retrier;
}

Catcher parse_catcher(StateContext& context, Fields& fields, bool is_last) {
  Catcher catcher;
  catcher.error_equals = parse_error_equals(fields, is_last);
  fields.require({"Next"});
  if (const auto next = parse_target(context, fields, "Next")) catcher.next = *next;
  fields.only_in(QueryLanguage::JsonPath, {"ResultPath"});
  fields.only_in(QueryLanguage::Jsonata, {"Output"});
  if (!fields.is_jsonata()) catcher.result_path = fields.result_path("ResultPath");
  else catcher.output = fields.jsonata("Output", with_error_output);
  catcher.assign = parse_assign(context.builder, fields, with_error_output);
  fields.ignore({"Comment"});
  fields.refuse_others();
  return catcher;
}

/// Calls `parse(fields, is_last)` for each element of the array field `name`.
template <class T, class Parse>
std::vector<T> parse_list(StateContext& context, std::string_view name, Parse parse) {
  std::vector<T> parsed;
  const auto* list = context.fields.array(name, true);
  if (!list) return parsed;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto place = element_place(context.fields.at(name), i);
    if (!list->elements()[i].is_object()) {
      context.report().fault("Expected value of type [OBJECT]", place);
      continue;
    }
    Fields fields(list->elements()[i], place, context.fields.language(), context.report());
    parsed.push_back(parse(fields, i + 1 == list->size()));
  }
  return parsed;
}

}  // namespace

std::vector<Retrier> parse_retry(StateContext& context) { return parse_list<Retrier>(context, "Retry", parse_retrier); }

std::vector<Catcher> parse_catch(StateContext& context) {
  return parse_list<Catcher>(context, "Catch", [&](Fields& fields, bool is_last) { return parse_catcher(context, fields, is_last); });
}

}  // namespace signalbox::asl
