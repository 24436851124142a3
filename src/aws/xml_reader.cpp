#include "aws/xml_reader.h"

#include "base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace signalbox::aws {

namespace {

constexpr int depth_max = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_name(char c) { return is_space(c) || c == '>' || c == '/' || c == '=' || c == '<'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<XmlElement> document() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (!skip_between() || !rest_.starts_with('<')) return std::nullopt;
    XmlElement root;
    if (!element(root, 0) || !skip_between() || !rest_.empty()) return std::nullopt;
    return root;
  }

 private:
  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  /// Skips to behind `token`.
  bool skip_past(std::string_view token) {
    const auto place = rest_.find(token);
    if (place == std::string_view::npos) return false;
    rest_.remove_prefix(place + token.size());
    return true;
  }
  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  /// Spaces, comments and processing instructions around the root.
  bool skip_between() {
    for (;;) {
      skip_spaces();
      if (take("<?")) {
        if (!skip_past("?>")) return false;
      } else if (take("<!--")) {
        if (!skip_past("-->")) return false;
      } else {
        return true;
      }
    }
  }

  std::string_view name() {
    std::size_t length = 0;
    while (length < rest_.size() && !ends_name(rest_[length])) ++length;
    const auto found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  bool skip_attributes() {
    for (;;) {
      skip_spaces();
      if (rest_.empty()) return false;
      if (rest_.front() == '>' || rest_.starts_with("/>")) return true;
      if (name().empty()) return false;
      skip_spaces();
      if (!take("=")) return false;
      skip_spaces();
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return false;
      const std::string quote(1, rest_.front());
      rest_.remove_prefix(1);
      if (!skip_past(quote)) return false;
    }
  }

  bool element(XmlElement& out, int depth) {
    if (depth > depth_max || !take("<")) return false;
    const auto qualified = name();
    if (qualified.empty() || !skip_attributes()) return false;
    const auto colon = qualified.find(':');
    out.name = colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
    if (take("/>")) return true;
    if (!take(">")) return false;
    return content(out, depth) && take("</") && name() == qualified && (skip_spaces(), take(">"));
  }

  /// Up to the closing tag.
  bool content(XmlElement& out, int depth) {
    for (;;) {
      if (rest_.empty()) return false;
      if (rest_.starts_with("</")) return true;
      if (take("<!--")) {
        if (!skip_past("-->")) return false;
      } else if (take("<![CDATA[")) {
        const auto end = rest_.find("]]>");
        if (end == std::string_view::npos) return false;
        out.text += rest_.substr(0, end);
        rest_.remove_prefix(end + 3);
      } else if (take("<?")) {
        if (!skip_past("?>")) return false;
      } else if (rest_.front() == '<') {
        if (!element(out.children.emplace_back(), depth + 1)) return false;
      } else if (rest_.front() == '&') {
        if (!entity(out.text)) return false;
      } else {
        const auto end = std::min(rest_.find_first_of("<&"), rest_.size());
        out.text += rest_.substr(0, end);
        rest_.remove_prefix(end);
      }
    }
  }

  bool entity(std::string& out) {
    const auto end = rest_.find(';');
    if (end == std::string_view::npos) return false;
    const auto what = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    if (what == "amp") out += '&';
    else if (what == "lt") out += '<';
    else if (what == "gt") out += '>';
    else if (what == "quot") out += '"';
    else if (what == "apos") out += '\'';
    else return what.starts_with('#') && character(out, what.substr(1));
    return true;
  }

  static bool character(std::string& out, std::string_view digits) {
    const bool hex = digits.starts_with('x');
    if (hex) digits.remove_prefix(1);
    std::uint32_t code = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || code == 0 || code > 0x10FFFF ||
        (code >= 0xD800 && code < 0xE000))
      return false;
    append_code_point(out, code);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(), [&](const XmlElement& each) { return each.name == child; });
  return found == children.end() ? nullptr : &*found;
}

std::optional<std::string> XmlElement::text_of(std::string_view child) const {
  const auto* found = find(child);
  return found ? std::optional(found->text) : std::nullopt;
}

std::optional<XmlElement> parse_xml(std::string_view text) { return Parser(text).document(); }

}  // namespace signalbox::aws
