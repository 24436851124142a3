/// A path, a newline, a document: no path may do harm, whatever it says, and its printed form means the same.

#include "signalbox/expressions.h"

#include <cstdlib>

using namespace signalbox;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t line = all.find('\n');
  const auto document = Json::parse(std::string(line == std::string_view::npos ? "{}" : all.substr(line + 1)));
  const Json none = Json::empty_object();
  RandomSource random("key", "fuzz");
  const EvaluationContext context{document ? *document : none, none, none, random, {}};
  const auto call = IntrinsicCall::parse(all.substr(0, line));
  if (call) static_cast<void>(call->evaluate(context));
  const auto target = ReferencePath::parse(all.substr(0, line));
  if (target) static_cast<void>(target->insert(context.input, Json(1)));
  const auto path = PathExpression::parse(all.substr(0, line));
  if (!path) return 0;
  if (target && !path->is_reference()) std::abort();
  const auto value = path->evaluate(context);
  if (!path->is_reference()) return 0;
  const auto found = path->find(context);
  if (found.has_value() != value.has_value() || (found && !(*found == *value))) std::abort();
  return 0;
}
