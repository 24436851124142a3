#include "asl/yaml.h"

#include "signalbox/encoding.h"
#include "signalbox/json.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <unordered_set>
#include <utility>
#include <vector>

namespace signalbox {

namespace {

constexpr std::size_t nodes_max = 1'000'000;
constexpr int depth_max = 512;

constexpr std::string_view standard_prefix = "tag:yaml.org,2002:";

/// Short tags of CloudFormation's functions. `!GetAtt` alone takes its text apart.
constexpr std::array function_tags{"And",  "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If",           "ImportValue",
                                   "Join", "Length", "Not",  "Or",     "Select",    "Split",  "Sub",    "ToJsonString", "Transform"};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// A number as JSON writes it, if YAML's text is one already.
bool is_json_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - start;
  };
  const auto first = i;
  const auto whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

/// YAML 1.1's other spellings of whole numbers: `+1`, `1_000`, `0777`, `0x1F`, `0b101`; not the sexagesimal ones, which
/// CloudFormation's authors mean as text (`10:30`).
std::optional<std::string> other_integer(std::string_view text) {
  std::string digits;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  else if (text.starts_with("0b")) base = 2;
  if (base != 10) text.remove_prefix(2);
  else if (text.size() > 1 && text[0] == '0') base = 8;
  if (text.empty() || text[0] == '_') return std::nullopt;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
  unsigned long long value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return (negative ? "-" : "") + std::to_string(value);
}

/// `.5`, `1.`, `+1.5e3`: floats that need a point in YAML 1.1.
std::optional<std::string> other_float(std::string_view text) {
  if (text.find('.') == std::string_view::npos || text.find_first_of("0123456789") == std::string_view::npos) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return Json(value).text();
}

class Converter {
 public:
  Result<std::string> run(const YAML::Node& root) {
    convert(root, 0);
    if (failure_) return std::move(*failure_);
    return std::move(out_);
  }

 private:
  void convert(const YAML::Node& node, int depth) {
    if (failure_) return;
    if (depth > depth_max) return fail(node, fmt::format("nesting over {} levels", depth_max));
    if (++nodes_ > nodes_max) return fail(node, "the document expands to more than a million nodes");
    if (node.IsScalar() && !is_utf8(node.Scalar())) return fail(node, "the text is not UTF-8");
    const auto& tag = node.Tag();
    if (tag.size() > 1 && tag[0] == '!') return convert_tagged(node, tag.substr(1), depth);
    convert_value(node, depth);
  }

  void convert_value(const YAML::Node& node, int depth) {
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: out_ += "null"; return;
      case YAML::NodeType::Scalar: return convert_scalar(node);
      case YAML::NodeType::Sequence: return convert_sequence(node, depth);
      case YAML::NodeType::Map: return convert_map(node, depth);
    }
  }

  void convert_sequence(const YAML::Node& node, int depth) {
    out_ += '[';
    bool first = true;
    for (const auto& element : node) {
      if (!std::exchange(first, false)) out_ += ',';
      convert(element, depth + 1);
    }
    out_ += ']';
  }

  void convert_map(const YAML::Node& node, int depth) {
    out_ += '{';
    std::unordered_set<std::string> names;
    bool first = true;
    for (const auto& member : node) {
      if (failure_) return;
      const auto& key = member.first;
      if (!key.IsScalar()) return fail(key, "a member's name must be a text");
      const auto& name = key.Scalar();
      if (!is_utf8(name)) return fail(key, "the member's name is not UTF-8");
      if (name == "<<" && key.Tag() != "!") return fail(key, "merge keys (<<) are not supported");
      if (!names.insert(name).second) return fail(key, fmt::format("the member '{}' is there twice", name));
      if (!std::exchange(first, false)) out_ += ',';
      append_json_string(out_, name);
      out_ += ':';
      convert(member.second, depth + 1);
    }
    out_ += '}';
  }

  void convert_scalar(const YAML::Node& node) {
    const auto& text = node.Scalar();
    const auto& tag = node.Tag();
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return append_json_string(out_, text);  // quoted, or a block
    if (tag.starts_with(standard_prefix) && !is_one_of(tag.substr(standard_prefix.size()), {"null", "bool", "int", "float"}))
      return fail(node, fmt::format("the tag !!{} is not supported", tag.substr(standard_prefix.size())));
    convert_plain(text);
  }

  void convert_plain(const std::string& text) {
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) out_ += "null";
    else if (is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) out_ += "true";
    else if (is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})) out_ += "false";
    else if (is_json_number(text)) out_ += text;
    else if (const auto integer = other_integer(text)) out_ += *integer;
    else if (const auto number = other_float(text)) out_ += *number;
    else append_json_string(out_, text);
  }

  void convert_tagged(const YAML::Node& node, const std::string& name, int depth) {
    const bool is_function = std::find(function_tags.begin(), function_tags.end(), name) != function_tags.end();
    if (!is_function && name != "Ref" && name != "Condition") return fail(node, fmt::format("unknown tag '!{}'", name));
    out_ += '{';
    append_json_string(out_, is_function ? "Fn::" + name : name);
    out_ += ':';
    if (!node.IsScalar()) convert_value(node, depth + 1);
    else if (name == "GetAtt") convert_get_att(node);
    else append_json_string(out_, node.Scalar());
    out_ += '}';
  }

  /// `!GetAtt Resource.Attribute.Nested` names the resource before the first dot.
  void convert_get_att(const YAML::Node& node) {
    const auto& text = node.Scalar();
    const auto dot = text.find('.');
    if (dot == std::string::npos) return fail(node, fmt::format("'!GetAtt {}' names no attribute", text));
    out_ += '[';
    append_json_string(out_, text.substr(0, dot));
    out_ += ',';
    append_json_string(out_, text.substr(dot + 1));
    out_ += ']';
  }

  void fail(const YAML::Node& node, const std::string& message) {
    if (failure_) return;
    const auto mark = node.Mark();
    failure_ = error(ErrorCode::InvalidArgument, fmt::format("{} (line {}, column {})", message, mark.line + 1, mark.column + 1));
  }

  std::string out_;
  std::size_t nodes_ = 0;
  std::optional<Error> failure_;
};

/// Where documents start; of what is in them nothing is kept.
class DocumentStarts : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> marks;

  void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

Error faulty(std::string_view what, const YAML::Mark& mark) {
  return error(ErrorCode::InvalidArgument, fmt::format("{} (line {}, column {})", what, mark.line + 1, mark.column + 1));
}

/// At a comma outside of braces yaml-cpp reads one empty document after another, and never comes further: YAML::LoadAll does not
/// return. So no more than two are looked for.
Result<void> check_is_one_document(const std::string& yaml) {
  std::istringstream text(yaml);
  YAML::Parser parser(text);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts)) return error(ErrorCode::InvalidArgument, "one YAML document is expected, but there is none");
  if (!parser.HandleNextDocument(starts)) return {};
  const auto& first = starts.marks.front();
  const auto& second = starts.marks.back();
  return faulty(second.pos == first.pos ? "no YAML value begins like this" : "one YAML document is expected, but here begins a second",
                second);
}

}  // namespace

Result<std::string> yaml_to_json(std::string_view yaml) {
  const std::string text(yaml);
  try {
    if (auto checked = check_is_one_document(text); !checked) return checked.error();
    return Converter().run(YAML::Load(text));
  } catch (const YAML::Exception& failure) {
    return faulty(failure.msg, failure.mark);
  }
}

}  // namespace signalbox
