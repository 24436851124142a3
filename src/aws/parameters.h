#pragma once
/// A request's members, checked as AWS's models demand, with AWS's texts for what is wrong.

#include "aws/failure.h"
#include "signalbox/json.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws {

/// Characters of a UTF-8 text.
[[nodiscard]] std::size_t characters(std::string_view text);
/// The SerializationException for a member of another JSON type than `wanted` (`a String`).
[[nodiscard]] Failure wrong_type_failure(const Json& found, const char* wanted);

/// Characters, as the models count them.
struct Length {
  std::size_t min = 0;
  std::size_t max = SIZE_MAX;
  bool sensitive = false;  ///< the value is not repeated in the message
};
struct Range {
  std::int64_t min = INT64_MIN;
  std::int64_t max = INT64_MAX;
};

/// Read the members one by one, then ask fault() once: all violations stand in one ValidationException. A member of the wrong JSON
/// type is a SerializationException. Members that nothing asks for are ignored, as on AWS. A member that is null is absent.
class Parameters {
 public:
  /// `path` stands before names in messages, for nested structures.
  explicit Parameters(const Json& object, std::string path = {}) : object_(object), path_(std::move(path)) {}

  [[nodiscard]] std::string required(const char* name, Length length = {});
  [[nodiscard]] std::optional<std::string> text(const char* name, Length length = {});
  [[nodiscard]] std::optional<std::int64_t> integer(const char* name, Range range = {});
  [[nodiscard]] std::optional<bool> boolean(const char* name);
  [[nodiscard]] std::optional<std::string> one_of(const char* name, std::initializer_list<std::string_view> values);
  /// Null pointer if absent.
  [[nodiscard]] const Json* object(const char* name);
  [[nodiscard]] const Json* array(const char* name);
  [[nodiscard]] const Json* required_array(const char* name);
  /// An array of strings; empty if absent.
  [[nodiscard]] std::vector<std::string> texts(const char* name);

  void violation(std::string_view value, std::string_view name, std::string_view constraint);
  /// Takes over what a nested Parameters found.
  void absorb(const Parameters& nested);
  [[nodiscard]] std::optional<Failure> fault() const;

 private:
  [[nodiscard]] const Json* value(const char* name) const;
  void wrong_type(const Json& found, const char* wanted);
  void missing(const char* name);
  void check_length(const char* name, std::string_view text, Length length);

  Json object_;
  std::string path_;
  std::optional<Failure> type_fault_;
  std::vector<std::string> violations_;
};

}  // namespace signalbox::aws
