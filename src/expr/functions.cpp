/// The 18 intrinsic functions. Spec: Intrinsic Functions; limits from the AWS developer guide; what is not written there
/// follows the recordings.

#include "expr/intrinsic.h"
#include "expr/java.h"
#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace signalbox::expr {
namespace {

constexpr std::size_t characters_max = 10'000;
constexpr std::int64_t range_max = 1'000;

using Values = CallValues;

CallFault wrong(std::string_view argument, std::string_view expected, const Json& value) {
  return CallFault{fmt::format("The {} must be {}, but was: {}", argument, expected, value.compact_text())};
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A number rounded as Java's Math.round does (halves go up), if it fits 32 bits.
std::optional<std::int64_t> rounded(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const double number = value.as_integer() ? static_cast<double>(*value.as_integer()) : std::floor(value.as_double() + 0.5);
  if (!(number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

constexpr const char* an_integer = "a number within the range of 32-bit integers";

CallResult array(const Values& call) { return Json(Json::Array(call.values)); }

CallResult array_partition(const Values& call) {
  const Json& source = call.values[0];
  if (!source.is_array()) return wrong("first argument", "an array", source);
  const auto size = rounded(call.values[1]);
  if (!size || *size <= 0) return wrong("chunk size", "a positive integer", call.values[1]);
  Json::Array chunks;
  const auto& elements = source.elements();
  for (std::size_t from = 0; from < elements.size(); from += static_cast<std::size_t>(*size)) {
    const std::size_t to = std::min(elements.size(), from + static_cast<std::size_t>(*size));
    chunks.emplace_back(
        Json::Array(elements.begin() + static_cast<std::ptrdiff_t>(from), elements.begin() + static_cast<std::ptrdiff_t>(to)));
  }
  return Json(std::move(chunks));
}

CallResult array_contains(const Values& call) {
  if (!call.values[0].is_array()) return wrong("first argument", "an array", call.values[0]);
  return Json(std::ranges::find(call.values[0].elements(), call.values[1]) != call.values[0].elements().end());
}

CallResult array_range(const Values& call) {
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = rounded(call.values[i]);
    if (!number) return wrong(i == 0 ? "first value" : i == 1 ? "last value" : "increment", an_integer, call.values[i]);
    numbers[i] = *number;
  }
  const auto [first, last, step] = numbers;
  if (step == 0) return CallFault{"The increment must not be 0"};
  const std::int64_t count = (step > 0) == (last >= first) || last == first ? (last - first) / step + 1 : 0;
  if (count > range_max) return CallFault{fmt::format("The range has {} items, but at most {} are allowed", count, range_max)};
  Json::Array items;
  for (std::int64_t i = 0; i < count; ++i) items.emplace_back(first + i * step);
  return Json(std::move(items));
}

CallResult array_get_item(const Values& call) {
  const Json& source = call.values[0];
  if (!source.is_array()) return wrong("first argument", "an array", source);
  const auto index = rounded(call.values[1]);
  const Json* const item = index && *index >= 0 ? source.at(static_cast<std::size_t>(*index)) : nullptr;
  if (item == nullptr) return wrong("index", fmt::format("within the array of {} items", source.size()), call.values[1]);
  return *item;
}

CallResult array_length(const Values& call) {
  if (!call.values[0].is_array()) return wrong("argument", "an array", call.values[0]);
  return Json(static_cast<std::int64_t>(call.values[0].size()));
}

CallResult array_unique(const Values& call) {
  if (!call.values[0].is_array()) return wrong("argument", "an array", call.values[0]);
  Json::Array unique;
  for (const Json& element : call.values[0].elements()) {
    if (std::ranges::find(unique, element) == unique.end()) unique.push_back(element);
  }
  return Json(std::move(unique));
}

/// The text of an argument with at most 10,000 characters.
std::variant<std::string_view, CallFault> short_text(const Json& value) {
  if (!value.is_string()) return wrong("argument", "a string", value);
  if (count_characters(value.as_string()) > characters_max)
    return CallFault{fmt::format("The string has more than {} characters", characters_max)};
  return value.as_string();
}

CallResult base64_encode_text(const Values& call) {
  auto text = short_text(call.values[0]);
  if (auto* fault = std::get_if<CallFault>(&text)) return std::move(*fault);
  return Json(base64_encode(std::get<std::string_view>(text)));
}

CallResult base64_decode_text(const Values& call) {
  auto text = short_text(call.values[0]);
  if (auto* fault = std::get_if<CallFault>(&text)) return std::move(*fault);
  auto decoded = base64_decode(std::get<std::string_view>(text));
  if (!decoded) return wrong("argument", "base64", call.values[0]);
  if (!is_utf8(*decoded)) return wrong("argument", "base64 of UTF-8 text", call.values[0]);
  return Json(std::move(*decoded));
}

CallResult hash(const Values& call) {
  static constexpr std::array<std::pair<std::string_view, DigestAlgorithm>, 5> algorithms{{{"MD5", DigestAlgorithm::Md5},
                                                                                           {"SHA-1", DigestAlgorithm::Sha1},
                                                                                           {"SHA-256", DigestAlgorithm::Sha256},
                                                                                           {"SHA-384", DigestAlgorithm::Sha384},
                                                                                           {"SHA-512", DigestAlgorithm::Sha512}}};
  auto text = short_text(call.values[0]);
  if (auto* fault = std::get_if<CallFault>(&text)) return std::move(*fault);
  const Json& name = call.values[1];
  const auto* const found =
      std::ranges::find_if(algorithms, [&name](const auto& algorithm) { return name.is_string() && name.as_string() == algorithm.first; });
  if (found == algorithms.end()) return wrong("algorithm", "MD5, SHA-1, SHA-256, SHA-384 or SHA-512", name);
  return Json(hex_encode(digest(found->second, std::get<std::string_view>(text))));
}

CallResult json_merge(const Values& call) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!call.values[i].is_object()) return wrong(i == 0 ? "first argument" : "second argument", "an object", call.values[i]);
  }
  if (!call.values[2].is_boolean()) return wrong("third argument", "a boolean", call.values[2]);
  if (call.values[2].as_boolean()) return CallFault{"The deep merging mode is not supported; the third argument must be false"};
  Json merged = call.values[0].rebuilt();
  for (const Json::Member& member : call.values[1].members()) merged = merged.with(member.name, member.value);
  return merged;
}

CallResult string_to_json(const Values& call) {
  const Json& value = call.values[0];
  if (!value.is_string()) return wrong("argument", "a string", value);
  const std::string_view text = value.as_string();
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json();
  auto parsed = Json::parse(std::string(text));
  if (!parsed) return CallFault{fmt::format("{} ({})", parsed.error().message, parsed.error().where)};
  return parsed->rebuilt();
}

CallResult json_to_string(const Values& call) { return Json(call.values[0].compact_text()); }

std::optional<std::int64_t> seed_of(const Json& value) { return value.as_integer() ? value.as_integer() : rounded(value); }

/// Uniform in [0, bound): draws that would favour small numbers are drawn again.
std::int64_t draw_below(RandomSource& random, std::uint64_t bound) {
  for (;;) {
    const auto bytes = random.draw();
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < 8; ++i) drawn = drawn << 8U | bytes[i];
    if (drawn < std::numeric_limits<std::uint64_t>::max() / bound * bound) return static_cast<std::int64_t>(drawn % bound);
  }
}

