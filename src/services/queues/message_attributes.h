#pragma once
/// What a message may hold.

#include "signalbox/queues.h"

namespace signalbox::queues {

/// Errors with AWS's texts: names, types, empty and non-numeric values, more than ten.
[[nodiscard]] Result<void> check_attributes(const MessageAttributes& attributes);
/// #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF, in UTF-8. [SendMessage, MessageBody]
[[nodiscard]] bool has_allowed_characters(std::string_view text);
[[nodiscard]] std::string md5_hex(std::string_view text);

}  // namespace signalbox::queues
