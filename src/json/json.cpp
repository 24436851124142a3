#include "signalbox/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>
#include <unordered_map>

#include "json/scanner.h"

namespace signalbox {

/// What a value is. A node that came from parse() holds its source in `text` and grows its tree on the first look inside; all other
/// nodes are complete when made. Never changed otherwise, so it may be shared freely.
struct Json::Node {
  Kind kind = Kind::Null;
  bool boolean = false;
  bool from_source = false;
  std::string text;                 ///< the source; or a number's digits
  mutable std::string characters;   ///< of a string
  mutable Array elements;
  mutable Object members;

  Node() = default;
  explicit Node(Kind k) : kind(k) {}

  /// The node with its tree.
  const Node& grown() const {
    if (from_source) std::call_once(once_, [this] { grow(); });
    return *this;
  }

  const Json* find(std::string_view name) const {
    grown();
    if (members.size() <= indexed_from) {
      const auto found = std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.name == name; });
      return found == members.end() ? nullptr : &found->value;
    }
    std::call_once(index_once_, [this] {
      for (std::size_t i = 0; i < members.size(); ++i) index_.emplace(members[i].name, i);
    });
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &members[found->second].value;
  }

  static Json read(json::Walker& walker);

 private:
  static constexpr std::size_t indexed_from = 16;
  void grow() const;

  mutable std::once_flag once_, index_once_;
  mutable std::unordered_map<std::string_view, std::size_t> index_;
};

namespace {

Json::Kind kind_of(char first) {
  switch (first) {
    case '{': return Json::Kind::Object;
    case '[': return Json::Kind::Array;
    case '"': return Json::Kind::String;
    case 't':
    case 'f': return Json::Kind::Boolean;
    case 'n': return Json::Kind::Null;
    default: return Json::Kind::Number;
  }
}

/// Of a repeated name the last value, at the first one's place.
void add_member(Json::Object& members, std::unordered_map<std::string, std::size_t>& places, std::string name, Json value) {
  const auto [place, fresh] = places.try_emplace(name, members.size());
  if (fresh) {
    members.push_back({std::move(name), std::move(value)});
  } else {
    members[place->second].value = std::move(value);
  }
}

Json::Object read_members(json::Walker& walker);

Json::Array read_elements(json::Walker& walker);

double to_double(std::string_view digits) {
  double value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // Out of range: from_chars leaves the value alone.
  if (result.ec == std::errc::result_out_of_range) return std::strtod(std::string(digits).c_str(), nullptr);
  return value;
}

std::string print_double(double value) {
  SIGNALBOX_ASSERT(std::isfinite(value));
  if (value == 0) return "0";
  char out[32];
  const bool whole = std::trunc(value) == value && std::fabs(value) < 1e15;
  const auto result = whole ? std::to_chars(out, out + sizeof out, static_cast<std::int64_t>(value)) : std::to_chars(out, out + sizeof out, value);
  return {out, result.ptr};
}

}  // namespace

Json Json::Node::read(json::Walker& walker) {
  switch (kind_of(walker.peek())) {
    case Kind::Object: return Json(read_members(walker));
    case Kind::Array: return Json(read_elements(walker));
    case Kind::String: return Json(walker.string());
    case Kind::Boolean: {
      const bool value = walker.peek() == 't';
      walker.literal(value ? 4 : 5);
      return Json(value);
    }
    case Kind::Null: walker.literal(4); return Json();
    case Kind::Number: break;
  }
  auto node = std::make_shared<Node>(Kind::Number);
  node->text = std::string(walker.number());
  return Json(std::move(node));
}

namespace {

Json::Object read_members(json::Walker& walker) {
  Json::Object members;
  walker.skip('{');
  if (walker.take('}')) return members;
  std::unordered_map<std::string, std::size_t> places;
  do {
    std::string name = walker.string();
    walker.skip(':');
    // Few members: looking through them is cheaper than hashing.
    Json value = Json::read_next(walker);
    if (members.size() < 8) {
      const auto same = std::find_if(members.begin(), members.end(), [&](const Json::Member& member) { return member.name == name; });
      if (same != members.end()) {
        same->value = std::move(value);
        continue;
      }
      members.push_back({std::move(name), std::move(value)});
      if (members.size() == 8) {
        for (std::size_t i = 0; i < members.size(); ++i) places.emplace(members[i].name, i);
      }
    } else {
      add_member(members, places, std::move(name), std::move(value));
    }
  } while (walker.take(','));
  walker.skip('}');
  return members;
}

Json::Array read_elements(json::Walker& walker) {
  Json::Array elements;
  walker.skip('[');
  if (walker.take(']')) return elements;
  do {
    elements.push_back(Json::read_next(walker));
  } while (walker.take(','));
  walker.skip(']');
  return elements;
}

}  // namespace

