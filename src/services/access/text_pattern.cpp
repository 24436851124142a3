#include "services/access/text_pattern.h"

#include "base/text.h"
#include "base/wildcard.h"

#include <algorithm>

namespace signalbox::access {

namespace {

// Neither JSON's texts of policies nor ARNs hold control characters.
constexpr char any_characters = '\x01', one_character = '\x02';

constexpr Wildcards coded{.any = any_characters, .one = one_character};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// What stands for `${inside}`.
std::optional<std::string> value_of(std::string_view inside, const ContextKeys& keys) {
  if (inside == "*" || inside == "?" || inside == "$") return std::string(inside);
  const auto comma = inside.find(',');
  const auto found = keys.find(ascii_lower(trim(inside.substr(0, comma))));
  if (found != keys.end() && found->second.size() == 1) return found->second.front();
  if (comma == std::string_view::npos) return std::nullopt;
  const auto standard = trim(inside.substr(comma + 1));
  if (standard.size() < 2 || standard.front() != '\'' || standard.back() != '\'') return std::nullopt;
  return std::string(standard.substr(1, standard.size() - 2));
}

/// The first part up to a colon, which is taken off with it; `last`: all there is.
std::string_view take_part(std::string_view& text, bool last) {
  const auto colon = last ? std::string_view::npos : text.find(':');
  const auto part = text.substr(0, colon);
  text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
  return part;
}

}  // namespace

std::optional<TextPattern> TextPattern::of(std::string_view text, const ContextKeys& keys, bool with_variables) {
  std::string coded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto end = with_variables && text.substr(i).starts_with("${") ? text.find('}', i) : std::string_view::npos;
    if (end != std::string_view::npos) {
      const auto value = value_of(text.substr(i + 2, end - i - 2), keys);
      if (!value) return std::nullopt;
      coded += *value;
      i = end;
    } else {
      coded += text[i] == '*' ? any_characters : text[i] == '?' ? one_character : text[i];
    }
  }
  return TextPattern(std::move(coded));
}

bool TextPattern::matches(std::string_view value) const { return fits_wildcards(coded_, value, coded); }

bool TextPattern::matches_ignoring_case(std::string_view value) const {
  Wildcards without_case = coded;
  without_case.without_case = true;
  return fits_wildcards(coded_, value, without_case);
}

bool TextPattern::matches_arn(std::string_view arn) const {
  constexpr int parts = 6;
  std::string_view pattern = coded_;
  if (pattern == std::string_view(&any_characters, 1)) return true;
  for (int part = 1; part <= parts; ++part) {
    const bool missing = part > 1 && pattern.empty();
    const auto of_pattern = take_part(pattern, part == parts);
    const auto of_arn = take_part(arn, part == parts);
    if (!missing && !fits_wildcards(of_pattern, of_arn, coded)) return false;
  }
  return true;
}

std::string TextPattern::literal() const {
  std::string out = coded_;
  std::replace(out.begin(), out.end(), any_characters, '*');
  std::replace(out.begin(), out.end(), one_character, '?');
  return out;
}

}  // namespace signalbox::access
