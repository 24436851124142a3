/// Functions of texts, as long as they need no regular expression.

#include "jsonata/functions/library.h"
#include "jsonata/text.h"

#include <algorithm>
#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

Value string(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  return to_string(arguments[0], arguments[1].is_true());
}

/// Part of the text from one code point to another; places may be negative, infinite or not whole.
Value slice(std::string_view text, double from, double to) {
  const double count = static_cast<double>(code_points(text));
  const auto place = [count](double wanted) {
    const double whole = std::isnan(wanted) ? 0 : std::trunc(wanted);
    return static_cast<std::size_t>(std::clamp(whole < 0 ? whole + count : whole, 0.0, count));
  };
  const std::size_t begin = place(from), end = place(to);
  if (begin >= end) return make_string("");
  const std::size_t first = offset_of_code_point(text, begin);
  return make_string(text.substr(first, offset_of_code_point(text.substr(first), end - begin)));
}

Value substring(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const std::string_view text = arguments[0].text();
  const double count = static_cast<double>(code_points(text));
  double start = arguments[1].is_undefined() ? 0 : arguments[1].number();
  if (count + start < 0) start = 0;
  if (arguments[2].is_undefined()) return slice(text, start, count);
  const double length = arguments[2].number();
  if (length <= 0) return make_string("");
  return slice(text, start, start >= 0 ? start + length : count + start + length);
}

Value substring_before(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[1].is_undefined()) return arguments[0];
  const std::string_view text = arguments[0].text();
  const std::size_t at = text.find(arguments[1].text());
  return at == std::string_view::npos ? arguments[0] : make_string(text.substr(0, at));
}

Value substring_after(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[1].is_undefined()) return arguments[0];
  const std::string_view text = arguments[0].text();
  const std::size_t at = text.find(arguments[1].text());
  return at == std::string_view::npos ? arguments[0] : make_string(text.substr(at + arguments[1].text().size()));
}

Value lowercase(const CallContext&, std::span<Value> arguments) {
  return arguments[0].is_undefined() ? Value() : make_string(lower_case(arguments[0].text()));
}
Value uppercase(const CallContext&, std::span<Value> arguments) {
  return arguments[0].is_undefined() ? Value() : make_string(upper_case(arguments[0].text()));
}

Value length(const CallContext&, std::span<Value> arguments) {
  return arguments[0].is_undefined() ? Value() : Value(static_cast<double>(code_points(arguments[0].text())));
}

/// Runs of white space become one blank; none is left at the ends.
Value trim(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  std::string out;
  bool blank = false;
  for (const char c : arguments[0].text()) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      blank = true;
      continue;
    }
    if (blank && !out.empty()) out += ' ';
    blank = false;
    out += c;
  }
  return make_string(out);
}

Value pad(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const std::string_view text = arguments[0].text();
  const std::string_view filling = arguments[2].is_undefined() || arguments[2].text().empty() ? " " : arguments[2].text();
  const double width = arguments[1].is_undefined() ? 0 : arguments[1].number();
  const double missing = std::abs(width) - static_cast<double>(code_points(text));
  if (!(missing > 0)) return arguments[0];
  if (missing > 1e15) raise_limit(Limit::Memory);
  const double unit = static_cast<double>(code_points(filling));
  const auto whole = static_cast<std::size_t>(std::floor(missing / unit));
  // A width that is not whole is made up to the next character on the left, down on the right, as slices of the filling are.
  const auto rest = static_cast<std::size_t>(missing - static_cast<double>(whole) * unit);
  Heap::current().require(Cost::text(text.size() + (whole + 1) * filling.size()));
  std::string padding;
  padding.reserve((whole + 1) * filling.size());
  for (std::size_t i = 0; i < whole; ++i) padding += filling;
  padding += filling.substr(0, offset_of_code_point(filling, rest));
  return width > 0 ? make_string(text, padding) : make_string(padding, text);
}

Value join(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const std::string_view between = arguments[1].is_undefined() ? std::string_view() : arguments[1].text();
  std::string out;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    if (i > 0) append_text(out, between);
    append_text(out, arguments[0].element(i).text());
    Heap::current().require(Cost::text(out.size()));
  }
  return make_string(out);
}

}  // namespace

void list_string_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"string", "<x-b?:s>", 1, string},
                             {"substring", "<s-nn?:s>", 3, substring},
                             {"substringBefore", "<s-s:s>", 2, substring_before},
                             {"substringAfter", "<s-s:s>", 2, substring_after},
                             {"lowercase", "<s-:s>", 1, lowercase},
                             {"uppercase", "<s-:s>", 1, uppercase},
                             {"length", "<s-:n>", 1, length},
                             {"trim", "<s-:s>", 1, trim},
                             {"pad", "<s-ns?:s>", 2, pad},
                             {"join", "<a<s>s?:s>", 2, join}});
}

}  // namespace signalbox::jsonata::engine