Json Json::read_next(json::Walker& walker) { return Node::read(walker); }

void Json::Node::grow() const {
  json::Walker walker(text);
  switch (kind) {
    case Kind::Object: members = read_members(walker); break;
    case Kind::Array: elements = read_elements(walker); break;
    case Kind::String: characters = walker.string(); break;
    default: break;
  }
}

// ---- making ------------------------------------------------------------------------------------------------------------------------

Json::Json() noexcept = default;
Json::Json(std::nullptr_t) noexcept {}
Json::Json(const Json&) noexcept = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) noexcept = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;
Json::Json(std::shared_ptr<const Node> node) noexcept : node_(std::move(node)) {}

Json::Json(bool value) {
  static const auto truth = [] { auto node = std::make_shared<Node>(Kind::Boolean); node->boolean = true; return node; }();
  static const auto untruth = std::make_shared<Node>(Kind::Boolean);
  node_ = value ? truth : untruth;
}

Json::Json(std::int64_t value) {
  auto node = std::make_shared<Node>(Kind::Number);
  node->text = std::to_string(value);
  node_ = std::move(node);
}

Json::Json(int value) : Json(static_cast<std::int64_t>(value)) {}

Json::Json(double value) {
  auto node = std::make_shared<Node>(Kind::Number);
  node->text = print_double(value);
  node_ = std::move(node);
}

Json::Json(std::string value) {
  auto node = std::make_shared<Node>(Kind::String);
  node->characters = std::move(value);
  node_ = std::move(node);
}

Json::Json(std::string_view value) : Json(std::string(value)) {}
Json::Json(const char* value) : Json(std::string(value)) {}

Json::Json(Array elements) {
  auto node = std::make_shared<Node>(Kind::Array);
  node->elements = std::move(elements);
  node_ = std::move(node);
}

Json::Json(Object members) {
  auto node = std::make_shared<Node>(Kind::Object);
  node->members = std::move(members);
  node_ = std::move(node);
}

Json Json::empty_object() {
  static const Json value{Object{}};
  return value;
}

Json Json::empty_array() {
  static const Json value{Array{}};
  return value;
}

Result<Json> Json::parse(std::string text) {
  if (auto checked = json::check(text); !checked) return checked.error();
  return from_stored(std::move(text));
}

Json Json::from_stored(std::string text) {
  // White space around the value is not part of it; inside it is kept.
  const auto first = text.find_first_not_of(" \t\r\n");
  const auto last = text.find_last_not_of(" \t\r\n");
  SIGNALBOX_ASSERT(first != std::string::npos);
  if (last + 1 < text.size()) text.resize(last + 1);
  if (first > 0) text.erase(0, first);
  const Kind kind = kind_of(text.front());
  if (kind == Kind::Null) return Json();
  if (kind == Kind::Boolean) return Json(text.front() == 't');
  auto node = std::make_shared<Node>(kind);
  node->from_source = kind != Kind::Number;
  node->text = std::move(text);
  return Json(std::move(node));
}

// ---- looking -----------------------------------------------------------------------------------------------------------------------

Json::Kind Json::kind() const { return node_ ? node_->kind : Kind::Null; }

bool Json::as_boolean() const {
  SIGNALBOX_ASSERT(is_boolean());
  return node_->boolean;
}

double Json::as_double() const { return to_double(number_text()); }

std::string_view Json::as_string() const {
  SIGNALBOX_ASSERT(is_string());
  return node_->grown().characters;
}

const Json::Array& Json::elements() const {
  SIGNALBOX_ASSERT(is_array());
  return node_->grown().elements;
}

const Json::Object& Json::members() const {
  SIGNALBOX_ASSERT(is_object());
  return node_->grown().members;
}

std::string_view Json::number_text() const {
  SIGNALBOX_ASSERT(is_number());
  return node_->text;
}

std::optional<std::int64_t> Json::as_integer() const {
  if (!is_number()) return std::nullopt;
  const auto digits = number_text();
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault == std::errc{} && end == digits.data() + digits.size()) return value;
  const double real = as_double();
  if (std::trunc(real) != real || std::fabs(real) >= 9.2e18) return std::nullopt;
  return static_cast<std::int64_t>(real);
}

