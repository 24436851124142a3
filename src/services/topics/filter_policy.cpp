#include "services/topics/filter_policy.h"

#include "base/text.h"
#include "base/wildcard.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace signalbox {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t keys_max = 5, combinations_max = 150;

Error fault(const std::string& what) {
  return error(ErrorCode::InvalidArgument, "Invalid parameter: FilterPolicy: " + what, "FilterPolicy");
}

/// Discards what is nested deeper than anybody means, so that recursion over the rest is safe.
OrderedJson parse_json(std::string_view text) {
  return OrderedJson::parse(
      text, [](int depth, OrderedJson::parse_event_t, OrderedJson&) { return depth < 64; }, false);
}

// --- matching ---

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

struct Address {
  int bits = 0;
  std::array<unsigned char, 16> bytes{};
};
std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) address.bits = 32;
  else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) address.bits = 128;
  else return std::nullopt;
  return address;
}

struct Network {
  Address address;
  int prefix = 0;
};
std::optional<Network> parse_network(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  auto address = parse_address(text.substr(0, slash));
  int prefix = -1;
  const auto* end = text.data() + text.size();
  if (!address || std::from_chars(text.data() + slash + 1, end, prefix).ptr != end || prefix < 0 || prefix > address->bits)
    return std::nullopt;
  return Network{.address = *address, .prefix = prefix};
}

bool in_network(const std::string& text, const Network& network) {
  const auto address = parse_address(text);
  if (!address || address->bits != network.address.bits) return false;
  for (int bit = 0; bit < network.prefix; ++bit) {
    const auto mask = 0x80u >> (bit % 8);
    const auto index = static_cast<std::size_t>(bit / 8);
    if ((address->bytes[index] & mask) != (network.address.bytes[index] & mask)) return false;
  }
  return true;
}

bool compare(double value, const std::string& operation, double bound) {
  if (operation == "=") return value == bound;
  if (operation == "<") return value < bound;
  if (operation == "<=") return value <= bound;
  if (operation == ">") return value > bound;
  return value >= bound;
}

bool text_rule(const std::string& name, const OrderedJson& operand, const std::string& text) {
  const auto any = [&](auto test) {
    if (operand.is_string()) return test(operand.get_ref<const std::string&>());
    return std::any_of(operand.begin(), operand.end(), [&](const OrderedJson& one) { return test(one.get_ref<const std::string&>()); });
  };
  if (name == "prefix") return any([&](const std::string& start) { return text.starts_with(start); });
  if (name == "suffix") return any([&](const std::string& end) { return text.ends_with(end); });
  if (name == "wildcard") return any([&](const std::string& pattern) { return fits_wildcards(pattern, text); });
  if (name == "equals-ignore-case") return any([&](const std::string& other) { return equal_without_case(text, other); });
  return any([&](const std::string& network) { return in_network(text, *parse_network(network)); });  // cidr
}

bool excluded(const OrderedJson& operand, const OrderedJson& value) {
  if (operand.is_array()) return std::find(operand.begin(), operand.end(), value) != operand.end();
  if (!operand.is_object()) return operand == value;
  const auto rule = operand.begin();
  return value.is_string() && text_rule(rule.key(), rule.value(), value.get_ref<const std::string&>());
}

/// One rule against one value that is there.
bool rule_matches(const OrderedJson& rule, const OrderedJson& value) {
  if (!rule.is_object()) return rule == value;
  const auto& name = rule.begin().key();
  const auto& operand = rule.begin().value();
  if (name == "exists") return operand.get<bool>();
  if (name == "anything-but") return !excluded(operand, value);
  if (name == "numeric") {
    if (!value.is_number()) return false;
    for (std::size_t i = 0; i + 1 < operand.size(); i += 2)
      if (!compare(value.get<double>(), operand[i].get_ref<const std::string&>(), operand[i + 1].get<double>())) return false;
    return true;
  }
  return value.is_string() && text_rule(name, operand, value.get_ref<const std::string&>());
}

bool rules_match(const OrderedJson& rules, const std::vector<OrderedJson>& values) {
  if (values.empty())
    return std::any_of(rules.begin(), rules.end(),
                       [](const OrderedJson& rule) { return rule.is_object() && rule.contains("exists") && !rule["exists"].get<bool>(); });
  return std::any_of(rules.begin(), rules.end(), [&](const OrderedJson& rule) {
    return std::any_of(values.begin(), values.end(), [&](const OrderedJson& value) { return rule_matches(rule, value); });
  });
}

void collect(const OrderedJson& value, std::vector<OrderedJson>& values) {
  if (value.is_array())
    for (const auto& element : value) collect(element, values);
  else if (!value.is_object()) values.push_back(value);
}

/// `find(name)` gives the values of a member; `inside(name, policy)` judges a nested policy.
template <class Find, class Inside>
bool matches(const OrderedJson& policy, const Find& find, const Inside& inside) {
  for (const auto& [name, rules] : policy.items()) {
    bool matched = false;
    if (name == "$or" && rules.is_array())
      matched = std::any_of(rules.begin(), rules.end(), [&](const OrderedJson& alternative) { return matches(alternative, find, inside); });
    else matched = rules.is_object() ? inside(name, rules) : rules_match(rules, find(name));
    if (!matched) return false;
  }
  return true;
}

bool object_matches(const OrderedJson& policy, const OrderedJson& object) {
  return matches(
      policy,
      [&](const std::string& name) {
        std::vector<OrderedJson> values;
        if (object.is_object() && object.contains(name)) collect(object[name], values);
        return values;
      },
      [&](const std::string& name, const OrderedJson& nested) {
        if (!object.is_object() || !object.contains(name)) return object_matches(nested, OrderedJson::object());
        const auto& inner = object[name];
        if (!inner.is_array()) return object_matches(nested, inner);
        return std::any_of(inner.begin(), inner.end(), [&](const OrderedJson& element) { return object_matches(nested, element); });
      });
}

