/// Definitions, as JSON and as YAML: no input crashes the parsers, and what was accepted loads and prints the same again.

#include "asl/print.h"
#include "asl/yaml.h"

#include "signalbox/state_machine.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signalbox;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with("%YAML")) {
    const auto json = yaml_to_json(text);
    if (!json) return 0;
    SIGNALBOX_ASSERT(Json::parse(*json).has_value());
    text = *json;
  }
  const auto parsed = parse_definition(text);
  SIGNALBOX_ASSERT(parsed.machine || !parsed.diagnostics.empty() || !parsed.unsupported.empty());
  if (parsed.machine) SIGNALBOX_ASSERT(asl::print(*parsed.machine) == asl::print(*load_definition(text)));
  return 0;
}
