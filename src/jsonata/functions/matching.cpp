/// Functions that take a text or a matcher: a regular expression, or a function that gives the same objects.

#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include <cmath>

namespace signalbox::jsonata::engine {
namespace {

struct Found {
  Value text;
  double begin;  ///< in UTF-16 units
  std::size_t begin_byte;
  std::size_t end_byte;
  Value groups;
  Value object;  ///< as a function that replaces sees it; made only where it is needed
};

std::size_t offset_of_unit(std::string_view text, double unit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (double units = 0; at != end && units < unit;) units += next_code_point(at, end) >= 0x10000 ? 2 : 1;
  return static_cast<std::size_t>(at - text.data());
}

Value groups_of(const Regex::Match& match) {
  ArrayCell* const groups = ArrayCell::make(false);
  Value result = Value::adopt(groups);
  for (const auto& group : match.groups) groups->push(group ? make_string(*group) : Value());
  return result;
}

/// The matches of a text, one after the other.
class Matches {
 public:
  Matches(const CallContext& context, const Value& text, const Value& matcher) : context_(context), text_(text), matcher_(matcher) {
    const FunctionCell* const cell = matcher.function();
    if (cell != nullptr && cell->kind == FunctionKind::Matcher) regex_ = &as<RegexNode>(*cell->node);
  }

  std::optional<Found> next() {
    context_.evaluator.tick();
    return regex_ != nullptr ? next_of_regex() : next_of_function();
  }

 private:
  std::optional<Found> next_of_regex() {
    const std::string_view text = text_.text();
    if (begun_ && at_ >= text.size()) return std::nullopt;
    const auto match = regex_->regex->search(text, at_);
    if (!match) return std::nullopt;
    if (begun_ && match->text.empty()) raise_value("D1004", Json(regex_->pattern), regex_->position);
    begun_ = true;
    units_ += static_cast<double>(utf16_units(text.substr(counted_, match->begin - counted_)));
    counted_ = match->begin;
    at_ = match->begin + match->text.size();
    return Found{make_string(match->text), units_, match->begin, at_, groups_of(*match), {}};
  }

  std::optional<Found> next_of_function() {
    const Value match = begun_ ? context_.evaluator.call(next_, {}, {}, nullptr) : context_.evaluator.call(matcher_, {text_}, {}, nullptr);
    begun_ = true;
    if (!is_true(match) && !match.is_object()) return std::nullopt;
    const Value begin = match.find("start"), end = match.find("end"), groups = match.find("groups");
    next_ = match.find("next");
    if (!begin.is_number() && !end.is_number() && !groups.is_array() && !next_.is_function()) raise("T1010");
    if (!begin.is_number() || !end.is_number() || !next_.is_function()) raise("T1010");
    const std::size_t from = offset_of_unit(text_.text(), begin.number());
    return Found{match.find("match"), begin.number(), from, std::max(from, offset_of_unit(text_.text(), end.number())), groups, match};
  }

  const CallContext& context_;
  const Value& text_;
  const Value& matcher_;
  const RegexNode* regex_ = nullptr;
  bool begun_ = false;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  double units_ = 0;
  Value next_;
};

/// The most that is wanted; infinite if nothing is said.
double limit_of(const Value& limit, const char* code) {
  if (limit.is_undefined()) return HUGE_VAL;
  if (limit.number() < 0) raise_value(code, to_json(limit));
  return limit.number();
}

/// The match as a function that replaces sees it.
Value match_object(const Found& found) {
  if (!found.object.is_undefined()) return found.object;
  ObjectCell* const object = ObjectCell::make();
  Value result = Value::adopt(object);
  object->add(make_string("match"), found.text);
  object->add(make_string("start"), Value(found.begin));
  object->add(make_string("end"), Value(found.begin + static_cast<double>(utf16_units(found.text.text()))));
  object->add(make_string("groups"), found.groups);
  return result;
}

Value contains(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[1].is_string()) return Value(arguments[0].text().find(arguments[1].text()) != std::string_view::npos);
  if (!arguments[1].is_function()) return Value(false);
  return Value(Matches(context, arguments[0], arguments[1]).next().has_value());
}

Value match(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const double limit = limit_of(arguments[2], "D3040");
  Sequence results;
  Matches matches(context, arguments[0], arguments[1]);
  if (limit <= 0) return results.take();
  double count = 0;
  for (auto found = matches.next(); found && count < limit; ++count) {
    ObjectCell* const object = ObjectCell::make();
    Value result = Value::adopt(object);
    object->add(make_string("match"), found->text);
    object->add(make_string("index"), Value(found->begin));
    object->add(make_string("groups"), found->groups);
    results.add(std::move(result));
    found = matches.next();
  }
  return results.take();
}

Value split(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  const double given = limit_of(arguments[2], "D3020");
  // Of a limit that is not whole, a matcher counts the part too.
  const double limit = arguments[1].is_function() ? given : std::floor(given);
  const std::string_view text = arguments[0].text();
  ArrayCell* const parts = ArrayCell::make(false);
  Value result = Value::adopt(parts);
  const auto put = [&](std::string_view part) {
    if (static_cast<double>(parts->items.size()) < limit) parts->push(make_string(part));
    context.evaluator.tick();
  };
  std::size_t from = 0;
  if (arguments[1].is_string() && arguments[1].text().empty()) {
    for (const std::string& unit : split_utf16(text)) put(unit);
    return result;
  }
  if (arguments[1].is_string()) {
    const std::string_view separator = arguments[1].text();
    for (std::size_t at = text.find(separator); at != std::string_view::npos && static_cast<double>(parts->items.size()) < limit;
         at = text.find(separator, from)) {
      put(text.substr(from, at - from));
      from = at + separator.size();
    }
    put(text.substr(from));
    return result;
  }
  if (!arguments[1].is_function()) {
    put(text);
    return result;
  }
  Matches matches(context, arguments[0], arguments[1]);
  for (auto found = matches.next(); found && static_cast<double>(parts->items.size()) < limit; found = matches.next()) {
    put(text.substr(std::min(from, found->begin_byte), found->begin_byte - std::min(from, found->begin_byte)));
    from = found->end_byte;
  }
  put(text.substr(from));
  return result;
}

/// `$1` is a group, `$0` all that matched, `$$` a dollar. A number with more digits than there are groups is read as a shorter one.
void put_replacement(std::string& out, std::string_view pattern, const Found& found) {
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '$') {
      const std::size_t dollar = std::min(pattern.find('$', at), pattern.size());
      append_text(out, pattern.substr(at, dollar - at));
      at = dollar;
      continue;
    }
    ++at;
    if (at < pattern.size() && pattern[at] == '$') {
      out += '$';
      ++at;
      continue;
    }
    if (at < pattern.size() && pattern[at] == '0') {
      append_text(out, found.text.text());
      ++at;
      continue;
    }
    const std::size_t groups = found.groups.is_array() ? found.groups.size() : 0;
    const std::size_t digits_max = groups == 0 ? 1 : std::to_string(groups).size();
    std::size_t digits = 0, number = 0;
    for (; digits < digits_max && at + digits < pattern.size() && pattern[at + digits] >= '0' && pattern[at + digits] <= '9'; ++digits) {
      number = number * 10 + static_cast<std::size_t>(pattern[at + digits] - '0');
    }
    if (digits == 0) {
      out += '$';
      continue;
    }
    if (digits > 1 && number > groups) {
      number /= 10;
      --digits;
    }
    if (number >= 1 && number <= groups) {
      const Value group = found.groups.element(number - 1);
      if (group.is_string()) append_text(out, group.text());
    }
    at += digits;
  }
}

