#pragma once
/// JSON as workflows carry it: immutable, cheap to copy, in the order its author wrote, and kept as text until something
/// looks inside.

#include "signalbox/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox {

/// An immutable JSON value. Copying shares; nothing is ever changed in place, "changing" makes a new value that shares
/// the untouched parts.
///
/// A value that came from parse() keeps its source text: text() gives it back byte for byte (as AWS carries payloads:
/// white space and `0.0` survive), and its tree is built only when something looks inside. A value that was built or taken
/// out of another one prints compactly; its numbers keep the digits they were written with.
///
/// Object members keep their order; of a repeated name the last value wins, at the place of the first (as AWS does).
/// Strings are UTF-8; an escape of half a surrogate pair (`\\ud800` alone) stays in text() but reads as U+FFFD.
///
/// 16 bytes; null, booleans and short numbers need no allocation, everything else is one counted node. Thread rule: distinct
/// Json objects that share a value may be used by different threads.
class Json {
 public:
  enum class Kind : std::uint8_t { Null, Boolean, Number, String, Array, Object };
  using Array = std::vector<Json>;
  struct Member;
  using Object = std::vector<Member>;

  Json() noexcept = default;  ///< null
  Json(std::nullptr_t) noexcept {}
  Json(bool value);
  Json(int value);
  Json(std::int64_t value);
  Json(double value);  ///< printed as the shortest text that reads back equal; must be finite
  Json(const char* value);
  Json(std::string_view value);
  Json(std::string value);
  Json(Array elements);
  Json(Object members);  ///< names must be distinct
  Json(const Json& other) noexcept : bytes_(other.bytes_), kind_(other.kind_), form_(other.form_) {
    if (form_ == Form::Node) share();
  }
  /// Leaves null behind.
  Json(Json&& other) noexcept : bytes_(other.bytes_), kind_(other.kind_), form_(other.form_) {
    other.kind_ = Kind::Null;
    other.form_ = Form::None;
  }
  Json& operator=(const Json& other) noexcept {
    if (this != &other) *this = Json(other);
    return *this;
  }
  Json& operator=(Json&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(kind_, other.kind_);
    std::swap(form_, other.form_);
    return *this;
  }
  ~Json() {
    if (form_ == Form::Node) release();
  }

  static Json empty_object();
  static Json empty_array();

  /// How deep a text may be nested that parse() takes.
  static constexpr std::size_t depth_max = 512;

  /// The value that `text` says, checked in full now (RFC 8259), its tree built later. Errors: InvalidJson, the message naming
  /// the offending fragment in the words of the parser that AWS uses, `where` its line, column and offset; nesting over 512
  /// levels is refused too.
  [[nodiscard]] static Result<Json> parse(std::string text);
  /// For a text that this program stored after checking it: not checked again (a fault found later is a bug).
  [[nodiscard]] static Json from_stored(std::string text);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind() == Kind::Null; }
  [[nodiscard]] bool is_boolean() const { return kind() == Kind::Boolean; }
  [[nodiscard]] bool is_number() const { return kind() == Kind::Number; }
  [[nodiscard]] bool is_string() const { return kind() == Kind::String; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::Array; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::Object; }

  /// Preconditions: the kind asked for.
  [[nodiscard]] bool as_boolean() const;
  [[nodiscard]] double as_double() const;
  [[nodiscard]] std::string_view as_string() const;  ///< valid while this value, or one that shares it, lives
  [[nodiscard]] const Array& elements() const;
  [[nodiscard]] const Object& members() const;
  /// The number as written, such as `1.50` or `1e3`. Valid while this very object lives unmoved.
  [[nodiscard]] std::string_view number_text() const;
  /// The number if it is whole and fits, whether written 3, 3.0 or 3e0; nothing otherwise or for another kind.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;

  /// Member of an object by name, element of an array by place; null pointer when absent or of another kind.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] const Json* at(std::size_t index) const;
  /// Elements or members; 0 for other kinds.
  [[nodiscard]] std::size_t size() const;

  /// This object with the member set (in its old place, or at the end). Precondition: an object.
  [[nodiscard]] Json with(std::string_view name, Json value) const;
  [[nodiscard]] Json without(std::string_view name) const;

  /// The text: the source's own where there is one, otherwise compact.
  [[nodiscard]] std::string text() const;
  void append_text(std::string& out) const;
  /// Bytes that text() would have, without making it where the source is at hand.
  [[nodiscard]] std::size_t text_bytes() const;
  /// Compact, whatever source texts there are.
  [[nodiscard]] std::string compact_text() const;
  /// The same value without the source text that it came with, so that it prints compactly.
  [[nodiscard]] Json rebuilt() const;
  /// Indented by two spaces, for people.
  [[nodiscard]] std::string pretty() const;

  /// Deep equality: numbers by value (1 == 1.0), objects without regard to order.
  friend bool operator==(const Json& a, const Json& b);

  /// Levels of nesting: 0 for a scalar, 1 for `[]`. Values come to be nested too deeply only by being built.
  [[nodiscard]] std::size_t depth() const;

 private:
  friend class JsonBuilder;
  friend class JsonPrinter;
  struct Node;
  struct TextNode;
  struct StringNode;
  struct ArrayNode;
  struct ObjectNode;
  /// What bytes_ hold: nothing (null, and booleans in the first byte), a number of that many characters, a counted node.
  enum class Form : std::uint8_t { None = 0, NumberOf14 = 14, Node = 255 };

  Json(Kind kind, const Node* node) noexcept;  ///< takes over one count
  static Json from_number_text(std::string_view text);
  static void destroy(const Node* node) noexcept;
  void share() const noexcept;
  void release() noexcept;
  [[nodiscard]] const Node* node() const noexcept;
  [[nodiscard]] const Json& tree() const;  ///< this, or the tree of a source text
  [[nodiscard]] std::optional<std::string_view> source() const;

  alignas(8) std::array<char, 14> bytes_{};
  Kind kind_ = Kind::Null;
  Form form_ = Form::None;
};

struct Json::Member {
  std::string name;
  Json value;
};

/// `{{"a", 1}, {"b", "x"}}`, for values that the program itself builds.
[[nodiscard]] Json json_object(std::initializer_list<Json::Member> members);
[[nodiscard]] Json json_array(std::initializer_list<Json> elements);

/// The object's member of that name if there is one and it is a string; nothing otherwise.
[[nodiscard]] std::optional<std::string> find_text(const Json& object, std::string_view name);
/// The same, empty where there is none.
[[nodiscard]] std::string member_text(const Json& object, std::string_view name);
/// A string's own characters, any other value's text.
[[nodiscard]] std::string plain_text(const Json& value);

/// A number as JSON and JSONata print it: the shortest digits that read back equal, plain between 1e-7 and 1e21 (ECMAScript,
/// Number::toString). Precondition: finite.
[[nodiscard]] std::string shortest_number_text(double value);

/// A JSON string literal, quotes included, as compact text prints it (`/` is not escaped, control characters are).
void append_json_string(std::string& out, std::string_view text);

}  // namespace signalbox
