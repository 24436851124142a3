#pragma once
/// The counted nodes behind a Json. Private to this module.

#include "signalbox/json.h"

#include <atomic>
#include <cstring>
#include <memory>

namespace signalbox {

/// Names of a big object and their places: open addressing, a power of two of slots, at most half of them filled.
class NameIndex {
 public:
  static constexpr std::size_t worth_it = 16;  ///< smaller objects are searched one by one

  explicit NameIndex(std::size_t members_max);
  /// The place of the name, or `absent`.
  [[nodiscard]] std::size_t find(const Json::Object& members, std::string_view name) const;
  /// Notes that members[place] has this name. Precondition: the name is not there yet.
  void add(std::string_view name, std::size_t place);
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

 private:
  std::vector<std::uint32_t> slots_;  ///< place + 1; 0 is empty
};

enum class NodeType : std::uint8_t { Text, String, Array, Object };

/// `count` holders share the node. Once nobody does, the same word links it into the list of nodes to destroy, so that
/// deeply nested values are destroyed without recursion.
struct Json::Node {
  explicit Node(NodeType node_type) : type(node_type) {}
  mutable std::atomic<std::uintptr_t> count{1};
  NodeType type;
};

/// A source text that was checked, and its tree once somebody has looked inside. The tree is published by one atomic
/// exchange; a thread that comes second throws its own away.
struct Json::TextNode : Node {
  TextNode(std::string source_text, std::int32_t levels) : Node(NodeType::Text), depth(levels), text(std::move(source_text)) {}
  ~TextNode() { delete tree.load(std::memory_order_relaxed); }
  TextNode(const TextNode&) = delete;
  TextNode& operator=(const TextNode&) = delete;

  mutable std::atomic<std::int32_t> depth;  ///< -1: not counted yet
  const std::string text;
  mutable std::atomic<const Json*> tree{nullptr};
};

/// A string, or a number too long to stand in the Json itself. The characters follow the node in the same allocation.
struct Json::StringNode : Node {
  static const StringNode* make(std::string_view characters);
  /// Room for `size` characters, to be filled by the caller.
  static StringNode* make_room(std::size_t size);
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(this + 1), size}; }
  [[nodiscard]] char* room() { return reinterpret_cast<char*>(this + 1); }

  explicit StringNode(std::size_t length) : Node(NodeType::String), size(length) {}
  std::size_t size;
};

struct Json::ArrayNode : Node {
  explicit ArrayNode(Array values);
  std::size_t depth;
  const Array elements;
};

struct Json::ObjectNode : Node {
  ObjectNode(Object values, std::unique_ptr<const NameIndex> names);
  ~ObjectNode() { delete index.load(std::memory_order_relaxed); }
  ObjectNode(const ObjectNode&) = delete;
  ObjectNode& operator=(const ObjectNode&) = delete;
  [[nodiscard]] std::size_t find(std::string_view name) const;

  std::size_t depth;
  const Object members;
  mutable std::atomic<const NameIndex*> index;  ///< made by the first search in a big object
};

/// Builds trees from texts known to be right.
class JsonBuilder {
 public:
  /// Precondition: `text` is JSON; asserts where it finds otherwise.
  [[nodiscard]] static Json build(std::string_view text);

 private:
  explicit JsonBuilder(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}
  Json value();
  Json string();
  Json number();
  Json array();
  Json object();
  std::string name();
  void skip_space();
  void expect(char character);
  bool take(char character);
  /// The characters up to the closing quote; moves behind it. `escaped` says whether they need unescape().
  std::string_view raw_string(bool& escaped);

  const char* at_;
  const char* end_;
  std::vector<Json> values_;           ///< of the arrays begun, so that each is allocated once in its size
  std::vector<Json::Member> members_;  ///< of the objects begun
};

/// What JSON text checks to.
struct CheckedText {
  Json::Kind kind;
  std::int32_t depth;
};

/// Strict RFC 8259, nesting at most `depth_max` levels, UTF-8.
[[nodiscard]] Result<CheckedText> check_json(std::string_view text, std::int32_t depth_max);

/// Kind by the first character that is no white space. Precondition: `text` is JSON.
[[nodiscard]] Json::Kind kind_of_text(std::string_view text);

/// Writes what the inside of a string literal says; at most `raw.size()` bytes. Returns their number.
std::size_t unescape(std::string_view raw, char* out);

/// First character at or after `at` that is a quote, a backslash, a control character or not ASCII; `end` if there is none.
[[nodiscard]] const char* skip_plain(const char* at, const char* end);

}  // namespace signalbox
