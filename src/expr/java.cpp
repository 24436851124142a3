#include "expr/java.h"

namespace signalbox::expr {
namespace {

constexpr std::uint64_t multiplier = 0x5DEECE66DU;
constexpr std::uint64_t mask = (std::uint64_t{1} << 48U) - 1;

void append_list(std::string& out, const Json::Array& elements) {
  out += '[';
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ", ";
    append_java_text(out, elements[i]);
  }
  out += ']';
}

void append_map(std::string& out, const Json::Object& members) {
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ", ";
    out += members[i].name;
    out += '=';
    append_java_text(out, members[i].value);
  }
  out += '}';
}

}  // namespace

void append_java_text(std::string& out, const Json& value) {
  if (value.is_string()) out += value.as_string();
  else if (value.is_array()) append_list(out, value.elements());
  else if (value.is_object()) append_map(out, value.members());
  else if (value.is_number()) out += value.number_text();
  else out += value.is_null() ? "null" : value.as_boolean() ? "true" : "false";
}

JavaRandom::JavaRandom(std::int64_t seed) : state_((static_cast<std::uint64_t>(seed) ^ multiplier) & mask) {}

std::int32_t JavaRandom::next(int bits) {
  state_ = (state_ * multiplier + 0xBU) & mask;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state_ >> static_cast<unsigned>(48 - bits)));
}

std::int32_t JavaRandom::next_int(std::int32_t bound) {
  std::int32_t drawn = next(31);
  const std::int32_t highest = bound - 1;
  if ((bound & highest) == 0) return static_cast<std::int32_t>((static_cast<std::int64_t>(bound) * drawn) >> 31);
  // Draws again where the last, incomplete run of `bound` numbers would favour small ones: Java sees it as an overflow.
  std::int32_t value = drawn % bound;
  while (static_cast<std::int64_t>(drawn) - value + highest > INT32_MAX) {
    drawn = next(31);
    value = drawn % bound;
  }
  return value;
}

double JavaRandom::next_double() {
  const auto high = static_cast<std::int64_t>(next(26)), low = static_cast<std::int64_t>(next(27));
  return static_cast<double>((high << 27) + low) * 0x1.0p-53;
}

}  // namespace signalbox::expr
