#pragma once
/// `Fn::ForEach` of the transform AWS::LanguageExtensions. Source: CloudFormation Template Reference, Fn::ForEach.

#include "deploy/template.h"

#include <functional>
#include <map>
#include <string>

namespace signalbox::deploy {

/// The values of a template's parameters, once they are declared.
using ParameterValues = std::function<std::map<std::string, Json>(const Template& declared)>;

/// The document with each `Fn::ForEach::NAME` replaced by what it gives for each element of its collection: a list of texts, or a Ref to a parameter that is one.
/// Documents without loops are given back as they are. Faults, at their place: a loop without the transform, one that is malformed, a name that is given twice.
[[nodiscard]] Json expand_loops(const Json& document, const ParameterValues& parameters, Faults& faults);

}  // namespace signalbox::deploy
