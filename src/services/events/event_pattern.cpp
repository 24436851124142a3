#include "services/events/event_pattern.h"

#include "base/text.h"
#include "base/wildcard.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace signalbox::events {

namespace {

Error invalid(const std::string& why) {
  return error(ErrorCode::InvalidArgument, "Event pattern is not valid. Reason: " + why, "EventPattern");
}

bool is_scalar(const Json& value) { return !value.is_array() && !value.is_object(); }

// ---- texts ---------------------------------------------------------------------------------------------------------------------------
/// Prefix and suffix take a text, or `{"equals-ignore-case": text}`.
bool fits_end(const Json& wanted, std::string_view text, bool at_start) {
  const Json* ignoring_case = wanted.find("equals-ignore-case");
  const auto part = ignoring_case ? ascii_lower(ignoring_case->as_string()) : std::string(wanted.as_string());
  const auto whole = ignoring_case ? ascii_lower(text) : std::string(text);
  return at_start ? whole.starts_with(part) : whole.ends_with(part);
}

// ---- addresses -----------------------------------------------------------------------------------------------------------------------
std::optional<std::uint32_t> ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto used = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc() || value > 255 || (part < 3 && (used == text.size() || text[used] != '.')) ||
        (part == 3 && used != text.size()))
      return std::nullopt;
    address = address << 8 | value;
    text.remove_prefix(part < 3 ? used + 1 : used);
  }
  return address;
}

struct Network {
  std::uint32_t address = 0, mask = 0;
};
std::optional<Network> network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = ipv4(text.substr(0, slash));
  unsigned bits = 32;
  if (slash != std::string_view::npos) {
    const auto rest = text.substr(slash + 1);
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), bits);
    if (failure != std::errc() || end != rest.data() + rest.size() || bits > 32) return std::nullopt;
  }
  if (!address) return std::nullopt;
  return Network{*address, bits == 0 ? 0U : ~0U << (32 - bits)};
}

// ---- rules ---------------------------------------------------------------------------------------------------------------------------
bool fits_numeric(const Json& comparisons, const Json& value) {
  if (!value.is_number()) return false;
  const double number = value.as_double();
  for (std::size_t i = 0; i + 1 < comparisons.size(); i += 2) {
    const auto comparison = comparisons.at(i)->as_string();
    const double limit = comparisons.at(i + 1)->as_double();
    const bool holds = comparison == "="    ? number == limit
                       : comparison == "<"  ? number < limit
                       : comparison == "<=" ? number <= limit
                       : comparison == ">"  ? number > limit
                                            : number >= limit;
    if (!holds) return false;
  }
  return true;
}

bool fits_rule(const Json& rule, const Json& value);

bool fits_any(const Json& wanted, const Json& value, bool (*fits)(const Json&, const Json&)) {
  if (!wanted.is_array()) return fits(wanted, value);
  return std::any_of(wanted.elements().begin(), wanted.elements().end(), [&](const Json& each) { return fits(each, value); });
}

bool fits_text_operator(std::string_view name, const Json& wanted, const Json& value) {
  if (!value.is_string()) return false;
  if (name == "prefix") return fits_end(wanted, value.as_string(), true);
  if (name == "suffix") return fits_end(wanted, value.as_string(), false);
  if (name == "equals-ignore-case") return ascii_lower(wanted.as_string()) == ascii_lower(value.as_string());
  return fits_wildcards(wanted.as_string(), value.as_string(), {.escapes = Escapes::Any});
}

bool fits_anything_but(const Json& wanted, const Json& value) {
  if (!wanted.is_object()) return !fits_any(wanted, value, [](const Json& each, const Json& found) { return each == found; });
  const auto& [name, inner] = wanted.members().front();
  const auto& list = inner;
  if (!list.is_array()) return !fits_text_operator(name, list, value);
  return std::none_of(list.elements().begin(), list.elements().end(),
                      [&, operation = std::string_view(name)](const Json& each) { return fits_text_operator(operation, each, value); });
}

bool fits_rule(const Json& rule, const Json& value) {
  if (!rule.is_object()) return rule == value;
  const auto& [name, wanted] = rule.members().front();
  if (name == "exists") return wanted.as_boolean();
  if (name == "numeric") return fits_numeric(wanted, value);
  if (name == "anything-but") return fits_anything_but(wanted, value);
  if (name == "cidr") {
    const auto net = network(wanted.as_string());
    const auto address = value.is_string() ? ipv4(value.as_string()) : std::nullopt;
    return net && address && (*address & net->mask) == (net->address & net->mask);
  }
  return fits_text_operator(name, wanted, value);
}

bool wants_absence(const Json& rule) {
  const Json* exists = rule.find("exists");
  return exists && !exists->as_boolean();
}

/// `value` is null where the field is missing. An array matches by any of its elements.
bool fits_rules(const Json& rules, const Json* value) {
  const bool missing = !value || value->is_object();
  for (const Json& rule : rules.elements()) {
    if (wants_absence(rule)) {
      if (missing) return true;
    } else if (!missing && fits_any(*value, rule, [](const Json& found, const Json& each) { return fits_rule(each, found); })) {
      return true;
    }
  }
  return false;
}

bool fits_object(const Json& pattern, const Json& event);

