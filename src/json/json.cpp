#include "signalbox/json.h"

#include "json/decimal.h"
#include "json/node.h"

#include <algorithm>
#include <functional>
#include <new>

namespace signalbox {
namespace {

std::size_t slots_for(std::size_t members) {
  std::size_t slots = 8;
  while (slots < members * 2) slots *= 2;
  return slots;
}

/// Levels of brackets outside of strings. Precondition: `text` is JSON.
std::int32_t count_depth(std::string_view text) {
  std::int32_t depth = 0, deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

static_assert(sizeof(Json) == 16);

NameIndex::NameIndex(std::size_t members_max) : slots_(slots_for(members_max)) {}

std::size_t NameIndex::find(const Json::Object& members, std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = std::hash<std::string_view>{}(name)&mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t place = slots_[slot] - 1;
    if (members[place].name == name) return place;
  }
  return absent;
}

void NameIndex::add(std::string_view name, std::size_t place) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(name)&mask;
  while (slots_[slot] != 0) slot = (slot + 1) & mask;
  slots_[slot] = static_cast<std::uint32_t>(place + 1);
}

const Json::StringNode* Json::StringNode::make(std::string_view characters) {
  StringNode* node = make_room(characters.size());
  if (!characters.empty()) std::memcpy(node->room(), characters.data(), characters.size());
  return node;
}

Json::StringNode* Json::StringNode::make_room(std::size_t size) { return new (::operator new(sizeof(StringNode) + size)) StringNode(size); }

Json::ArrayNode::ArrayNode(Array values) : Node(NodeType::Array), depth(1), elements(std::move(values)) {
  for (const Json& element : elements) depth = std::max(depth, element.depth() + 1);
}

Json::ObjectNode::ObjectNode(Object values, std::unique_ptr<const NameIndex> names)
    : Node(NodeType::Object), depth(1), members(std::move(values)), index(names.release()) {
  for (const Member& member : members) depth = std::max(depth, member.value.depth() + 1);
}

std::size_t Json::ObjectNode::find(std::string_view name) const {
  if (members.size() <= NameIndex::worth_it) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (members[i].name == name) return i;
    }
    return NameIndex::absent;
  }
  const NameIndex* names = index.load(std::memory_order_acquire);
  if (names == nullptr) {
    auto made = std::make_unique<NameIndex>(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) made->add(members[i].name, i);
    if (index.compare_exchange_strong(names, made.get(), std::memory_order_acq_rel)) names = made.release();
  }
  return names->find(members, name);
}

Json::Json(Kind kind, const Node* node) noexcept : kind_(kind), form_(Form::Node) { std::memcpy(bytes_.data(), &node, sizeof node); }

Json::Json(bool value) : kind_(Kind::Boolean) { bytes_[0] = value ? 1 : 0; }
Json::Json(int value) : Json(from_number_text(std::to_string(value))) {}
Json::Json(std::int64_t value) : Json(from_number_text(std::to_string(value))) {}
Json::Json(double value) : Json(from_number_text(shortest_number_text(value))) {}
Json::Json(const char* value) : Json(std::string_view(value)) {}
Json::Json(std::string_view value) : Json(Kind::String, StringNode::make(value)) {}
Json::Json(std::string value) : Json(std::string_view(value)) {}
Json::Json(Array elements) : Json(Kind::Array, new ArrayNode(std::move(elements))) {}
Json::Json(Object members) : Json(Kind::Object, new ObjectNode(std::move(members), nullptr)) {}

Json Json::empty_object() {
  static const Json value{Object{}};
  return value;
}

Json Json::empty_array() {
  static const Json value{Array{}};
  return value;
}

Json Json::from_number_text(std::string_view text) {
  Json result;
  if (text.size() > result.bytes_.size()) return Json(Kind::Number, StringNode::make(text));
  std::memcpy(result.bytes_.data(), text.data(), text.size());
  result.kind_ = Kind::Number;
  result.form_ = static_cast<Form>(text.size());
  return result;
}

Result<Json> Json::parse(std::string text) {
  const auto checked = check_json(text, static_cast<std::int32_t>(depth_max));
  if (!checked) return checked.error();
  return Json(checked->kind, new TextNode(std::move(text), checked->depth));
}

Json Json::from_stored(std::string text) {
  const Kind kind = kind_of_text(text);
  return Json(kind, new TextNode(std::move(text), -1));
}

const Json::Node* Json::node() const noexcept {
  const Node* result = nullptr;
  std::memcpy(&result, bytes_.data(), sizeof result);
  return result;
}

void Json::share() const noexcept { node()->count.fetch_add(1, std::memory_order_relaxed); }

