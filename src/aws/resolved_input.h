#pragma once
/// Definitions and inputs hold placeholders for the daemon's own URLs. What a task sends out of the data file, or puts where readers take it as it is (a message
/// whose digest they check), has the URLs themselves.

#include "signalbox/json.h"

#include <functional>
#include <string>
#include <string_view>

namespace signalbox::aws {

/// Fills in the URLs; any thread.
using UrlResolver = std::function<std::string(std::string_view)>;

[[nodiscard]] inline Json resolved_input(const Json& input, const UrlResolver& resolve) {
  if (!resolve) return input;
  const auto text = input.text();
  return text.find("${signalbox:") == std::string::npos ? input : Json::from_stored(resolve(text));
}

}  // namespace signalbox::aws
