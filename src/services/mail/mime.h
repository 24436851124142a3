#pragma once
/// A mail as it crosses the wire. RFC 5322, RFC 2045-2047; RFC 6531 for addresses that are not ASCII.

#include "signalbox/ids.h"
#include "signalbox/keys.h"
#include "signalbox/mail.h"

#include <string>
#include <string_view>

namespace signalbox {

struct MimeEnvironment {
  std::string from_address;
  std::string public_url;  ///< for the placeholders
  std::string message_id;  ///< with its angle brackets
  Timestamp date;          ///< when the mail was written, so that repetitions are equal
};

/// Headers and body, lines ended by CRLF, each at most 998 bytes. A text of plain ASCII whose lines are short goes as it is; others are
/// quoted-printable, which readers undo, so links survive in either case. The text is plain UTF-8, without attachments.
[[nodiscard]] std::string render_mime(const Mail& mail, const MimeEnvironment& environment);

/// The same for the same mail of the same data file, always: a receiver can tell a repetition by it.
[[nodiscard]] std::string message_id(const MasterKey& master, MailRow row, std::string_view from_address);

/// RFC 2047: `text` itself if it is plain ASCII, else encoded words of at most 75 characters, none of which splits a character.
[[nodiscard]] std::string encode_header_text(std::string_view text);
/// RFC 2045 6.7, for text: line ends become CRLF.
[[nodiscard]] std::string quoted_printable(std::string_view text);
/// As DATA needs it: a dot before every dot that begins a line, and the lone dot at the end (RFC 5321 4.5.2).
[[nodiscard]] std::string dot_stuffed(std::string_view mime);

}  // namespace signalbox
