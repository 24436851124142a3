#pragma once
/// What AWS takes, but what was probably meant otherwise. Source: ValidateStateMachineDefinitionDiagnostic, list of warning codes; its texts are
/// not documented.

#include "asl/report.h"

#include "signalbox/json.h"

#include <string>
#include <string_view>

namespace signalbox::asl {

/// Members of a payload template whose value would be computed if their names ended in `.$`: NO_DOLLAR.
void warn_of_missing_dollar(Report& report, const Json& payload, const std::string& place);
/// A Pass state's Result is never computed: PASS_RESULT_IS_STATIC.
void warn_of_static_result(Report& report, const Json& result, const std::string& place);
/// A text in a field that has a Path form: NO_PATH.
void warn_of_missing_path(Report& report, std::string_view text, const std::string& place);

}  // namespace signalbox::asl
