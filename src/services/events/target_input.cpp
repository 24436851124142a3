#include "services/events/target_input.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace signalbox::events {

namespace {

Error invalid(std::string message) { return error(ErrorCode::InvalidArgument, std::move(message), "ValidationException"); }

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// The placeholder that begins at `at`, which is a `<`; nothing if it is none.
std::optional<std::string_view> placeholder_at(std::string_view text, std::size_t at) {
  const auto end = text.find('>', at);
  if (end == std::string_view::npos || end == at + 1) return std::nullopt;
  const auto name = text.substr(at + 1, end - at - 1);
  if (!std::all_of(name.begin(), name.end(), is_name_character)) return std::nullopt;
  return name;
}

/// A value inside of a JSON string of the template: texts as they are, objects without their quotes. [recorded]
std::string inside_string(const Json& value) {
  std::string quoted;
  if (value.is_string()) {
    append_json_string(quoted, value.as_string());
    return quoted.substr(1, quoted.size() - 2);
  }
  std::string plain;
  for (const char c : value.compact_text()) {
    if (c != '"') plain += c;
  }
  return plain;
}

class Transformer {
 public:
  Transformer(const Json& transformer, const Json& envelope, const RuleNames& rule)
      : paths_(transformer.find("InputPathsMap")), envelope_(envelope), rule_(rule) {}

  std::string apply(std::string_view text) const {
    std::string out;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (c == '\\' && in_string && at + 1 < text.size()) {
        out += c;
        out += text[++at];
        continue;
      }
      if (c == '"') in_string = !in_string;
      const auto name = c == '<' ? placeholder_at(text, at) : std::nullopt;
      if (!name) {
        out += c;
        continue;
      }
      if (const auto value = value_of(*name)) out += in_string ? inside_string(*value) : value->compact_text();
      at += name->size() + 1;
    }
    return out;
  }

 private:
  std::optional<Json> value_of(std::string_view name) const {
    if (name == "aws.events.rule-arn") return Json(rule_.arn);
    if (name == "aws.events.rule-name") return Json(rule_.name);
    if (name == "aws.events.event.ingestion-time") return Json(rule_.ingestion_time);
    if (name == "aws.events.event") return envelope_.without("detail");
    if (name == "aws.events.event.json") return envelope_;
    const Json* path = paths_ ? paths_->find(name) : nullptr;
    const Json* value = path && path->is_string() ? value_at(envelope_, path->as_string()) : nullptr;
    return value ? std::optional(*value) : std::nullopt;
  }

  const Json* paths_;
  const Json& envelope_;
  const RuleNames& rule_;
};

bool is_known_placeholder(std::string_view name, const Json* paths) {
  return (paths && paths->find(name)) || name == "aws.events.rule-arn" || name == "aws.events.rule-name" ||
         name == "aws.events.event.ingestion-time" || name == "aws.events.event" || name == "aws.events.event.json";
}

}  // namespace

const Json* value_at(const Json& root, std::string_view path) {
  if (!path.starts_with('$')) return nullptr;
  path.remove_prefix(1);
  const Json* at = &root;
  while (!path.empty() && at) {
    const bool index = path.front() == '[';
    const auto end = index ? path.find(']') : path.find_first_of(".[", 1);
    if ((!index && path.front() != '.') || (index && end == std::string_view::npos)) return nullptr;
    auto part = path.substr(1, (end == std::string_view::npos ? path.size() : end) - 1);
    path = end == std::string_view::npos ? std::string_view() : path.substr(index ? end + 1 : end);
    std::size_t place = 0;
    const bool number = index && std::from_chars(part.data(), part.data() + part.size(), place).ptr == part.data() + part.size();
    if (index && !number && part.size() > 2) part = part.substr(1, part.size() - 2);  // ['name']
    at = number ? at->at(place) : at->find(part);
  }
  return at;
}

std::string target_input(const Json& target, const Json& envelope, const RuleNames& rule) {
  if (const Json* input = target.find("Input"); input && input->is_string()) return std::string(input->as_string());
  if (const Json* path = target.find("InputPath"); path && path->is_string()) {
    const Json* value = value_at(envelope, path->as_string());
    return value ? value->compact_text() : std::string();
  }
  if (const Json* transformer = target.find("InputTransformer"); transformer && transformer->is_object()) {
    return Transformer(*transformer, envelope, rule).apply(member_text(*transformer, "InputTemplate"));
  }
  return envelope.text();
}

Result<void> check_target_input(const Json& target) {
  const auto id = member_text(target, "Id");
  int ways = 0;
  for (const char* name : {"Input", "InputPath", "InputTransformer"}) ways += target.find(name) ? 1 : 0;
  if (ways > 1) return invalid("Only one of Input, InputPath, or InputTransformer must be provided for target " + id + ".");
  if (const Json* path = target.find("InputPath"); path && path->is_string() && !path->as_string().starts_with('$'))
    return invalid("InputPath for target " + id + " is invalid.");
  const Json* transformer = target.find("InputTransformer");
  if (!transformer) return {};
  const auto text = member_text(*transformer, "InputTemplate");
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const auto name = placeholder_at(text, at);
    if (name && !is_known_placeholder(*name, transformer->find("InputPathsMap")))
      return invalid("InputTemplate for target " + id + " contains invalid placeholder " + std::string(*name) + ".");
  }
  return {};
}

}  // namespace signalbox::events
