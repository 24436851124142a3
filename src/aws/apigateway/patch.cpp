#include "aws/apigateway/patch.h"

#include "services/gateway/gateway_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::aws::apigateway {

namespace {

std::string unescaped(std::string part) {
  for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}})
    for (auto at = part.find(from); at != std::string::npos; at = part.find(from, at + 1)) part.replace(at, 2, to);
  return part;
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    parts.push_back(unescaped(std::string(path.substr(0, slash))));
    path.remove_prefix(slash);
  }
  return parts;
}

}  // namespace

Answer<Json> patched(Json record, const Json& request, const std::function<std::optional<Json>(const Json&, const Patch&)>& apply) {
  const auto* operations = request.find("patchOperations");
  if (!operations || !operations->is_array()) return record;
  for (const auto& operation : operations->elements()) {
    const auto path = member_text(operation, "path");
    Patch patch{.op = member_text(operation, "op"), .path = parts_of(path), .value = {}};
    if (patch.op != "add" && patch.op != "replace" && patch.op != "remove")
      return Failure{"BadRequestException", "Invalid patch operation specified. Must be one of: [add, remove, replace]"};
    if (const auto* value = operation.find("value")) (patch.op == "remove" ? patch.removed : patch.value) = *value;
    auto changed = patch.path.empty() ? std::nullopt : apply(record, patch);
    if (!changed) return Failure{"BadRequestException", fmt::format("Invalid patch path  '{}' specified for op '{}'", path, patch.op)};
    record = std::move(*changed);
  }
  return record;
}

Json typed(const Json& value) {
  if (!value.is_string()) return value;
  const auto parsed = Json::parse(std::string(value.as_string()));
  return parsed && (parsed->is_boolean() || parsed->is_number()) ? *parsed : value;
}

std::optional<Json> patch_member(const Json& record, const Patch& patch, std::span<const Patchable> known) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Patchable& one) { return one.name == patch.path.front(); });
  if (found == known.end() || patch.path.size() != (found->keyed ? 2U : 1U) || (patch.op == "remove" && !found->removable))
    return std::nullopt;
  const bool says_nothing = patch.op != "remove" && patch.value.is_null();
  return with_member(record, patch.path, says_nothing ? Json("") : found->typed ? typed(patch.value) : patch.value);
}

Json with_member(const Json& record, std::span<const std::string> path, const Json& value) {
  if (path.size() == 1) return value.is_null() ? record.without(path.front()) : record.with(path.front(), value);
  const auto* inner = record.find(path.front());
  return record.with(path.front(), with_member(inner && inner->is_object() ? *inner : Json::empty_object(), path.subspan(1), value));
}

}  // namespace signalbox::aws::apigateway
