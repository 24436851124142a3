#include "signalbox/jsonata_template.h"

#include "signalbox/jsonata.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace signalbox {
namespace {

/// A place in the template that is an expression, or holds one; everything else is a constant.
struct Part {
  struct Member;
  std::string location;  ///< in the state
  std::variant<Json, jsonata::Expression, std::vector<Member>, std::vector<Part>> value;
};

struct Part::Member {
  std::string name;
  Part part;
};

bool is_constant(const Part& part) { return std::holds_alternative<Json>(part.value); }

/// What stands between `{%` and `%}`, without the blanks around it; nothing if the text is no expression.
std::optional<std::string_view> expression_text(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.as_string();
  if (text.size() < 4 || !text.starts_with("{%") || !text.ends_with("%}")) return std::nullopt;
  text = text.substr(2, text.size() - 4);
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

class TemplateParser {
 public:
  TemplateParser(std::string field, const StatesMembers& offered) : field_(std::move(field)), offered_(offered) {}

  Part parse(const Json& source, const std::string& where) {
    if (const auto text = expression_text(source)) return parse_expression(*text, where);
    if (source.is_string() && source.as_string().starts_with("{%"))
      faults.push_back({"SCHEMA_VALIDATION_FAILED", where, "JSONata string must start with {% and end with %}"});
    if (source.is_object()) return parse_object(source, where);
    if (source.is_array()) return parse_array(source, where);
    return Part{field_ + where, source};
  }

  std::vector<JsonataTemplateFault> faults;
  StatesMembers reads;
  std::set<std::string> variables;

 private:
  /// A value without expressions stays the value that it is, so that evaluating shares it.
  Part parse_object(const Json& source, const std::string& where) {
    std::vector<Part::Member> members;
    for (const auto& member : source.members()) members.push_back({member.name, parse(member.value, where + "/" + member.name)});
    if (std::ranges::all_of(members, [](const Part::Member& member) { return is_constant(member.part); }))
      return Part{field_ + where, source};
    return Part{field_ + where, std::move(members)};
  }

  Part parse_array(const Json& source, const std::string& where) {
    std::vector<Part> elements;
    for (const auto& element : source.elements()) elements.push_back(parse(element, fmt::format("{}[{}]", where, elements.size())));
    if (std::ranges::all_of(elements, is_constant)) return Part{field_ + where, source};
    return Part{field_ + where, std::move(elements)};
  }

  Part parse_expression(std::string_view text, const std::string& where) {
    auto expression = jsonata::Expression::parse(text, jsonata::Profile::StepFunctions);
    if (!expression) {
      const bool unsupported = expression.error().kind == jsonata::Failure::Kind::Unsupported;
      faults.push_back({unsupported ? "UNSUPPORTED_JSONATA_EXPRESSION" : "INVALID_JSONATA_EXPRESSION", where, expression.error().message});
      return {};
    }
    for (const auto& reference : expression->references()) note(reference, where);
    return Part{field_ + where, std::move(*expression)};
  }

  void note(const jsonata::Reference& reference, const std::string& where) {
    if (reference.variable != "states") {
      variables.insert(reference.variable);
    } else if (!reference.member) {
      reads = {.input = true, .context = true, .result = offered_.result, .error_output = offered_.error_output};
    } else if (*reference.member == "input") {
      reads.input = true;
    } else if (*reference.member == "context") {
      reads.context = true;
    } else if (*reference.member == "result" && offered_.result) {
      reads.result = true;
    } else if (*reference.member == "errorOutput" && offered_.error_output) {
      reads.error_output = true;
    } else {
      faults.push_back({"UNSUPPORTED_JSONATA_EXPRESSION", where, fmt::format("Field '$states.{}' does not exist.", *reference.member)});
    }
  }

  std::string field_;
  StatesMembers offered_;
};

using Evaluation = boost::system::result<Json, EvaluationFault>;

EvaluationFault fault_of(const Part& part, const jsonata::Expression& expression, std::string_view what) {
  return {fmt::format("The JSONata expression '{}' specified for the field '{}' {}", expression.text(), part.location, what),
          part.location};
}

/// `$states` and the variables that the expression asks for.
std::vector<jsonata::Binding> bindings_of(const jsonata::Expression& expression, const JsonataScope& scope) {
  std::vector<jsonata::Binding> bindings;
  for (const auto& reference : expression.references()) {
    const std::string_view name = reference.variable;
    if (std::ranges::any_of(bindings, [name](const jsonata::Binding& bound) { return bound.name == name; })) continue;
    const Json* const value = name == "states" ? &scope.states : scope.variables.find(name);
    if (value != nullptr) bindings.push_back({name, value});
  }
  return bindings;
}

Evaluation evaluate_expression(const Part& part, const jsonata::Expression& expression, const JsonataScope& scope) {
  const auto bindings = bindings_of(expression, scope);
  jsonata::Environment environment;
  environment.bindings = bindings;
  environment.now = scope.now;
  environment.random = [&scope] { return scope.random.draw(); };
  auto value = expression.evaluate(environment);
  if (!value) {
    const auto& failure = value.error();
    const auto why = failure.code.empty() ? ": " + failure.message : ". " + failure.code + ": " + failure.message;
    return fault_of(part, expression, "threw an error during evaluation" + why);
  }
  if (auto* json = std::get_if<Json>(&*value)) return std::move(*json);
  const bool undefined = std::holds_alternative<jsonata::Undefined>(*value);
  return fault_of(part, expression, undefined ? "returned nothing (undefined)." : "returned an unsupported result type.");
}

Evaluation evaluate_part(const Part& part, const JsonataScope& scope);

Evaluation evaluate_object(const std::vector<Part::Member>& members, const JsonataScope& scope) {
  Json::Object result;
  result.reserve(members.size());
  for (const auto& member : members) {
    auto value = evaluate_part(member.part, scope);
    if (!value) return value;
    result.push_back({member.name, std::move(*value)});
  }
  return Json(std::move(result));
}

Evaluation evaluate_array(const std::vector<Part>& elements, const JsonataScope& scope) {
  Json::Array result;
  result.reserve(elements.size());
  for (const auto& element : elements) {
    auto value = evaluate_part(element, scope);
    if (!value) return value;
    result.push_back(std::move(*value));
  }
  return Json(std::move(result));
}

Evaluation evaluate_part(const Part& part, const JsonataScope& scope) {
  if (const auto* constant = std::get_if<Json>(&part.value)) return *constant;
  if (const auto* expression = std::get_if<jsonata::Expression>(&part.value)) return evaluate_expression(part, *expression, scope);
  if (const auto* members = std::get_if<std::vector<Part::Member>>(&part.value)) return evaluate_object(*members, scope);
  return evaluate_array(std::get<std::vector<Part>>(part.value), scope);
}

}  // namespace

struct JsonataTemplate::Compiled {
  Json source;
  std::string field;
  Part root;
  StatesMembers reads;
  std::vector<std::string> variables;
};

boost::system::result<JsonataTemplate, std::vector<JsonataTemplateFault>> JsonataTemplate::parse(const Json& source, std::string field,
                                                                                                 const StatesMembers& offered) {
  TemplateParser parser(field, offered);
  auto compiled = std::make_shared<Compiled>();
  compiled->source = source;
  compiled->field = std::move(field);
  // Without the source's own text: what a template gives is printed compactly.
  compiled->root = parser.parse(source.rebuilt(), "");
  if (!parser.faults.empty()) return std::move(parser.faults);
  compiled->reads = parser.reads;
  compiled->variables.assign(parser.variables.begin(), parser.variables.end());
  JsonataTemplate result;
  result.compiled_ = std::move(compiled);
  return result;
}

Evaluation JsonataTemplate::evaluate(const JsonataScope& scope) const {
  auto value = evaluate_part(compiled_->root, scope);
  if (value && value->depth() > Json::depth_max)
    return EvaluationFault{fmt::format("The value of the field '{}' is nested more than {} levels deep", compiled_->field, Json::depth_max),
                           compiled_->field};
  return value;
}

Evaluation JsonataTemplate::evaluate(const JsonataScope& scope, Json::Kind expected) const {
  auto value = evaluate(scope);
  if (!value || value->kind() == expected) return value;
  const auto what = fmt::format("returned an unexpected result type. Expected '{}', but was '{}' for value: {}",
                                jsonata_type_name(expected), jsonata_type_name(value->kind()), value->compact_text());
  if (const auto* expression = std::get_if<jsonata::Expression>(&compiled_->root.value))
    return fault_of(compiled_->root, *expression, what);
  return EvaluationFault{fmt::format("The value specified for the field '{}' {}", compiled_->field, what), compiled_->field};
}

const Json& JsonataTemplate::source() const { return compiled_->source; }
const std::string& JsonataTemplate::field() const { return compiled_->field; }
const StatesMembers& JsonataTemplate::reads() const { return compiled_->reads; }
const std::vector<std::string>& JsonataTemplate::variables() const { return compiled_->variables; }

std::string_view jsonata_type_name(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::Null: return "null";
    case Json::Kind::Boolean: return "boolean";
    case Json::Kind::Number: return "number";
    case Json::Kind::String: return "string";
    case Json::Kind::Array: return "array";
    case Json::Kind::Object: return "object";
  }
  return "";
}

}  // namespace signalbox