Value replace_text(const CallContext& context, std::string_view text, std::string_view pattern, std::string_view replacement,
                   double limit) {
  std::string out;
  std::size_t from = 0;
  double count = 0;
  for (std::size_t at = text.find(pattern); at != std::string_view::npos && count < limit; at = text.find(pattern, from), ++count) {
    context.evaluator.tick();
    append_text(out, text.substr(from, at - from));
    append_text(out, replacement);
    Heap::current().require(Cost::text(out.size()));
    from = at + pattern.size();
  }
  append_text(out, text.substr(from));
  return make_string(out);
}

Value replace(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  if (arguments[1].is_string() && arguments[1].text().empty()) raise_value("D3010", Json(""));
  const double limit = limit_of(arguments[3], "D3011");
  if (arguments[1].is_undefined() || arguments[2].is_undefined()) return arguments[0];
  const std::string_view text = arguments[0].text();
  if (arguments[1].is_string() && arguments[2].is_string())
    return replace_text(context, text, arguments[1].text(), arguments[2].text(), limit);
  if (arguments[1].is_string()) raise("D3012");
  std::string out;
  std::size_t from = 0;
  if (limit > 0) {
    Matches matches(context, arguments[0], arguments[1]);
    double count = 0;
    for (auto found = matches.next(); found && count < limit; ++count) {
      append_text(out, text.substr(from, std::max(from, found->begin_byte) - from));
      if (arguments[2].is_string()) {
        put_replacement(out, arguments[2].text(), *found);
      } else {
        const Value made = context.evaluator.call(arguments[2], {match_object(*found)}, {}, nullptr);
        if (!made.is_string()) raise_value("D3012", to_json(made));
        append_text(out, made.text());
      }
      Heap::current().require(Cost::text(out.size()));
      from = std::max(from, found->end_byte);
      found = matches.next();
    }
  }
  append_text(out, text.substr(from));
  return make_string(out);
}

}  // namespace

Value Evaluator::match_at(const FunctionCell& matcher, const Value& text, std::size_t from) {
  const auto& node = as<RegexNode>(*matcher.node);
  const std::string_view whole = text.text();
  const bool again = matcher.kind == FunctionKind::NextMatch;
  if (again && from >= whole.size()) return {};
  const auto match = node.regex->search(whole, from);
  if (!match) return {};
  if (again && match->text.empty()) raise_value("D1004", Json(node.pattern), node.position);
  const double begin = static_cast<double>(utf16_units(whole.substr(0, match->begin)));
  ObjectCell* const object = ObjectCell::make();
  Value result = Value::adopt(object);
  object->add(make_string("match"), make_string(match->text));
  object->add(make_string("start"), Value(begin));
  object->add(make_string("end"), Value(begin + static_cast<double>(utf16_units(match->text))));
  object->add(make_string("groups"), groups_of(*match));
  FunctionCell* const next = FunctionCell::make(FunctionKind::NextMatch);
  Value held = Value::adopt(next);
  next->node = matcher.node;
  next->input = text;
  next->offset = match->begin + match->text.size();
  object->add(make_string("next"), std::move(held));
  return result;
}

void list_matching_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"contains", "<s-(sf):b>", 2, contains},
                             {"match", "<s-f<s:o>n?:a<o>>", 3, match},
                             {"split", "<s-(sf)n?:a<s>>", 3, split},
                             {"replace", "<s-(sf)(sf)n?:s>", 4, replace}});
}

}  // namespace signalbox::jsonata::engine
