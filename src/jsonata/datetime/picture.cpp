#include "jsonata/datetime/picture.h"

#include "jsonata/failure.h"

#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Nothing for `*`.
std::optional<std::size_t> parse_width(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos || text.size() > 6) return std::nullopt;
  return static_cast<std::size_t>(std::stoul(std::string(text)));
}

std::string_view default_presentation(char component) {
  switch (component) {
    case 'F':
    case 'P':
    case 'C':
    case 'E': return "n";
    case 'm':
    case 's': return "01";
    case 'Z':
    case 'z': return "01:01";
    case 'Y':
    case 'M':
    case 'D':
    case 'd':
    case 'W':
    case 'w':
    case 'X':
    case 'x':
    case 'H':
    case 'h':
    case 'f': return "1";
    default: return {};
  }
}

/// Of a year: as many digits as the width or the picture's own digits say.
void set_modulus(PicturePart& part) {
  if (part.width_max) {
    part.modulus_digits = part.width_max;
    return;
  }
  const std::size_t digits = part.integer->mandatory + part.integer->optional;
  if (digits >= 2) part.modulus_digits = digits;
}

void set_format(PicturePart& part, bool ordinal, std::optional<std::size_t> width_min) {
  const std::string& presentation = part.presentation;
  if (presentation.starts_with('n')) {
    part.names = NameCase::Lower;
  } else if (presentation.starts_with('N')) {
    part.names = presentation.starts_with("Nn") ? NameCase::Title : NameCase::Upper;
  } else if (part.component == 'Z' || part.component == 'z') {
    part.integer = IntegerFormat::of(presentation);
  } else if (std::string_view("YMDdFWwXxHhmsf").find(part.component) != std::string_view::npos) {
    part.integer = IntegerFormat::of(presentation + (ordinal ? ";o" : ""));
    if (width_min) part.integer->mandatory = std::max(part.integer->mandatory, *width_min);
    const bool of_date = part.component == 'Y' || part.component == 'M' || part.component == 'D';
    if (of_date && part.width_max) part.integer->mandatory = *part.width_max;
    if (part.component == 'Y') set_modulus(part);
  }
}

/// What stands between brackets: a component, how to present it, and its width.
PicturePart parse_marker(std::string marker) {
  std::erase_if(marker, is_space);
  PicturePart part;
  if (marker.empty()) raise_value("D3132", Json(""));
  part.component = marker[0];
  const std::string_view standard = default_presentation(part.component);
  if (standard.empty()) raise_value("D3132", Json(marker.substr(0, 1)));
  const std::size_t comma = marker.rfind(',');
  std::optional<std::size_t> width_min;
  if (comma != std::string::npos) {
    const std::string_view width = std::string_view(marker).substr(comma + 1);
    const std::size_t dash = width.find('-');
    width_min = parse_width(width.substr(0, dash));
    if (dash != std::string_view::npos) part.width_max = parse_width(width.substr(dash + 1));
  }
  std::string presentation = marker.substr(1, comma == std::string::npos ? comma : comma - 1);
  bool ordinal = false;
  if (presentation.size() > 1 && std::string_view("atco").find(presentation.back()) != std::string_view::npos) {
    ordinal = presentation.back() == 'o';
    part.traditional = presentation.back() == 't';
    presentation.pop_back();
  }
  part.presentation = presentation.empty() ? std::string(standard) : presentation;
  set_format(part, ordinal, width_min);
  return part;
}

}  // namespace

std::vector<PicturePart> parse_picture(std::string_view picture) {
  std::vector<PicturePart> parts;
  const auto put_literal = [&parts](std::string_view text) {
    if (text.empty()) return;
    std::string literal;
    for (std::size_t i = 0; i < text.size(); ++i) {
      literal += text[i];
      if (text.substr(i).starts_with("]]")) ++i;
    }
    parts.push_back(PicturePart{.literal = std::move(literal)});
  };
  std::size_t from = 0;
  for (std::size_t at = 0; at < picture.size(); ++at) {
    if (picture[at] != '[') continue;
    put_literal(picture.substr(from, at - from));
    if (picture.substr(at + 1).starts_with('[')) {
      parts.push_back(PicturePart{.literal = "["});
      from = ++at + 1;
      continue;
    }
    const std::size_t end = picture.find(']', at);
    if (end == std::string_view::npos) raise("D3135");
    PicturePart part = parse_marker(std::string(picture.substr(at + 1, end - at - 1)));
    // A number that another one follows at once must be told where to stop.
    if (part.integer && !parts.empty() && parts.back().integer) parts.back().parse_width = parts.back().integer->mandatory;
    parts.push_back(std::move(part));
    at = end;
    from = end + 1;
  }
  put_literal(picture.substr(from));
  return parts;
}

}  // namespace signalbox::jsonata::engine