bool fits_field(const Json& wanted, const Json* value) {
  if (wanted.is_array()) return fits_rules(wanted, value);
  if (value && value->is_array()) {
    return std::any_of(value->elements().begin(), value->elements().end(),
                       [&](const Json& element) { return fits_object(wanted, element); });
  }
  // A missing object may still match, by rules that want absence.
  static const Json nothing = Json::empty_object();
  return fits_object(wanted, value && value->is_object() ? *value : nothing);
}

bool fits_object(const Json& pattern, const Json& event) {
  for (const auto& [name, wanted] : pattern.members()) {
    if (name == "$or" && wanted.is_array()) {
      if (std::none_of(wanted.elements().begin(), wanted.elements().end(), [&](const Json& each) { return fits_object(each, event); }))
        return false;
    } else if (!fits_field(wanted, event.find(name))) {
      return false;
    }
  }
  return true;
}

// ---- checks --------------------------------------------------------------------------------------------------------------------------
constexpr std::array text_operators{std::string_view("prefix"), std::string_view("suffix"), std::string_view("equals-ignore-case"),
                                    std::string_view("wildcard")};

bool is_text_operator(std::string_view name) {
  return std::find(text_operators.begin(), text_operators.end(), name) != text_operators.end();
}

bool is_text_operand(std::string_view name, const Json& value) {
  if (value.is_string()) return true;
  const Json* inner = value.find("equals-ignore-case");
  return (name == "prefix" || name == "suffix") && inner && inner->is_string();
}

Result<void> check_numeric(const Json& value) {
  constexpr std::array comparisons{"=", "<", "<=", ">", ">="};
  if (!value.is_array() || value.size() == 0 || value.size() % 2 != 0)
    return invalid("Value of numeric must be an array of comparisons and numbers");
  for (std::size_t i = 0; i < value.size(); i += 2) {
    const Json& comparison = *value.at(i);
    if (!comparison.is_string() || std::find(comparisons.begin(), comparisons.end(), comparison.as_string()) == comparisons.end())
      return invalid("Unrecognized numeric range operator: " + comparison.text());
    if (!value.at(i + 1)->is_number()) return invalid("Value of " + std::string(comparison.as_string()) + " must be numeric");
  }
  return {};
}

Result<void> check_anything_but(const Json& value) {
  const auto scalars = [](const Json& list) {
    return list.size() > 0 && std::all_of(list.elements().begin(), list.elements().end(),
                                          [](const Json& each) { return each.is_string() || each.is_number(); });
  };
  if (value.is_string() || value.is_number() || (value.is_array() && scalars(value))) return {};
  if (!value.is_object() || value.size() != 1) return invalid("Inside anything but list, start|null|boolean is not supported.");
  const auto& [name, inner] = value.members().front();
  const bool texts = inner.is_string() ||
                     (inner.is_array() && inner.size() > 0 &&
                      std::all_of(inner.elements().begin(), inner.elements().end(), [](const Json& each) { return each.is_string(); }));
  if (!is_text_operator(name) || !texts) return invalid("Unsupported anything-but pattern: " + name);
  return {};
}

Result<void> check_rule(const Json& rule) {
  if (is_scalar(rule)) return {};
  if (!rule.is_object() || rule.size() != 1) return invalid("Match value must be String, number, true, false, or null");
  const auto& [name, value] = rule.members().front();
  if (name == "exists") return value.is_boolean() ? Result<void>() : invalid("exists match pattern must be either true or false.");
  if (name == "numeric") return check_numeric(value);
  if (name == "anything-but") return check_anything_but(value);
  if (name == "cidr") return value.is_string() && network(value.as_string()) ? Result<void>() : invalid("Malformed CIDR, one '/' required");
  if (!is_text_operator(name)) return invalid("Unrecognized match type " + name);
  return is_text_operand(name, value) ? Result<void>() : invalid(name + " match pattern must be a string");
}

Result<void> check_object(const Json& pattern) {
  if (pattern.size() == 0) return invalid("Empty objects are not allowed");
  for (const auto& [name, wanted] : pattern.members()) {
    if (name == "$or" && wanted.is_array() && wanted.size() > 1 &&
        std::all_of(wanted.elements().begin(), wanted.elements().end(), [](const Json& each) { return each.is_object(); })) {
      for (const Json& each : wanted.elements()) {
        if (auto checked = check_object(each); !checked) return checked;
      }
    } else if (wanted.is_object()) {
      if (auto checked = check_object(wanted); !checked) return checked;
    } else if (!wanted.is_array()) {
      return invalid("\"" + name + "\" must be an object or an array");
    } else if (wanted.size() == 0) {
      return invalid("Empty arrays are not allowed");
    } else {
      for (const Json& rule : wanted.elements()) {
        if (auto checked = check_rule(rule); !checked) return checked;
      }
    }
  }
  return {};
}

}  // namespace

Result<EventPattern> EventPattern::parse(std::string_view text) {
  auto pattern = Json::parse(std::string(text));
  if (!pattern) return invalid(pattern.error().message);
  if (!pattern->is_object()) return invalid("Filter is not an object");
  if (auto checked = check_object(*pattern); !checked) return checked.error();
  return EventPattern(std::move(*pattern));
}

bool EventPattern::matches(const Json& event) const { return fits_object(pattern_, event); }

}  // namespace signalbox::events
