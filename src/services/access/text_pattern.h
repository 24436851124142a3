#pragma once
/// Texts of policies, as they stand for a request: variables filled in, wildcards matched. Pure.
/// Source: IAM User Guide, "IAM policy elements: Variables and tags"; "IAM JSON policy elements: Resource".

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::access {

/// Condition keys of a request (`aws:username`), by name in lower case, since case does not count in them. What a request does not have is not there.
using ContextKeys = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A text that may hold `*` (any characters, none too) and `?` (one character), apart from characters that only look like them.
class TextPattern {
 public:
  /// `text` with its variables `${aws:username}`, `${aws:username, 'default'}`, `${*}`, `${?}`, `${$}` filled in from `keys`, unless `with_variables` is
  /// false, as before version 2012-10-17. Wildcards that came from a variable are plain characters. Nothing if a variable has no single value.
  [[nodiscard]] static std::optional<TextPattern> of(std::string_view text, const ContextKeys& keys, bool with_variables);

  [[nodiscard]] bool matches(std::string_view value) const;
  /// Letters A-Z and a-z being alike.
  [[nodiscard]] bool matches_ignoring_case(std::string_view value) const;
  /// As ARNs are compared: each of the six parts for itself, so that a wildcard does not reach over a colon; parts that are missing match anything.
  [[nodiscard]] bool matches_arn(std::string_view arn) const;
  /// The text that it stands for where wildcards are plain characters (StringEquals).
  [[nodiscard]] std::string literal() const;

 private:
  explicit TextPattern(std::string coded) : coded_(std::move(coded)) {}

  std::string coded_;  ///< wildcards as characters that texts do not hold
};

}  // namespace signalbox::access
