#include "services/gateway/velocity/text_methods.h"

#include "base/text.h"
#include "services/gateway/velocity/utf16.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>

namespace signalbox::velocity {

namespace {

using Arguments = std::vector<Value>;

re2::RE2::Options quiet_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(std::int64_t{8} << 20);
  return options;
}

std::string trim(const std::string& text) {
  const auto is_blank = [](unsigned char c) { return c <= ' '; };
  const auto first = std::find_if_not(text.begin(), text.end(), is_blank);
  const auto last = std::find_if_not(text.rbegin(), std::make_reverse_iterator(first), is_blank).base();
  return {first, last};
}

/// Java's replacement (`$1`, `\$`) as RE2 has it (`\1`).
std::optional<std::string> rewrite_of(const std::string& replacement) {
  std::string rewrite;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    if (c == '\\') {
      if (++i == replacement.size()) return std::nullopt;
      rewrite += replacement[i] == '\\' ? "\\\\" : std::string(1, replacement[i]);
    } else if (c == '$') {
      if (++i == replacement.size() || std::isdigit(static_cast<unsigned char>(replacement[i])) == 0) return std::nullopt;
      rewrite += std::string("\\") + replacement[i];
    } else {
      rewrite += c;
    }
  }
  return rewrite;
}

std::optional<Value> replace(std::string text, const std::string& pattern, const std::string& replacement, bool all) {
  const re2::RE2 regex(pattern, quiet_options());
  const auto rewrite = rewrite_of(replacement);
  std::string fault;
  if (!regex.ok() || !rewrite || !regex.CheckRewriteString(*rewrite, &fault)) return std::nullopt;
  if (all) re2::RE2::GlobalReplace(&text, regex, *rewrite);
  else re2::RE2::Replace(&text, regex, *rewrite);
  return Value(std::move(text));
}

std::string replace_literally(std::string_view text, std::string_view target, std::string_view replacement) {
  std::string out;
  if (target.empty()) return std::string(text);
  for (;;) {
    const auto found = text.find(target);
    out += text.substr(0, found);
    if (found == std::string_view::npos) return out;
    out += replacement;
    text.remove_prefix(found + target.size());
  }
}

std::size_t next_character(std::string_view text, std::size_t at) {
  do ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  return at;
}

/// Empty pieces at the end are dropped, as Java does; a match of nothing splits between characters.
std::optional<Value> split(const std::string& text, const std::string& pattern) {
  const re2::RE2 regex(pattern, quiet_options());
  if (!regex.ok()) return std::nullopt;
  List pieces;
  std::size_t piece = 0;
  re2::StringPiece match;
  for (std::size_t from = 0; from < text.size() && regex.Match(text, from, text.size(), re2::RE2::UNANCHORED, &match, 1);) {
    const auto at = static_cast<std::size_t>(match.data() - text.data());
    from = match.empty() ? next_character(text, at) : at + match.size();
    if (match.empty() && (at == piece || at == text.size())) continue;
    pieces.emplace_back(text.substr(piece, at - piece));
    piece = at + match.size();
  }
  pieces.emplace_back(text.substr(piece));
  while (pieces.size() > 1 && pieces.back().as<std::string>()->empty()) pieces.pop_back();
  return Value(std::move(pieces));
}

std::optional<Value> substring(const std::string& text, const Arguments& arguments) {
  const auto* from = arguments.front().as<std::int64_t>();
  const auto length = static_cast<std::int64_t>(utf16_length(text));
  const auto* to = arguments.size() > 1 ? arguments[1].as<std::int64_t>() : &length;
  if (!from || !to || *from < 0 || *to > length || *from > *to) return std::nullopt;
  const auto first = byte_offset(text, static_cast<std::size_t>(*from));
  return Value(text.substr(first, byte_offset(text, static_cast<std::size_t>(*to)) - first));
}

Value index_at(const std::string& text, std::size_t bytes) {
  if (bytes == std::string::npos) return std::int64_t{-1};
  return static_cast<std::int64_t>(utf16_length(std::string_view(text).substr(0, bytes)));
}

std::optional<Value> with_pattern(const std::string& text, std::string_view method, const Arguments& arguments) {
  const auto pattern = arguments.front().text();
  if (method == "matches") {
    const re2::RE2 regex(pattern, quiet_options());
    return regex.ok() ? std::optional(Value(re2::RE2::FullMatch(text, regex))) : std::nullopt;
  }
  if (method == "split") return split(text, pattern);
  if (arguments.size() != 2) return std::nullopt;
  if (method == "replaceAll") return replace(text, pattern, arguments[1].text(), true);
  if (method == "replaceFirst") return replace(text, pattern, arguments[1].text(), false);
  return std::nullopt;
}

std::optional<Value> with_text(const std::string& text, std::string_view method, const Arguments& arguments) {
  const auto other = arguments.front().text();
  if (method == "contains") return Value(text.find(other) != std::string::npos);
  if (method == "startsWith") return Value(text.starts_with(other));
  if (method == "endsWith") return Value(text.ends_with(other));
  if (method == "indexOf") return index_at(text, text.find(other));
  if (method == "lastIndexOf") return index_at(text, text.rfind(other));
  if (method == "equalsIgnoreCase") return Value(ascii_lower(text) == ascii_lower(other));
  if (method == "concat") return Value(text + other);
  if (method == "compareTo") return Value(static_cast<std::int64_t>(text.compare(other)));
  if (method == "charAt") {
    const auto* at = arguments.front().as<std::int64_t>();
    return at ? substring(text, {*at, *at + 1}) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> call_text(const std::string& text, std::string_view method, const Arguments& arguments) {
  if (arguments.empty()) {
    if (method == "length") return Value(static_cast<std::int64_t>(utf16_length(text)));
    if (method == "isEmpty") return Value(text.empty());
    if (method == "toUpperCase") return Value(ascii_upper(text));
    if (method == "toLowerCase") return Value(ascii_lower(text));
    if (method == "trim") return Value(trim(text));
    return std::nullopt;
  }
  if (method == "substring" && arguments.size() <= 2) return substring(text, arguments);
  if (method == "replace" && arguments.size() == 2) return Value(replace_literally(text, arguments[0].text(), arguments[1].text()));
  if (auto answer = with_pattern(text, method, arguments)) return answer;
  return arguments.size() == 1 ? with_text(text, method, arguments) : std::nullopt;
}

}  // namespace signalbox::velocity
