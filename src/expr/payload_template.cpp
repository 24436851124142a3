#include "expr/intrinsic.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {
namespace {

/// A place in the template that is not constant, or holds one that is not.
struct Part {
  struct Member;
  std::string field;  ///< the member as written (`value.$`), for error texts
  std::variant<Json, PathExpression, IntrinsicCall, std::vector<Member>, std::vector<Part>> value;
};

struct Part::Member {
  std::string name;
  Part part;
};

bool is_constant(const Part& part) { return std::holds_alternative<Json>(part.value); }

class TemplateParser {
 public:
  Part parse(const Json& source, const std::string& where) {
    if (source.is_object()) return parse_object(source, where);
    if (source.is_array()) return parse_array(source, where);
    return Part{{}, source};
  }
  std::vector<TemplateFault> faults;

 private:
  /// An object without anything to evaluate stays the value that it is, so that evaluating shares it.
  Part parse_object(const Json& source, const std::string& where) {
    std::vector<Part::Member> members;
    bool constant = true;
    for (const Json::Member& member : source.members()) {
      const bool is_expression = member.name.ends_with(".$");
      std::string name = is_expression ? member.name.substr(0, member.name.size() - 2) : member.name;
      const std::string place = where + "/" + member.name;
      if (std::ranges::any_of(members, [&name](const Part::Member& other) { return other.name == name; })) {
        faults.push_back({place, fmt::format("The field '{}' is given twice", name)});
      }
      Part part = is_expression ? parse_expression(member, place) : parse(member.value, place);
      constant = constant && is_constant(part) && !is_expression;
      members.push_back({std::move(name), std::move(part)});
    }
    if (constant) return Part{{}, source};
    return Part{{}, std::move(members)};
  }

  Part parse_array(const Json& source, const std::string& where) {
    std::vector<Part> elements;
    for (const Json& element : source.elements()) elements.push_back(parse(element, fmt::format("{}/{}", where, elements.size())));
    if (std::ranges::all_of(elements, is_constant)) return Part{{}, source};
    return Part{{}, std::move(elements)};
  }

  Part parse_expression(const Json::Member& member, const std::string& place) {
    if (!member.value.is_string()) {
      faults.push_back(
          {place, fmt::format("The value for the field '{}' must be a STRING that contains a JSONPath or an intrinsic function call",
                              member.name)});
      return {};
    }
    const std::string_view text = member.value.as_string();
    if (text.starts_with("States.")) return taken(member, place, IntrinsicCall::parse(text));
    return taken(member, place, PathExpression::parse(text));
  }

  template <class Parsed>
  Part taken(const Json::Member& member, const std::string& place, Parsed parsed) {
    if (parsed) return Part{member.name, std::move(*parsed)};
    faults.push_back({place, fmt::format("The value for the field '{}' must be a valid JSONPath or a valid intrinsic function call: {}",
                                         member.name, parsed.error().message)});
    return {};
  }
};

Evaluated<Json> evaluate_part(const Part& part, const EvaluationContext& context);

Evaluated<Json> evaluate_path(const PathExpression& path, const std::string& field, const EvaluationContext& context) {
  if (path.reads_null(context.input)) return WorkflowError{error_names::Runtime, std::string(PathExpression::null_input)};
  auto value = path.evaluate(context);
  if (value) return value;
  return WorkflowError{error_names::Runtime,
                       fmt::format("The JSONPath '{}' specified for the field '{}' could not be found in the input '{}'", path.text(),
                                   field, context.input.compact_text())};
}

Evaluated<Json> evaluate_object(const std::vector<Part::Member>& members, const EvaluationContext& context) {
  Json::Object result;
  result.reserve(members.size());
  for (const Part::Member& member : members) {
    auto value = evaluate_part(member.part, context);
    if (!value) return value;
    result.push_back({member.name, std::move(*value)});
  }
  return Json(std::move(result));
}

Evaluated<Json> evaluate_array(const std::vector<Part>& elements, const EvaluationContext& context) {
  Json::Array result;
  result.reserve(elements.size());
  for (const Part& element : elements) {
    auto value = evaluate_part(element, context);
    if (!value) return value;
    result.push_back(std::move(*value));
  }
  return Json(std::move(result));
}

Evaluated<Json> evaluate_part(const Part& part, const EvaluationContext& context) {
  if (const auto* constant = std::get_if<Json>(&part.value)) return *constant;
  if (const auto* path = std::get_if<PathExpression>(&part.value)) return evaluate_path(*path, part.field, context);
  if (const auto* call = std::get_if<IntrinsicCall>(&part.value)) return call->evaluate(context);
  if (const auto* members = std::get_if<std::vector<Part::Member>>(&part.value)) return evaluate_object(*members, context);
  return evaluate_array(std::get<std::vector<Part>>(part.value), context);
}

void for_each_path(const Part& part, const std::function<void(const PathExpression&)>& visit) {
  if (const auto* path = std::get_if<PathExpression>(&part.value)) {
    visit(*path);
  } else if (const auto* call = std::get_if<IntrinsicCall>(&part.value)) {
    IntrinsicCall::Compiled::of(*call).for_each_path(visit);
  } else if (const auto* members = std::get_if<std::vector<Part::Member>>(&part.value)) {
    for (const Part::Member& member : *members) for_each_path(member.part, visit);
  } else if (const auto* elements = std::get_if<std::vector<Part>>(&part.value)) {
    for (const Part& element : *elements) for_each_path(element, visit);
  }
}

}  // namespace

struct PayloadTemplate::Compiled {
  Json source;
  Part root;
  ContextReads reads;
};

boost::system::result<PayloadTemplate, std::vector<TemplateFault>> PayloadTemplate::parse(const Json& source) {
  TemplateParser parser;
  auto compiled = std::make_shared<Compiled>();
  compiled->source = source;
  // Without the source's own text: what a template gives is printed compactly.
  compiled->root = parser.parse(source.rebuilt(), "");
  if (!parser.faults.empty()) return parser.faults;
  for_each_path(compiled->root, [&reads = compiled->reads](const PathExpression& path) { path.add_reads(reads); });
  PayloadTemplate result;
  result.compiled_ = std::move(compiled);
  return result;
}

Evaluated<Json> PayloadTemplate::evaluate(const EvaluationContext& context) const {
  auto value = evaluate_part(compiled_->root, context);
  if (value && value->depth() > Json::depth_max)
    return WorkflowError{error_names::Runtime,
                         fmt::format("The value of the payload template is nested more than {} levels deep", Json::depth_max)};
  return value;
}

const Json& PayloadTemplate::source() const { return compiled_->source; }
const ContextReads& PayloadTemplate::reads() const { return compiled_->reads; }

std::vector<std::string> PayloadTemplate::variables() const {
  std::vector<std::string> names;
  for_each_path(compiled_->root, [&names](const PathExpression& path) {
    if (path.variable()) names.push_back(*path.variable());
  });
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void throw_bad_template_access() { detail::assertion_failed("a payload template with faults was used", __FILE__, __LINE__); }

}  // namespace signalbox
