#include "deploy/template_functions.h"

#include "deploy/intrinsics.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace signalbox::deploy {

namespace {

Error wrong(std::string_view function, std::string_view expected, const Json& got) {
  return error(ErrorCode::InvalidArgument, fmt::format("{} takes {}, not {}", function, expected, got.text()));
}

bool is_scalar(const Json& value) { return value.is_string() || value.is_number() || value.is_boolean(); }

std::optional<std::int64_t> whole_number(const Json& value) {
  if (const auto number = value.as_integer()) return number;
  if (!value.is_string()) return std::nullopt;
  const auto text = value.as_string();
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

struct Block {
  std::uint32_t address = 0;
  int bits = 0;
};
std::optional<Block> parse_block(std::string_view text) {
  std::array<std::uint32_t, 5> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (fault != std::errc() || numbers[i] > (i == 4 ? 32u : 255u)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i == 4)
      return text.empty()
                 ? std::optional(Block{numbers[0] << 24 | numbers[1] << 16 | numbers[2] << 8 | numbers[3], static_cast<int>(numbers[4])})
                 : std::nullopt;
    if (text.empty() || text.front() != (i == 3 ? '/' : '.')) return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

}  // namespace

Result<Json> join(const Json& arguments) {
  const bool fits = arguments.is_array() && arguments.size() == 2 && arguments.at(0)->is_string() && arguments.at(1)->is_array();
  if (!fits) return wrong("Fn::Join", "a delimiter and a list", arguments);
  std::string text;
  for (const auto& element : arguments.at(1)->elements()) {
    if (!is_scalar(element)) return wrong("Fn::Join", "a list of texts", element);
    if (&element != &arguments.at(1)->elements().front()) text += arguments.at(0)->as_string();
    text += plain_text(element);
  }
  return Json(std::move(text));
}

Result<Json> select(const Json& arguments) {
  const bool fits = arguments.is_array() && arguments.size() == 2 && arguments.at(1)->is_array();
  const auto index = fits ? whole_number(*arguments.at(0)) : std::nullopt;
  if (!index) return wrong("Fn::Select", "an index and a list", arguments);
  const Json* element = *index < 0 ? nullptr : arguments.at(1)->at(static_cast<std::size_t>(*index));
  if (!element)
    return error(ErrorCode::InvalidArgument,
                 fmt::format("Fn::Select cannot select the nonexistent value at index {} of {}", *index, arguments.at(1)->text()));
  return *element;
}

Result<Json> split(const Json& arguments) {
  const bool fits = arguments.is_array() && arguments.size() == 2 && arguments.at(0)->is_string() && is_scalar(*arguments.at(1)) &&
                    !arguments.at(0)->as_string().empty();
  if (!fits) return wrong("Fn::Split", "a delimiter and a text", arguments);
  const auto delimiter = arguments.at(0)->as_string();
  const std::string text = plain_text(*arguments.at(1));
  Json::Array parts;
  std::size_t begin = 0;
  for (auto end = text.find(delimiter); end != std::string::npos; begin = end + delimiter.size(), end = text.find(delimiter, begin))
    parts.emplace_back(text.substr(begin, end - begin));
  parts.emplace_back(text.substr(begin));
  return Json(std::move(parts));
}

Result<Json> base64(const Json& argument) {
  if (!is_scalar(argument)) return wrong("Fn::Base64", "a text", argument);
  return Json(base64_encode(plain_text(argument)));
}

Result<Json> cidr(const Json& arguments) {
  const bool fits = arguments.is_array() && (arguments.size() == 2 || arguments.size() == 3);
  const auto block = fits ? parse_block(plain_text(*arguments.at(0))) : std::nullopt;
  const auto count = fits ? whole_number(*arguments.at(1)) : std::nullopt;
  const auto host_bits = fits && arguments.size() == 3 ? whole_number(*arguments.at(2)) : std::optional<std::int64_t>(5);
  if (!block || !count || !host_bits) return wrong("Fn::Cidr", "an IPv4 block, a count and a number of bits", arguments);
  const bool possible = *count >= 1 && *count <= 256 && *host_bits >= 0 && *host_bits <= 32 - block->bits &&
                        (*count - 1) >> (32 - block->bits - *host_bits) == 0;
  if (!possible)
    return error(ErrorCode::InvalidArgument,
                 fmt::format("Fn::Cidr cannot make {} blocks of {} bits from {}", *count, *host_bits, plain_text(*arguments.at(0))));
  Json::Array blocks;
  for (std::int64_t i = 0; i < *count; ++i) {
    const auto address = block->address + static_cast<std::uint32_t>(i << *host_bits);
    blocks.emplace_back(
        fmt::format("{}.{}.{}.{}/{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255, 32 - *host_bits));
  }
  return Json(std::move(blocks));
}

Result<Json> length(const Json& argument) {
  if (!argument.is_array()) return wrong("Fn::Length", "a list", argument);
  return Json(static_cast<std::int64_t>(argument.size()));
}

Result<Json> to_json_string(const Json& argument) {
  if (!argument.is_array() && !argument.is_object()) return wrong("Fn::ToJsonString", "an object or a list", argument);
  return Json(argument.compact_text());
}

}  // namespace signalbox::deploy
