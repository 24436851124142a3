#include "services/gateway/velocity/value.h"

#include "base/overload.h"

#include <algorithm>
#include <cmath>

namespace signalbox::velocity {

namespace {

/// A template can put a map into itself; what is deeper than this prints as `…`.
constexpr std::size_t depth_max = 128;

}  // namespace

std::optional<Value> Object::property(std::string_view) const { return std::nullopt; }

Value Value::from_number(double value) { return Decimal{value, std::isfinite(value) ? shortest_number_text(value) : "NaN"}; }

Value Value::from_json(const Json& json) {
  switch (json.kind()) {
    case Json::Kind::Null: return {};
    case Json::Kind::Boolean: return json.as_boolean();
    case Json::Kind::Number: {
      const auto text = json.number_text();
      if (text.find_first_of(".eE") == std::string_view::npos)
        if (const auto whole = json.as_integer()) return *whole;
      return Decimal{json.as_double(), std::string(text)};
    }
    case Json::Kind::String: return json.as_string();
    case Json::Kind::Array: {
      List list;
      list.reserve(json.size());
      for (const auto& element : json.elements()) list.push_back(from_json(element));
      return list;
    }
    case Json::Kind::Object: {
      Map map;
      map.reserve(json.size());
      for (const auto& member : json.members()) map.emplace_back(member.name, from_json(member.value));
      return map;
    }
  }
  return {};
}

std::optional<double> Value::number() const {
  if (const auto* whole = as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* decimal = as<Decimal>()) return decimal->value;
  return std::nullopt;
}

std::string Value::text() const {
  std::string out;
  append_text(out, 0);
  return out;
}

void Value::append_text(std::string& out, std::size_t depth) const {
  if (depth > depth_max) {
    out += "…";
    return;
  }
  std::visit(Overload{[&](std::monostate) { out += "null"; }, [&](bool value) { out += value ? "true" : "false"; },
                      [&](std::int64_t value) { out += std::to_string(value); }, [&](const Decimal& value) { out += value.text; },
                      [&](const std::string& value) { out += value; },
                      [&](const std::shared_ptr<List>& list) {
                        out += '[';
                        for (std::size_t i = 0; i < list->size(); ++i) {
                          if (i > 0) out += ", ";
                          (*list)[i].append_text(out, depth + 1);
                        }
                        out += ']';
                      },
                      [&](const std::shared_ptr<Map>& map) {
                        out += '{';
                        for (std::size_t i = 0; i < map->size(); ++i) {
                          if (i > 0) out += ", ";
                          out += (*map)[i].first + '=';
                          (*map)[i].second.append_text(out, depth + 1);
                        }
                        out += '}';
                      },
                      [&](const Object*) {}},
             held_);
}

Json Value::json() const { return json_at(0); }

Json Value::json_at(std::size_t depth) const {
  if (depth > depth_max) return {};
  return std::visit(Overload{[](std::monostate) { return Json(); }, [](bool value) { return Json(value); },
                             [](std::int64_t value) { return Json(value); },
                             [](const Decimal& value) {
                               auto written = Json::parse(value.text);
                               return written ? *written : Json();
                             },
                             [](const std::string& value) { return Json(value); },
                             [&](const std::shared_ptr<List>& list) {
                               Json::Array elements;
                               for (const auto& element : *list) elements.push_back(element.json_at(depth + 1));
                               return Json(std::move(elements));
                             },
                             [&](const std::shared_ptr<Map>& map) {
                               Json::Object members;
                               for (const auto& [name, value] : *map) members.push_back({name, value.json_at(depth + 1)});
                               return Json(std::move(members));
                             },
                             [](const Object*) { return Json(); }},
                    held_);
}

bool Value::truth() const {
  if (const auto* value = as<bool>()) return *value;
  return !is_null();
}

bool operator==(const Value& a, const Value& b) {
  if (const auto x = a.number())
    if (const auto y = b.number()) return *x == *y;
  if (a.held_.index() != b.held_.index()) return false;
  if (const auto* x = a.list()) return x == b.list() || *x == *b.list();
  if (const auto* x = a.map())
    return x == b.map() || (x->size() == b.map()->size() && std::all_of(x->begin(), x->end(), [&](const auto& member) {
                              const auto* other = find(*b.map(), member.first);
                              return other && *other == member.second;
                            }));
  if (const auto* x = a.as<std::string>()) return *x == *b.as<std::string>();
  if (const auto* x = a.as<bool>()) return *x == *b.as<bool>();
  if (const auto* x = a.as<const Object*>()) return *x == *b.as<const Object*>();
  return true;
}

Value* find(Map& map, std::string_view name) {
  const auto found = std::find_if(map.begin(), map.end(), [&](const auto& member) { return member.first == name; });
  return found == map.end() ? nullptr : &found->second;
}

void put(Map& map, std::string_view name, Value value) {
  if (auto* old = find(map, name)) *old = std::move(value);
  else map.emplace_back(std::string(name), std::move(value));
}

}  // namespace signalbox::velocity
