#include "services/gateway/document.h"

#include <algorithm>

namespace signalbox::gateway {

std::string document_place(const std::string& place, std::string_view name) {
  std::string escaped;
  for (const char c : name) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return place + "/" + escaped;
}

const Json& document_target(const Json& document, const Json& value) {
  const auto reference = member_text(value, "$ref");
  if (!reference.starts_with("#/")) return value;
  const Json* found = &document;
  std::string_view rest = std::string_view(reference).substr(2);
  while (found && !rest.empty()) {
    const auto end = std::min(rest.find('/'), rest.size());
    found = found->find(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found ? *found : value;
}

bool is_true(const Json* value) { return value && (*value == Json(true) || *value == Json("true")); }

Json with_info(Json members, const Json* info) {
  for (const auto& [name, of] : {std::pair{"title", "name"}, std::pair{"description", "description"}, std::pair{"version", "version"}})
    if (const auto text = info ? member_text(*info, name) : std::string(); !text.empty()) members = members.with(of, Json(text));
  return members;
}

}  // namespace signalbox::gateway
