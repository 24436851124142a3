#include "services/mail/mime.h"

#include "signalbox/encoding.h"

#include <algorithm>

namespace signalbox {

namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Bytes of the UTF-8 character that begins here.
std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/// Lines without their ends, whichever way they were ended.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (true) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    if (end == std::string_view::npos) {
      if (!line.empty()) visit(line);
      return;
    }
    visit(line);
    text.remove_prefix(end + 1);
  }
}

/// Whether the text may travel as it is: RFC 5322 recommends lines of at most 78 characters, but a link must not be folded, so up
/// to the hard limit of 998 they stay.
bool travels_plainly(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || !is_ascii(text)) return false;
  bool plain = true;
  for_each_line(text, [&](std::string_view line) {
    // Trailing blanks get lost on the way, and a lone carriage return is no line end.
    plain = plain && line.size() <= 900 && line.find('\r') == std::string_view::npos && !line.ends_with(' ') && !line.ends_with('\t');
  });
  return plain;
}

std::string with_line_ends(std::string_view text) {
  std::string out;
  for_each_line(text, [&](std::string_view line) { (out += line) += "\r\n"; });
  return out;
}

/// A phrase before an address: quoted where it must be.
std::string display_name(std::string_view name) {
  if (!is_printable_ascii(name)) return encode_header_text(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// A mail's Date differs from HTTP's in its zone.
std::string mail_date(Timestamp time) {
  auto date = format_http_date(time);
  date.replace(date.size() - 3, 3, "+0000");
  return date;
}

}  // namespace

std::string encode_header_text(std::string_view text) {
  // An ASCII text that looks like an encoded word would be read as one.
  if (is_printable_ascii(text) && text.find("=?") == std::string_view::npos && text.size() <= 900) return std::string(text);
  constexpr std::size_t bytes_a_word = 45;  // 60 characters of base64 and 12 of wrapping
  std::string out, word;
  const auto flush = [&] {
    if (word.empty()) return;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64_encode(word) + "?=";
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto length = std::min(character_bytes(text[at]), text.size() - at);
    if (word.size() + length > bytes_a_word) flush();
    word += text.substr(at, length);
    at += length;
  }
  flush();
  return out;
}

std::string quoted_printable(std::string_view text) {
  constexpr std::size_t line_max = 76;
  std::string out;
  for_each_line(text, [&](std::string_view line) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      const bool last = i + 1 == line.size();
      const bool blank = byte == ' ' || byte == '\t';
      const bool literal = (byte > 0x20 && byte < 0x7f && byte != '=') || (blank && !last);
      const std::size_t width = literal ? 1 : 3;
      // Room for the soft line break's `=`, which the last character of a line does not need.
      if (column + width > line_max - (last ? 0 : 1)) {
        out += "=\r\n";
        column = 0;
      }
      if (literal) {
        out += line[i];
      } else {
        constexpr std::string_view digits = "0123456789ABCDEF";
        out += '=';
        out += digits[byte >> 4];
        out += digits[byte & 15];
      }
      column += width;
    }
    out += "\r\n";
  });
  return out;
}

std::string dot_stuffed(std::string_view mime) {
  std::string out;
  bool line_start = true;
  for (const char c : mime) {
    if (line_start && c == '.') out += '.';
    out += c;
    line_start = c == '\n';
  }
  return out + (line_start ? ".\r\n" : "\r\n.\r\n");
}

std::string message_id(const MasterKey& master, MailRow row, std::string_view from_address) {
  const auto at = from_address.rfind('@');
  const auto domain = at == std::string_view::npos ? std::string_view("signalbox.invalid") : from_address.substr(at + 1);
  const auto mark = hex_encode(hmac_sha256(master.bytes, "message-id" + std::to_string(row.value)).substr(0, 12));
  return "<" + std::to_string(row.value) + "." + mark + "@" + std::string(domain) + ">";
}

std::string render_mime(const Mail& mail, const MimeEnvironment& environment) {
  const auto text = resolve_public_url(mail.text, environment.public_url);
  const bool plain = travels_plainly(text);
  std::string mime;
  const auto header = [&](std::string_view name, std::string_view value) { mime.append(name).append(": ").append(value).append("\r\n"); };
  header("Date", mail_date(environment.date));
  header("From",
         mail.from_name.empty() ? environment.from_address : display_name(mail.from_name) + "\r\n <" + environment.from_address + ">");
  header("To", mail.to);
  header("Subject", encode_header_text(mail.subject));
  header("Message-ID", environment.message_id);
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=UTF-8");
  header("Content-Transfer-Encoding", plain ? "7bit" : "quoted-printable");
  header("Auto-Submitted", "auto-generated");  // RFC 3834: no out-of-office answers, please
  mime += "\r\n";
  mime += plain ? with_line_ends(text) : quoted_printable(text);
  return mime;
}

}  // namespace signalbox
