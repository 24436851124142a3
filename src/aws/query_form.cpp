#include "aws/query_form.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

namespace signalbox::aws {

namespace {

constexpr std::size_t fields_max = 4096;
constexpr int depth_max = 16;

/// A name's part; children in the order of their first mention.
struct Node {
  std::optional<std::string> text;
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> children;

  Node& child(std::string_view name) {
    const auto found = std::find_if(children.begin(), children.end(), [&](const auto& each) { return each.first == name; });
    if (found != children.end()) return *found->second;
    return *children.emplace_back(std::string(name), std::make_unique<Node>()).second;
  }
};

std::optional<std::uint32_t> place(std::string_view name) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size() || number == 0) return std::nullopt;
  return number;
}

/// All names are places: a list. In order of places, gaps closed.
std::optional<std::vector<const Node*>> as_list(const Node& node) {
  std::map<std::uint32_t, const Node*> places;
  for (const auto& [name, child] : node.children) {
    const auto number = place(name);
    if (!number) return std::nullopt;
    places[*number] = child.get();
  }
  if (places.empty()) return std::nullopt;
  std::vector<const Node*> list;
  for (const auto& [number, child] : places) list.push_back(child);
  return list;
}

Json to_json(const Node& node);

Json list_json(const std::vector<const Node*>& list) {
  Json::Array elements;
  for (const Node* each : list) elements.push_back(to_json(*each));
  return Json(std::move(elements));
}

const Json* first_of(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const Json* found = object.find(name)) return found;
  }
  return nullptr;
}

/// `[{"key": k, "value": v}]` (or Name and Value, or Key and Value) as `{k: v}`.
Json map_json(const Json& pairs) {
  Json map = Json::empty_object();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Json* key = first_of(*pairs.at(i), {"key", "Name", "Key"});
    const Json* value = first_of(*pairs.at(i), {"value", "Value"});
    if (key && key->is_string()) map = map.with(key->as_string(), value ? *value : Json(""));
  }
  return map;
}

Json to_json(const Node& node) {
  if (node.children.empty()) return Json(node.text.value_or(""));
  if (node.children.size() == 1) {
    const auto& [name, child] = node.children.front();
    if (const auto list = as_list(*child)) {
      if (name == "member") return list_json(*list);
      if (name == "entry") return map_json(list_json(*list));
    }
  }
  if (const auto list = as_list(node)) return list_json(*list);
  Json::Object members;
  for (const auto& [name, child] : node.children) members.push_back({name, to_json(*child)});
  return Json(std::move(members));
}

void add(Node& root, std::string_view name, const std::string& value) {
  Node* node = &root;
  for (int depth = 0;; ++depth) {
    if (depth == depth_max) return;
    const auto dot = name.find('.');
    node = &node->child(name.substr(0, dot));
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  node->text = value;
}

Node node_of(const Form& form) {
  Node root;
  for (std::size_t i = 0; i < std::min(form.size(), fields_max); ++i) {
    if (form[i].first != "Action" && form[i].first != "Version") add(root, form[i].first, form[i].second);
  }
  return root;
}

/// Members of one SQS structure, flattened lists and maps renamed. `tags` is what TagQueue calls Tags and CreateQueue calls tags.
Json renamed(const Json& object, const char* tags) {
  struct Rule {
    std::string_view flat;
    const char* name;
    bool map;
  };
  const Rule rules[]{{"Attribute", "Attributes", true},
                     {"AttributeName", "AttributeNames", false},
                     {"MessageAttribute", "MessageAttributes", true},
                     {"MessageAttributeName", "MessageAttributeNames", false},
                     {"MessageSystemAttribute", "MessageSystemAttributes", true},
                     {"MessageSystemAttributeName", "MessageSystemAttributeNames", false},
                     {"Tag", tags, true},
                     {"AWSAccountId", "AWSAccountIds", false},
                     {"ActionName", "Actions", false},
                     {"TagKey", "TagKeys", false}};
  Json out = Json::empty_object();
  if (!object.is_object()) return out;
  for (const auto& [name, value] : object.members()) {
    const auto rule = std::find_if(std::begin(rules), std::end(rules),
                                   [&, flat = std::string_view(name)](const Rule& each) { return each.flat == flat; });
    if (rule != std::end(rules) && value.is_array()) {
      out = out.with(rule->name, rule->map ? map_json(value) : value);
    } else if (name.ends_with("BatchRequestEntry") && value.is_array()) {
      Json::Array entries;
      for (const Json& entry : value.elements()) entries.push_back(renamed(entry, tags));
      out = out.with("Entries", Json(std::move(entries)));
    } else {
      out = out.with(name, value);
    }
  }
  return out;
}

}  // namespace

Json tree_of_form(const Form& form) {
  const Node root = node_of(form);
  return root.children.empty() ? Json::empty_object() : [&] {
    Json::Object members;
    for (const auto& [name, child] : root.children) members.push_back({name, to_json(*child)});
    return Json(std::move(members));
  }();
}

Json sqs_request_of_form(const Form& form, std::string_view operation) {
  return renamed(tree_of_form(form), operation == "CreateQueue" ? "tags" : "Tags");
}

}  // namespace signalbox::aws
