#pragma once
/// What the API's models say of a request's members, as a table, and the check of a request against it, in AWS's words. Pure.

#include "aws/failure.h"
#include "signalbox/json.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signalbox::aws {

enum class MemberType : std::uint8_t { Text, Integer, Decimal, Boolean, List, Structure };

/// A regular expression of the models: its text, as messages show it, and what it means.
struct Pattern {
  std::string_view text;
  bool (*matches)(std::string_view value);
};

/// One member of an operation's request. Length counts characters of a text and elements of a list; the range is a number's.
struct MemberModel {
  std::string_view operation;
  std::string_view path;  ///< `tags[].key`: the key of each element of tags
  MemberType type;
  bool required = false;   ///< where what it stands in is given
  bool sensitive = false;  ///< messages do not repeat the value
  std::optional<std::int64_t> min = {}, max = {};
  std::string_view values = {};  ///< an enumeration's: `STANDARD, EXPRESS`
  const Pattern* pattern = nullptr;
  std::string_view element = {};  ///< a list of structures: their shape's name, which messages show
};

/// All violations in one ValidationException; a member of the wrong JSON type is a SerializationException. Members that the model does not
/// have are ignored, null ones are absent, as on AWS.
[[nodiscard]] std::optional<Failure> check_request(std::span<const MemberModel> model, std::string_view operation, const Json& request);

}  // namespace signalbox::aws
