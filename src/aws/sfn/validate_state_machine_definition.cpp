#include "aws/sfn/sfn.h"
#include "signalbox/state_machine.h"

namespace signalbox::aws::sfn {

Answer<std::string> validate_state_machine_definition(const Api&, const Json& request) {
  Parameters parameters(request);
  const auto definition = parameters.required("definition", definition_length);
  const auto type = parameters.one_of("type", {"STANDARD", "EXPRESS"});
  const auto severity = parameters.one_of("severity", {"ERROR", "WARNING"});
  const auto limit = page_size(parameters.integer("maxResults", {0, 100}));
  if (auto fault = parameters.fault()) return *fault;
  const auto parsed = parse_definition(definition, {.type = type == "EXPRESS" ? StateMachineType::Express : StateMachineType::Standard});
  std::vector<Diagnostic> shown;
  bool failed = false;
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    const bool is_error = diagnostic.severity == Diagnostic::Severity::Error;
    failed = failed || is_error;
    if (is_error || severity == "WARNING") shown.push_back(diagnostic);  // warnings are shown when asked for
  }
  const bool truncated = shown.size() > limit;
  if (truncated) shown.resize(limit);
  ObjectText out;
  out.text("result", failed ? "FAIL" : "OK");
  out.raw("diagnostics", array_text(shown, [](const Diagnostic& diagnostic) {
            return ObjectText()
                .text("severity", diagnostic.severity == Diagnostic::Severity::Error ? "ERROR" : "WARNING")
                .text("code", diagnostic.code)
                .text("message", diagnostic.message)
                .text("location", diagnostic.where)
                .take();
          }));
  return out.boolean("truncated", truncated).take();
}

}  // namespace signalbox::aws::sfn
