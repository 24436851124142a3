#pragma once
/// YAML definitions and templates as JSON.

#include "signalbox/result.h"

#include <string>
#include <string_view>

namespace signalbox {

/// One YAML document as JSON text, members in their order. Scalars follow YAML 1.1's core rules as CloudFormation reads them:
/// `yes`, `no`, `on`, `off` are booleans, `0777` is octal, dates are text. CloudFormation's short tags become their long form:
/// `!Ref a` → `{"Ref": "a"}`, `!GetAtt a.b` → `{"Fn::GetAtt": ["a", "b"]}`, `!Sub x` → `{"Fn::Sub": "x"}`. Errors: InvalidArgument with
/// the line and column: no YAML, several documents, a member named twice, an unknown tag, a merge key (`<<`, which CloudFormation
/// lacks too), nesting over 512 levels or an expansion (aliases) of more than a million nodes.
/// Source: CloudFormation user guide, Template formats, YAML.
[[nodiscard]] Result<std::string> yaml_to_json(std::string_view yaml);

}  // namespace signalbox
