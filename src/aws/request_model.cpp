#include "aws/request_model.h"

#include "aws/parameters.h"

#include <string>
#include <vector>

namespace signalbox::aws {

namespace {

/// A list as AWS's messages print it: `[a, b]`, `[Shape(member=value, …), …]`.
std::string shown_list(const Json& list, std::string_view shape) {
  std::string out = "[";
  for (const Json& element : list.elements()) {
    if (out.size() > 1) out += ", ";
    if (!element.is_object()) {
      out += plain_text(element);
      continue;
    }
    out += std::string(shape) + "(";
    for (const auto& [name, value] : element.members()) out += (out.ends_with('(') ? "" : ", ") + name + "=" + plain_text(value);
    out += ")";
  }
  return out + "]";
}

class Check {
 public:
  void member(const MemberModel& model, const Json& request) { descend(model, request, model.path, {}); }

  [[nodiscard]] std::optional<Failure> failure() const {
    if (type_fault_) return type_fault_;
    if (violations_.empty()) return std::nullopt;
    std::string message =
        std::to_string(violations_.size()) + (violations_.size() == 1 ? " validation error detected: " : " validation errors detected: ");
    for (std::size_t i = 0; i < violations_.size(); ++i) message += (i == 0 ? "" : "; ") + violations_[i];
    return Failure{"ValidationException", std::move(message)};
  }

 private:
  /// Follows the rest of a path; `shown` is how messages name the place: `tags.1.member.key`.
  void descend(const MemberModel& model, const Json& at, std::string_view rest, const std::string& shown) {
    const auto end = rest.find_first_of(".[");
    const auto name = rest.substr(0, end);
    const std::string place = shown + (shown.empty() ? "" : ".") + std::string(name);
    const Json* found = at.find(name);
    if (found && found->is_null()) found = nullptr;
    if (end == rest.npos) {
      found ? value(model, *found, place) : missing(model, place);
    } else if (found) {
      within(model, *found, rest.substr(end), place);
    }
  }

  void within(const MemberModel& model, const Json& found, std::string_view rest, const std::string& place) {
    if (rest.front() == '.') return found.is_object() ? descend(model, found, rest.substr(1), place) : void();
    if (!found.is_array()) return;
    rest.remove_prefix(std::string_view("[]").size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::string element = place + "." + std::to_string(i + 1) + ".member";
      if (rest.empty()) {
        value(model, *found.at(i), element);
      } else {
        within(model, *found.at(i), rest, element);
      }
    }
  }

  void missing(const MemberModel& model, const std::string& place) {
    if (model.required) violation("null ", place, "Member must not be null");
  }

  void value(const MemberModel& model, const Json& found, const std::string& place) {
    switch (model.type) {
      case MemberType::Text: return found.is_string() ? text(model, found.as_string(), place) : wrong_type(found, "a String");
      case MemberType::Integer: return found.as_integer() ? integer(model, *found.as_integer(), place) : wrong_type(found, "an Integer");
      case MemberType::Decimal: return found.is_number() ? decimal(model, found, place) : wrong_type(found, "a Float");
      case MemberType::Boolean: return found.is_boolean() ? void() : wrong_type(found, "a Boolean");
      case MemberType::List:
        return found.is_array() ? length(model, found.size(), "'" + shown_list(found, model.element) + "' ", place)
                                : wrong_type(found, "a List");
      case MemberType::Structure: return found.is_object() ? void() : wrong_type(found, "a Structure");
    }
  }

  void text(const MemberModel& model, std::string_view found, const std::string& place) {
    const std::string shown = model.sensitive ? std::string() : "'" + std::string(found) + "' ";
    length(model, characters(found), shown, place);
    if (model.pattern && !model.pattern->matches(found))
      violation(shown, place, "Member must satisfy regular expression pattern: " + std::string(model.pattern->text));
    if (!model.values.empty() && !is_one_of(model.values, found))
      violation(shown, place, "Member must satisfy enum value set: [" + std::string(model.values) + "]");
  }

  void length(const MemberModel& model, std::size_t count, const std::string& shown, const std::string& place) {
    if (model.min && count < static_cast<std::size_t>(*model.min))
      violation(shown, place, "Member must have length greater than or equal to " + std::to_string(*model.min));
    if (model.max && count > static_cast<std::size_t>(*model.max))
      violation(shown, place, "Member must have length less than or equal to " + std::to_string(*model.max));
  }

  void integer(const MemberModel& model, std::int64_t found, const std::string& place) {
    const std::string shown = "'" + std::to_string(found) + "' ";
    if (model.min && found < *model.min)
      violation(shown, place, "Member must have value greater than or equal to " + std::to_string(*model.min));
    if (model.max && found > *model.max)
      violation(shown, place, "Member must have value less than or equal to " + std::to_string(*model.max));
  }

  void decimal(const MemberModel& model, const Json& found, const std::string& place) {
    // As Java prints a Float: 101 is 101.0.
    const std::string shown = "'" + found.text() + (found.as_integer() && found.text().find('.') == std::string::npos ? ".0' " : "' ");
    if (model.min && found.as_double() < static_cast<double>(*model.min))
      violation(shown, place, "Member must have value greater than or equal to " + std::to_string(*model.min));
    if (model.max && found.as_double() > static_cast<double>(*model.max))
      violation(shown, place, "Member must have value less than or equal to " + std::to_string(*model.max));
  }

  static bool is_one_of(std::string_view values, std::string_view found) {
    for (std::size_t at = 0; at != values.npos;) {
      const auto end = values.find(", ", at);
      if (values.substr(at, end - at) == found) return true;
      at = end == values.npos ? end : end + 2;
    }
    return false;
  }

  void violation(const std::string& shown, const std::string& place, const std::string& constraint) {
    violations_.push_back("Value " + shown + "at '" + place + "' failed to satisfy constraint: " + constraint);
  }
  void wrong_type(const Json& found, const char* wanted) {
    if (!type_fault_) type_fault_ = wrong_type_failure(found, wanted);
  }

  std::optional<Failure> type_fault_;
  std::vector<std::string> violations_;
};

}  // namespace

std::optional<Failure> check_request(std::span<const MemberModel> model, std::string_view operation, const Json& request) {
  Check check;
  for (const auto& member : model) {
    if (member.operation == operation) check.member(member, request);
  }
  return check.failure();
}

}  // namespace signalbox::aws
