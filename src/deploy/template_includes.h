#pragma once
/// `Fn::Transform` with `AWS::Include`. Source: CloudFormation Template Reference, AWS::Include transform.

#include "deploy/template.h"

#include <functional>

namespace signalbox::deploy {

/// The document at a `Location`: a path beside the template, or `s3://BUCKET/KEY`.
using ReadInclude = std::function<Result<Json>(const std::string& location)>;

/// The document with each `Fn::Transform` of AWS::Include replaced by the members of the document that it names; members beside it are kept. Faults, at their
/// place: a location that cannot be read or is no text, another transform.
[[nodiscard]] Json expand_includes(const Json& document, const ReadInclude& read, Faults& faults);

}  // namespace signalbox::deploy
