#include "http/request_id.h"

#include <algorithm>
#include <array>

#include "signalbox/encoding.h"

namespace signalbox::http {

std::string new_request_id() {
  constexpr std::size_t size = 16, ahead = 256 * size;
  thread_local std::string bytes;
  thread_local std::size_t used = 0;
  if (bytes.size() - used < size) {
    bytes = random_bytes(ahead);
    used = 0;
  }
  std::array<std::uint8_t, size> id;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(used), size, id.begin());
  used += size;
  return uuid_v4(id).value;
}

}  // namespace signalbox::http
