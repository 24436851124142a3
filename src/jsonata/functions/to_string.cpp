/// $string, which the operator `&` uses too: texts as they are, everything else as JSON with numbers of 15 digits.

#include "jsonata/evaluate/evaluator.h"
#include "jsonata/text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

/// The number with 15 significant digits, as ECMAScript prints it.
void put_number(std::string& out, double number) {
  if (!std::isfinite(number)) raise_value("D1001", Json());
  if (std::abs(number) < 1e15 && number == std::trunc(number)) {
    std::array<char, 24> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::int64_t>(number));
    out.append(digits.data(), written.ptr);
    return;
  }
  std::array<char, 40> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::scientific, 14);
  double rounded = 0;
  std::from_chars(digits.data(), written.ptr, rounded);
  out += shortest_number_text(rounded);
}

class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void put(const Value& value) {
    switch (value.type()) {
      case Type::Boolean: out_ += value.is_true() ? "true" : "false"; return;
      case Type::Number: return put_number(out_, value.number());
      case Type::String: return append_json_string(out_, value.text());
      case Type::Function: out_ += "\"\""; return;
      case Type::Array: return put_array(value);
      case Type::Object: return put_object(value);
      default: out_ += "null"; return;
    }
  }

 private:
  void put_array(const Value& value) {
    out_ += '[';
    ++level_;
    for (std::size_t i = 0; i < value.size(); ++i) {
      next(i == 0);
      put(value.element(i));
    }
    close(']', value.size() == 0);
  }

  void put_object(const Value& value) {
    out_ += '{';
    ++level_;
    bool empty = true;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Value member = value.member_value(i);
      if (member.is_undefined()) continue;
      next(empty);
      empty = false;
      append_json_string(out_, value.member_name(i));
      out_ += pretty_ ? ": " : ":";
      put(member);
    }
    close('}', empty);
  }

  void next(bool first) {
    Heap::current().require(out_.size());
    if (!first) out_ += ',';
    if (pretty_) out_.append("\n").append(level_ * 2, ' ');
  }
  void close(char bracket, bool empty) {
    --level_;
    if (pretty_ && !empty) out_.append("\n").append(level_ * 2, ' ');
    out_ += bracket;
  }

  std::string& out_;
  bool pretty_;
  std::size_t level_ = 0;
};

void write(std::string& out, const Value& value, bool pretty) {
  if (value.is_string()) return append_text(out, value.text());
  if (value.is_function()) return;
  if (value.is_number() && !std::isfinite(value.number())) raise("D3001");
  Value inner = value;
  const ArrayCell* const array = value.array();
  if (array != nullptr && array->outer_wrapper) inner = array->items[0];
  Writer(out, pretty).put(inner);
}

}  // namespace

void append_string(std::string& out, const Value& value) { write(out, value, false); }

Value to_string(const Value& value, bool pretty) {
  if (value.is_string()) return value;
  std::string out;
  write(out, value, pretty);
  return make_string(out);
}

}  // namespace signalbox::jsonata::engine
