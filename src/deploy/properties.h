#pragma once
/// Reads a resource's properties after resolution: types and ranges are checked, what nobody asked for is a fault.

#include "deploy/template.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace signalbox::deploy {

class Properties {
 public:
  /// `values` must outlive this. `written_as` gives the names that the author used, where they differ.
  Properties(const Json& values, std::string place, Faults& faults, const std::map<std::string, std::string>* written_as = nullptr)
      : values_(values), place_(std::move(place)), faults_(faults), written_as_(written_as) {}

  /// Nothing if absent or faulty; a fault is noted. Numbers may be written as text, as CloudFormation allows.
  [[nodiscard]] const Json* any(std::string_view name);
  [[nodiscard]] const Json* object(std::string_view name);
  [[nodiscard]] const Json* array(std::string_view name);
  [[nodiscard]] std::optional<std::string> string(std::string_view name);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  /// An object of texts; numbers and booleans become their text.
  [[nodiscard]] std::map<std::string, std::string> texts(std::string_view name);
  /// Tags, as `{"a": "b"}` or `[{"Key": "a", "Value": "b"}]`.
  [[nodiscard]] std::map<std::string, std::string> tags();
  [[nodiscard]] std::string required(std::string_view name);

  void ignore(std::initializer_list<std::string_view> names);
  void refuse_others();
  void fault(std::string_view name, std::string message) { faults_.add(at(name), std::move(message)); }
  [[nodiscard]] std::string at(std::string_view name) const;
  [[nodiscard]] Faults& faults() const { return faults_; }

 private:
  const Json& values_;
  std::string place_;
  Faults& faults_;
  const std::map<std::string, std::string>* written_as_;
  std::unordered_set<std::string> known_;
};

}  // namespace signalbox::deploy
