#pragma once
/// What the variables of a mapping template hold: Java's values, as Velocity sees them. Lists and maps are shared and can be changed by
/// a template (`$list.add(1)`, `$map.put("a", 1)`).

#include "signalbox/json.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace signalbox::velocity {

class Value;
using List = std::vector<Value>;
/// In the order of insertion, as JSON members have it.
using Map = std::vector<std::pair<std::string, Value>>;

/// Something of the surroundings with methods of its own: `$input`, `$util`.
class Object {
 public:
  virtual ~Object() = default;
  /// Nothing: there is no such property, or it is null.
  [[nodiscard]] virtual std::optional<Value> property(std::string_view name) const;
  /// Nothing: there is no such method, or it gives null.
  [[nodiscard]] virtual std::optional<Value> call(std::string_view method, const std::vector<Value>& arguments) const = 0;
};

/// A number with a fraction or exponent; `text` are its digits as its author wrote them.
struct Decimal {
  double value = 0;
  std::string text;
};

class Value {
 public:
  using Alternatives =
      std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, std::shared_ptr<List>, std::shared_ptr<Map>, const Object*>;

  Value() = default;  ///< null
  Value(bool value) : held_(value) {}
  Value(std::int64_t value) : held_(value) {}
  Value(Decimal value) : held_(std::move(value)) {}
  Value(std::string value) : held_(std::move(value)) {}
  Value(std::string_view value) : held_(std::string(value)) {}
  Value(const char* value) : held_(std::string(value)) {}
  Value(List value) : held_(std::make_shared<List>(std::move(value))) {}
  Value(Map value) : held_(std::make_shared<Map>(std::move(value))) {}
  Value(const Object& object) : held_(&object) {}  ///< must outlive the value
  static Value from_number(double value);
  static Value from_json(const Json& json);

  [[nodiscard]] const Alternatives& held() const { return held_; }
  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&held_);
  }
  [[nodiscard]] List* list() const {
    const auto* shared = as<std::shared_ptr<List>>();
    return shared ? shared->get() : nullptr;
  }
  [[nodiscard]] Map* map() const {
    const auto* shared = as<std::shared_ptr<Map>>();
    return shared ? shared->get() : nullptr;
  }
  [[nodiscard]] bool is_null() const { return as<std::monostate>() != nullptr; }
  [[nodiscard]] std::optional<double> number() const;

  /// Java's toString: `{a=1, b=[x, y]}` for maps and lists.
  [[nodiscard]] std::string text() const;
  /// What it would be in JSON; objects of the surroundings are null.
  [[nodiscard]] Json json() const;
  /// Of `#if`: null and false are false, everything else is true.
  [[nodiscard]] bool truth() const;
  /// Numbers by value, texts, booleans, lists and maps by content.
  friend bool operator==(const Value& a, const Value& b);

 private:
  void append_text(std::string& out, std::size_t depth) const;
  [[nodiscard]] Json json_at(std::size_t depth) const;

  Alternatives held_;
};

[[nodiscard]] Value* find(Map& map, std::string_view name);
void put(Map& map, std::string_view name, Value value);

}  // namespace signalbox::velocity
