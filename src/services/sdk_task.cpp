#include "services/sdk_task.h"

#include <fmt/format.h>

namespace signalbox {

WorkflowError sdk_error(std::string_view service, std::string_view code, bool is_modelled, std::string_view text, int status,
                        std::string_view request_id, bool extended) {
  const auto name = is_modelled ? std::string(code) : std::string(service);
  const auto ending = name.ends_with("Exception") ? "" : "Exception";
  const auto extended_id = extended ? fmt::format(", Extended Request ID: {}", request_id) : std::string();
  return {.error = fmt::format("{}.{}{}", service, name, ending),
          .cause = fmt::format("{} (Service: {}, Status Code: {}, Request ID: {}{}) (SDK Attempt Count: 1)", text, service, status,
                               request_id, extended_id)};
}

}  // namespace signalbox