CallResult math_random(const Values& call) {
  const auto start = rounded(call.values[0]), end = rounded(call.values[1]);
  if (!start) return wrong("start value", an_integer, call.values[0]);
  if (!end) return wrong("end value", an_integer, call.values[1]);
  if (*start >= *end) return CallFault{fmt::format("The start value {} must be less than the end value {}", *start, *end)};
  const std::int64_t width = *end - *start;
  if (call.values.size() == 2) return Json(*start + draw_below(call.random, static_cast<std::uint64_t>(width)));
  const auto seed = seed_of(call.values[2]);
  if (!seed) return wrong("seed", "an integer", call.values[2]);
  if (width > std::numeric_limits<std::int32_t>::max()) return CallFault{"The range of a seeded random number is too wide"};
  return Json(*start + JavaRandom(*seed).next_int(static_cast<std::int32_t>(width)));
}

CallResult math_add(const Values& call) {
  std::int64_t sum = 0;
  for (const Json& value : call.values) {
    const auto number = rounded(value);
    if (!number) return wrong("argument", an_integer, value);
    sum += *number;
  }
  if (sum < std::numeric_limits<std::int32_t>::min() || sum > std::numeric_limits<std::int32_t>::max())
    return CallFault{fmt::format("The sum {} does not fit a 32-bit integer", sum)};
  return Json(sum);
}