const Json* Json::find(std::string_view name) const { return is_object() ? node_->find(name) : nullptr; }

const Json* Json::at(std::size_t index) const {
  if (!is_array() || index >= elements().size()) return nullptr;
  return &elements()[index];
}

std::size_t Json::size() const {
  if (is_array()) return elements().size();
  return is_object() ? members().size() : 0;
}

Json Json::with(std::string_view name, Json value) const {
  Object changed = members();
  const auto found = std::find_if(changed.begin(), changed.end(), [&](const Member& member) { return member.name == name; });
  if (found != changed.end()) {
    found->value = std::move(value);
  } else {
    changed.push_back({std::string(name), std::move(value)});
  }
  return Json(std::move(changed));
}

Json Json::without(std::string_view name) const {
  Object changed = members();
  std::erase_if(changed, [&](const Member& member) { return member.name == name; });
  return Json(std::move(changed));
}

// ---- printing ----------------------------------------------------------------------------------------------------------------------

void Json::append_text(std::string& out) const {
  if (!node_) {
    out += "null";
    return;
  }
  if (node_->from_source) {
    out += node_->text;
    return;
  }
  switch (node_->kind) {
    case Kind::Null: out += "null"; break;
    case Kind::Boolean: out += node_->boolean ? "true" : "false"; break;
    case Kind::Number: out += node_->text; break;
    case Kind::String: append_json_string(out, node_->characters); break;
    case Kind::Array: {
      char separator = '[';
      for (const auto& element : node_->elements) {
        out += separator;
        element.append_text(out);
        separator = ',';
      }
      out += node_->elements.empty() ? "[]" : "]";
      break;
    }
    case Kind::Object: {
      char separator = '{';
      for (const auto& member : node_->members) {
        out += separator;
        append_json_string(out, member.name);
        out += ':';
        member.value.append_text(out);
        separator = ',';
      }
      out += node_->members.empty() ? "{}" : "}";
      break;
    }
  }
}

std::string Json::text() const {
  std::string out;
  append_text(out);
  return out;
}

std::size_t Json::text_bytes() const {
  if (!node_) return 4;
  if (node_->from_source || node_->kind == Kind::Number) return node_->text.size();
  return text().size();
}

namespace {

void append_pretty(std::string& out, const Json& value, int indent) {
  const std::string inner(static_cast<std::size_t>(indent + 1) * 2, ' ');
  const std::string outer(static_cast<std::size_t>(indent) * 2, ' ');
  if (value.size() == 0) {
    // A scalar, or an empty container in its compact form.
    out += value.is_object() ? "{}" : value.is_array() ? "[]" : value.text();
    return;
  }
  out += value.is_object() ? "{\n" : "[\n";
  std::size_t left = value.size();
  const auto end_item = [&] { out += --left ? ",\n" : "\n"; };
  if (value.is_object()) {
    for (const auto& member : value.members()) {
      out += inner;
      append_json_string(out, member.name);
      out += ": ";
      append_pretty(out, member.value, indent + 1);
      end_item();
    }
  } else {
    for (const auto& element : value.elements()) {
      out += inner;
      append_pretty(out, element, indent + 1);
      end_item();
    }
  }
  out += outer + (value.is_object() ? "}" : "]");
}

bool equal_objects(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  for (const auto& member : a.members()) {
    const Json* other = b.find(member.name);
    if (!other || !(member.value == *other)) return false;
  }
  return true;
}

}  // namespace

std::string Json::pretty() const {
  std::string out;
  append_pretty(out, *this, 0);
  return out;
}

bool operator==(const Json& a, const Json& b) {
  if (a.node_ == b.node_) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Json::Kind::Null: return true;
    case Json::Kind::Boolean: return a.as_boolean() == b.as_boolean();
    case Json::Kind::Number: return a.number_text() == b.number_text() || a.as_double() == b.as_double();
    case Json::Kind::String: return a.as_string() == b.as_string();
    case Json::Kind::Array: return a.elements() == b.elements();
    case Json::Kind::Object: return equal_objects(a, b);
  }
  return false;
}

Json json_object(std::initializer_list<Json::Member> members) { return Json(Json::Object(members)); }
Json json_array(std::initializer_list<Json> elements) { return Json(Json::Array(elements)); }

void append_json_string(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += {'\\', 'u', '0', '0', hex[static_cast<unsigned char>(c) >> 4], hex[c & 15]};
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace signalbox
