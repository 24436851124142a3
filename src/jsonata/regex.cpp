#include "jsonata/regex.h"

#include "jsonata/failure.h"
#include "jsonata/text.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::string_view space_class = R"(\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view not_space_class =
    R"(\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";

/// Writes JavaScript's pattern in RE2's words.
class Translator {
 public:
  Translator(std::string_view pattern, std::uint32_t position) : pattern_(pattern), position_(position) {}

  std::string translate() {
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '\\') escape(false);
      else if (c == '[') character_class();
      else if (c == '(') group();
      else if (c == '.') put(R"([^\n\r\x{2028}\x{2029}])", 1);
      else put(c);
    }
    return std::move(out_);
  }

 private:
  void put(char c) {
    out_ += c;
    ++at_;
  }
  void put(std::string_view text, std::size_t read) {
    out_ += text;
    at_ += read;
  }
  [[nodiscard]] bool follows(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  void group() {
    if (follows("(?=") || follows("(?!")) refuse("look-ahead");
    if (follows("(?<=") || follows("(?<!")) refuse("look-behind");
    if (follows("(?<")) return put("(?P<", 3);
    if (follows("(?:")) return put("(?:", 3);
    if (follows("(?")) refuse("the group " + std::string(pattern_.substr(at_, 3)));
    put('(');
  }

  void character_class() {
    if (follows("[]")) return put(R"([^\x{0}-\x{10ffff}])", 2);
    if (follows("[^]")) return put(R"([\x{0}-\x{10ffff}])", 3);
    put('[');
    if (follows("^")) put('^');
    while (at_ < pattern_.size() && pattern_[at_] != ']') {
      if (pattern_[at_] == '\\') escape(true);
      else if (pattern_[at_] == '[') put("\\[", 1);
      else put(pattern_[at_]);
    }
    if (at_ < pattern_.size()) put(']');
  }

  void escape(bool in_class) {
    if (at_ + 1 == pattern_.size()) return put('\\');
    const char c = pattern_[at_ + 1];
    switch (c) {
      case 's': return put(in_class ? std::string(space_class) : fmt::format("[{}]", space_class), 2);
      case 'S': return put(in_class ? std::string(not_space_class) : fmt::format("[{}]", not_space_class), 2);
      case 'd':
      case 'D':
      case 'w':
      case 'W':
      case 'f':
      case 'n':
      case 'r':
      case 't':
      case 'v': return put(pattern_.substr(at_, 2), 2);
      case 'b': return put(in_class ? R"(\x{8})" : R"(\b)", 2);
      case 'B': return put(in_class ? "B" : R"(\B)", 2);
      case '0': return put(R"(\x{0})", 2);
      case 'c': return control(in_class);
      case 'u': return code_unit(4);
      case 'x': return code_unit(2);
      case 'k': refuse("a back reference");
      default: break;
    }
    if (c >= '1' && c <= '9') refuse("a back reference");
    // Any other escaped letter is the letter itself.
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0 || c == '_';
    if (is_letter || c == '/') ++at_;
    else put('\\');
    put(c);
  }

  void control(bool in_class) {
    const char letter = at_ + 2 < pattern_.size() ? pattern_[at_ + 2] : '\0';
    const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (!is_letter) return put(in_class ? R"(\\)" : R"(\\)", 1);
    put(fmt::format(R"(\x{{{:x}}})", letter % 32), 3);
  }

  /// \uXXXX or \xXX, two halves of a surrogate pair together; without the digits it is the letter.
  void code_unit(std::size_t digits) {
    const auto read = [this, digits](std::size_t from) -> std::optional<char32_t> {
      char32_t code = 0;
      for (std::size_t i = 0; i < digits; ++i) {
        const char c = from + i < pattern_.size() ? pattern_[from + i] : '\0';
        if (c >= '0' && c <= '9') code = code * 16 + static_cast<char32_t>(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') code = code * 16 + static_cast<char32_t>((c | 0x20) - 'a' + 10);
        else return std::nullopt;
      }
      return code;
    };
    const auto code = read(at_ + 2);
    if (!code) return put(pattern_.substr(at_ + 1, 1), 2);
    const auto low = is_high_surrogate(*code) && pattern_.substr(at_ + 6).starts_with("\\u") ? read(at_ + 8) : std::nullopt;
    if (low && is_low_surrogate(*low))
      return put(fmt::format(R"(\x{{{:x}}})", static_cast<unsigned>(0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00))), 12);
    if (is_high_surrogate(*code) || is_low_surrogate(*code)) refuse("half of a surrogate pair");
    put(fmt::format(R"(\x{{{:x}}})", static_cast<unsigned>(*code)), 2 + digits);
  }

  [[noreturn]] void refuse(std::string_view what) const {
    raise(Raised{.failure = {.kind = Failure::Kind::Syntax,
                             .message = fmt::format("Regular expression /{}/: {} is not supported", pattern_, what),
                             .token = std::string(pattern_)},
                 .offset = position_});
  }

  std::string_view pattern_;
  std::uint32_t position_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

Regex::Regex(std::string_view pattern, std::string_view flags, std::uint32_t position) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(flags.find('i') == std::string_view::npos);
  options.set_max_mem(8 << 20);
  std::string text = Translator(pattern, position).translate();
  if (flags.find('m') != std::string_view::npos) text = "(?m)" + text;
  engine_ = std::make_unique<RE2>(text, options);
  if (engine_->ok()) return;
  raise(Raised{.failure = {.kind = Failure::Kind::Syntax,
                           .message = fmt::format("Invalid regular expression: /{}/: {}", pattern, engine_->error()),
                           .token = std::string(pattern)},
               .offset = position});
}

Regex::~Regex() = default;

std::optional<Regex::Match> Regex::search(std::string_view text, std::size_t from) const {
  std::vector<re2::StringPiece> parts(static_cast<std::size_t>(engine_->NumberOfCapturingGroups()) + 1);
  const re2::StringPiece piece(text.data(), text.size());
  if (from > text.size() || !engine_->Match(piece, from, text.size(), RE2::UNANCHORED, parts.data(), static_cast<int>(parts.size())))
    return std::nullopt;
  Match match{.text = {parts[0].data(), parts[0].size()}, .begin = static_cast<std::size_t>(parts[0].data() - text.data()), .groups = {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].data() == nullptr) match.groups.emplace_back();
    else match.groups.emplace_back(std::string_view(parts[i].data(), parts[i].size()));
  }
  return match;
}

}  // namespace signalbox::jsonata::engine