void Json::release() noexcept {
  const Node* const held = node();
  // A sole holder needs no atomic write: nobody else can gain a share meanwhile.
  if (held->count.load(std::memory_order_acquire) == 1 || held->count.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(held);
}

void Json::destroy(const Node* node) noexcept {
  thread_local const Node* waiting = nullptr;
  thread_local bool busy = false;
  node->count.store(reinterpret_cast<std::uintptr_t>(waiting), std::memory_order_relaxed);
  waiting = node;
  if (busy) return;
  busy = true;
  while (waiting != nullptr) {
    const Node* const next = waiting;
    waiting = reinterpret_cast<const Node*>(next->count.load(std::memory_order_relaxed));
    switch (next->type) {
      case NodeType::Text: delete static_cast<const TextNode*>(next); break;
      case NodeType::String: ::operator delete(const_cast<Node*>(next)); break;  // StringNode needs no destructor
      case NodeType::Array: delete static_cast<const ArrayNode*>(next); break;
      case NodeType::Object: delete static_cast<const ObjectNode*>(next); break;
    }
  }
  busy = false;
}

std::optional<std::string_view> Json::source() const {
  if (form_ != Form::Node || node()->type != NodeType::Text) return std::nullopt;
  return static_cast<const TextNode*>(node())->text;
}

const Json& Json::tree() const {
  if (form_ != Form::Node || node()->type != NodeType::Text) return *this;
  const auto* const held = static_cast<const TextNode*>(node());
  const Json* built = held->tree.load(std::memory_order_acquire);
  if (built != nullptr) return *built;
  auto made = std::make_unique<const Json>(JsonBuilder::build(held->text));
  SIGNALBOX_ASSERT(made->kind() == kind_);
  if (held->tree.compare_exchange_strong(built, made.get(), std::memory_order_acq_rel)) built = made.release();
  return *built;
}

Json Json::rebuilt() const { return tree(); }

bool Json::as_boolean() const {
  SIGNALBOX_ASSERT(is_boolean());
  return tree().bytes_[0] != 0;
}

std::string_view Json::number_text() const {
  SIGNALBOX_ASSERT(is_number());
  const Json& number = tree();
  if (number.form_ == Form::Node) return static_cast<const StringNode*>(number.node())->view();
  return {number.bytes_.data(), static_cast<std::size_t>(number.form_)};
}

double Json::as_double() const { return number_to_double(number_text()); }

std::optional<std::int64_t> Json::as_integer() const {
  if (!is_number()) return std::nullopt;
  return Decimal::of(number_text()).as_integer();
}

std::string_view Json::as_string() const {
  SIGNALBOX_ASSERT(is_string());
  return static_cast<const StringNode*>(tree().node())->view();
}

const Json::Array& Json::elements() const {
  SIGNALBOX_ASSERT(is_array());
  return static_cast<const ArrayNode*>(tree().node())->elements;
}

const Json::Object& Json::members() const {
  SIGNALBOX_ASSERT(is_object());
  return static_cast<const ObjectNode*>(tree().node())->members;
}

const Json* Json::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  const auto* const object = static_cast<const ObjectNode*>(tree().node());
  const std::size_t place = object->find(name);
  return place == NameIndex::absent ? nullptr : &object->members[place].value;
}

const Json* Json::at(std::size_t index) const {
  if (!is_array()) return nullptr;
  const Array& values = elements();
  return index < values.size() ? &values[index] : nullptr;
}

std::size_t Json::size() const {
  if (is_array()) return elements().size();
  return is_object() ? members().size() : 0;
}

std::size_t Json::depth() const {
  if (form_ != Form::Node) return 0;
  switch (node()->type) {
    case NodeType::String: return 0;
    case NodeType::Array: return static_cast<const ArrayNode*>(node())->depth;
    case NodeType::Object: return static_cast<const ObjectNode*>(node())->depth;
    case NodeType::Text: break;
  }
  const auto* const held = static_cast<const TextNode*>(node());
  std::int32_t depth = held->depth.load(std::memory_order_relaxed);
  if (depth < 0) {
    depth = count_depth(held->text);
    held->depth.store(depth, std::memory_order_relaxed);
  }
  return static_cast<std::size_t>(depth);
}

Json Json::with(std::string_view name, Json value) const {
  const Object& old = members();
  const std::size_t place = static_cast<const ObjectNode*>(tree().node())->find(name);
  Object changed;
  changed.reserve(old.size() + 1);
  changed = old;
  if (place != NameIndex::absent) {
    changed[place].value = std::move(value);
  } else {
    changed.push_back({std::string(name), std::move(value)});
  }
  return Json(std::move(changed));
}

Json Json::without(std::string_view name) const {
  Object kept;
  for (const Member& member : members()) {
    if (member.name != name) kept.push_back(member);
  }
  return Json(std::move(kept));
}

bool operator==(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) return false;
  if (a.form_ == Json::Form::Node && b.form_ == Json::Form::Node && a.node() == b.node()) return true;
  switch (a.kind()) {
    case Json::Kind::Null: return true;
    case Json::Kind::Boolean: return a.as_boolean() == b.as_boolean();
    case Json::Kind::Number: return a.number_text() == b.number_text() || Decimal::of(a.number_text()) == Decimal::of(b.number_text());
    case Json::Kind::String: return a.as_string() == b.as_string();
    case Json::Kind::Array: return a.elements() == b.elements();
    case Json::Kind::Object: break;
  }
  return a.size() == b.size() && std::ranges::all_of(a.members(), [&b](const Json::Member& member) {
           const Json* other = b.find(member.name);
           return other != nullptr && *other == member.value;
         });
}

Json json_object(std::initializer_list<Json::Member> members) { return Json(Json::Object(members)); }

std::optional<std::string> find_text(const Json& object, std::string_view name) {
  const Json* const found = object.find(name);
  return found && found->is_string() ? std::optional<std::string>(found->as_string()) : std::nullopt;
}

std::string member_text(const Json& object, std::string_view name) {
  const Json* const found = object.find(name);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::string plain_text(const Json& value) { return value.is_string() ? std::string(value.as_string()) : value.text(); }
Json json_array(std::initializer_list<Json> elements) { return Json(Json::Array(elements)); }

}  // namespace signalbox
