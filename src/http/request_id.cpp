#include "http/request_id.h"

#include "signalbox/encoding.h"

namespace signalbox::http {

std::string new_request_id() { return random_uuid(); }

}  // namespace signalbox::http
