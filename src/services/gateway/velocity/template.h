#pragma once
/// Velocity templates as API Gateway runs them: parsed once, immutable, rendered purely. `#set #if #elseif #else #foreach #break #stop`,
/// comments, `#[[…]]#`, references with properties, methods and indexes; other directives are refused by name.
/// Source: Apache Velocity Engine 1.7, VTL Reference; API Gateway developer guide, Mapping template overrides and variables.

#include "services/gateway/velocity/value.h"

#include "signalbox/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace signalbox::velocity {

struct Block;

class Template {
 public:
  /// Errors: InvalidArgument, the message naming the fragment, `where` its line.
  [[nodiscard]] static Result<Template> parse(std::string_view text);

  /// `variables` are what `$name` finds; the template may set others, or change theirs. A reference that gives nothing prints as it is
  /// written (`$!name`: not at all). Errors: TooLarge (over 1,000 rounds of a #foreach, over 10 MiB of text, over a million steps).
  [[nodiscard]] Result<std::string> render(Map& variables) const;

 private:
  std::shared_ptr<const Block> root_;
};

}  // namespace signalbox::velocity
