#pragma once
/// Definitions as templates keep them, with `${Name}` where a deployment fills something in (DefinitionSubstitutions): to check one before that, each
/// gets a value of the kind that its place asks for.

#include "signalbox/json.h"

#include <string>
#include <vector>

namespace signalbox::cli {

struct AssumedDefinition {
  std::string text;
  std::vector<std::string> names;  ///< what was filled in, in order of appearance; empty: the text is as it was
};
/// A whole Resource becomes a function's ARN, a whole number of seconds or attempts a 1, anything else a text. A text that is no JSON stays as it is.
[[nodiscard]] AssumedDefinition with_assumed_substitutions(const std::string& definition);

}  // namespace signalbox::cli