std::vector<OrderedJson> attribute_values(const TopicMessageAttribute& attribute) {
  std::vector<OrderedJson> values;
  if (attribute.data_type.starts_with("Binary")) return values;
  if (attribute.data_type == "String.Array" || attribute.data_type.starts_with("Number")) {
    const auto parsed = parse_json(attribute.value);
    if (!parsed.is_discarded()) collect(parsed, values);
  } else {
    values.emplace_back(attribute.value);
  }
  return values;
}

// --- checking ---

bool is_scalar(const OrderedJson& value) { return value.is_string() || value.is_number() || value.is_boolean() || value.is_null(); }
bool is_texts(const OrderedJson& value) {
  return value.is_string() || (value.is_array() && !value.empty() &&
                               std::all_of(value.begin(), value.end(), [](const OrderedJson& one) { return one.is_string(); }));
}

Result<void> check_text_rule(const std::string& name, const OrderedJson& operand) {
  if (!is_texts(operand)) return fault("\"" + name + "\" match pattern must be a string");
  if (name == "cidr") {
    const auto networks = operand.is_array() ? operand : OrderedJson::array({operand});
    for (const auto& network : networks)
      if (!parse_network(network)) return fault("Malformed CIDR, one '/' required: " + network.dump());
  }
  return {};
}

bool is_text_rule(const std::string& name) {
  return name == "prefix" || name == "suffix" || name == "wildcard" || name == "equals-ignore-case" || name == "cidr";
}

Result<void> check_numeric(const OrderedJson& operand) {
  if (!operand.is_array() || operand.empty()) return fault("Value of numeric must be an array of operators and numbers");
  if (operand.size() != 2 && operand.size() != 4) return fault("Too many elements in numeric expression");
  for (std::size_t i = 0; i < operand.size(); i += 2) {
    static constexpr std::array operators{"=", "<", "<=", ">", ">="};
    if (!operand[i].is_string() || std::find(operators.begin(), operators.end(), operand[i].get<std::string>()) == operators.end())
      return fault("Unrecognized numeric range operator: " + operand[i].dump());
    if (!operand[i + 1].is_number()) return fault("Value of " + operand[i].get<std::string>() + " must be numeric");
  }
  return {};
}

Result<void> check_rule(const OrderedJson& rule) {
  if (is_scalar(rule)) return {};
  if (!rule.is_object() || rule.size() != 1) return fault("Match value must be String, number, true, false, or null");
  const auto& name = rule.begin().key();
  const auto& operand = rule.begin().value();
  if (is_text_rule(name)) return check_text_rule(name, operand);
  if (name == "numeric") return check_numeric(operand);
  if (name == "exists") {
    if (!operand.is_boolean()) return fault("exists match pattern must be either true or false.");
    return {};
  }
  if (name == "anything-but") {
    if (operand.is_object() && operand.size() == 1 && is_text_rule(operand.begin().key()))
      return check_text_rule(operand.begin().key(), operand.begin().value());
    if (operand.is_array() ? !operand.empty() && std::all_of(operand.begin(), operand.end(), is_scalar) : is_scalar(operand)) return {};
    return fault("Value of anything-but must be a string, a number, or an array of them");
  }
  return fault("Unrecognized match type " + name);
}

struct Size {
  std::size_t keys = 0, combinations = 1;
};

Result<void> check_policy(const OrderedJson& policy, bool body_scope, Size& size, int depth) {
  if (!policy.is_object()) return fault("Filter policy must be an object");
  if (depth > 20) return fault("Filter policy is nested too deep");
  for (const auto& [name, rules] : policy.items()) {
    if (name == "$or" && rules.is_array()) {
      for (const auto& alternative : rules)
        if (auto checked = check_policy(alternative, body_scope, size, depth + 1); !checked) return checked;
      continue;
    }
    if (rules.is_object()) {
      if (!body_scope) return fault("Filter policy scope MessageAttributes does not support nested filter policy");
      if (auto checked = check_policy(rules, body_scope, size, depth + 1); !checked) return checked;
      continue;
    }
    if (!rules.is_array()) return fault("\"" + name + "\" must be an object or an array");
    if (rules.empty()) return fault("Empty arrays are not allowed");
    for (const auto& rule : rules)
      if (auto checked = check_rule(rule); !checked) return checked;
    ++size.keys;
    size.combinations *= rules.size();
    if (size.keys > keys_max) return fault("Filter policy can not have more than 5 keys");
    if (size.combinations > combinations_max) return fault("Filter policy is too complex");
  }
  return {};
}

}  // namespace

Result<FilterPolicy> FilterPolicy::parse(std::string_view text, bool body_scope) {
  auto policy = parse_json(text);
  if (policy.is_discarded()) return fault("failed to parse JSON.");
  Size size;
  if (auto checked = check_policy(policy, body_scope, size, 0); !checked) return checked.error();
  return FilterPolicy(std::move(policy));
}

bool FilterPolicy::matches_attributes(const TopicMessageAttributes& attributes) const {
  return matches(
      policy_,
      [&](const std::string& name) {
        const auto found = attributes.find(name);
        return found == attributes.end() ? std::vector<OrderedJson>{} : attribute_values(found->second);
      },
      [](const std::string&, const OrderedJson&) { return false; });
}

bool FilterPolicy::matches_body(std::string_view message) const {
  const auto body = parse_json(message);
  return body.is_object() && object_matches(policy_, body);
}

}  // namespace signalbox