/// The UTF-8 sequences of a text.
std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = from + 1;
    while (to < text.size() && (text[to] & 0xC0) == 0x80) ++to;
    characters.push_back(text.substr(from, to - from));
    from = to;
  }
  return characters;
}

/// Each character of the second argument separates; empty pieces are dropped (recorded).
CallResult string_split(const Values& call) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (!call.values[i].is_string()) return wrong(i == 0 ? "first argument" : "delimiter", "a string", call.values[i]);
  }
  const auto separators = characters_of(call.values[1].as_string());
  Json::Array pieces;
  std::string piece;
  const auto finish = [&pieces, &piece] {
    if (!piece.empty()) pieces.emplace_back(std::exchange(piece, {}));
  };
  for (const std::string_view character : characters_of(call.values[0].as_string())) {
    if (std::ranges::find(separators, character) != separators.end()) finish();
    else piece += character;
  }
  finish();
  return Json(std::move(pieces));
}

CallResult uuid(const Values& call) { return Json(uuid_v4(call.random.draw()).value); }

CallResult format(const Values& call) {
  if (!call.values[0].is_string()) return wrong("first argument", "a string", call.values[0]);
  const FormatText text = call.format ? *call.format : split_format(call.values[0].as_string());
  if (text.pieces.size() != call.values.size()) {
    return CallFault{fmt::format("The template has {} placeholders for {} arguments", text.pieces.size() - 1, call.values.size() - 1)};
  }
  std::string out = text.pieces[0];
  for (std::size_t i = 1; i < text.pieces.size(); ++i) {
    append_java_text(out, call.values[i]);
    out += text.pieces[i];
  }
  return Json(std::move(out));
}

constexpr std::array<Function, 18> functions{{{"Format", 1, SIZE_MAX, format},
                                              {"StringToJson", 1, 1, string_to_json},
                                              {"JsonToString", 1, 1, json_to_string},
                                              {"Array", 0, SIZE_MAX, array},
                                              {"ArrayPartition", 2, 2, array_partition},
                                              {"ArrayContains", 2, 2, array_contains},
                                              {"ArrayRange", 3, 3, array_range},
                                              {"ArrayGetItem", 2, 2, array_get_item},
                                              {"ArrayLength", 1, 1, array_length},
                                              {"ArrayUnique", 1, 1, array_unique},
                                              {"Base64Encode", 1, 1, base64_encode_text},
                                              {"Base64Decode", 1, 1, base64_decode_text},
                                              {"Hash", 2, 2, hash},
                                              {"JsonMerge", 3, 3, json_merge},
                                              {"MathRandom", 2, 3, math_random},
                                              {"MathAdd", 2, 2, math_add},
                                              {"StringSplit", 2, 2, string_split},
                                              {"UUID", 0, 0, uuid}}};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto* const found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : found;
}

FormatText split_format(std::string_view text) {
  FormatText result;
  result.pieces.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\\' && next != '\0' && std::string_view("'\\{}").find(next) != std::string_view::npos) {
      result.pieces.back() += next;
      ++i;
    } else if (text[i] == '{' && next == '}') {
      result.pieces.emplace_back();
      ++i;
    } else {
      result.pieces.back() += text[i];
    }
  }
  return result;
}

}  // namespace signalbox::expr
