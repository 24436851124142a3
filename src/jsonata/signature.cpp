#include "jsonata/signature.h"

#include "jsonata/failure.h"
#include "jsonata/materialise.h"

#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

enum TypeBit : std::uint16_t {
  Array_ = 1,
  String_ = 2,
  Number_ = 4,
  Boolean_ = 8,
  Null_ = 16,
  Object_ = 32,
  Function_ = 64,
  Missing_ = 128
};

std::uint16_t type_bit(const Value& value) {
  switch (value.type()) {
    case Type::Null: return Null_;
    case Type::Boolean: return Boolean_;
    case Type::Number: return Number_;
    case Type::String: return String_;
    case Type::Array: return Array_;
    case Type::Object: return Object_;
    case Type::Function: return Function_;
    default: return Missing_;
  }
}

std::uint16_t bits_of(char symbol) {
  switch (symbol) {
    case 's': return String_;
    case 'n': return Number_;
    case 'b': return Boolean_;
    case 'l': return Null_;
    case 'o': return Object_;
    case 'a': return Array_ | String_ | Number_ | Boolean_ | Null_ | Object_ | Function_;
    case 'f': return Function_;
    case 'j': return Array_ | String_ | Number_ | Boolean_ | Null_ | Object_;
    case 'x': return Array_ | String_ | Number_ | Boolean_ | Null_ | Object_ | Function_;
    case 'u': return Boolean_ | Number_ | String_ | Null_;
    default: return 0;
  }
}

char letter_of(std::uint16_t type) {
  switch (type) {
    case Array_: return 'a';
    case String_: return 's';
    case Number_: return 'n';
    case Boolean_: return 'b';
    case Null_: return 'l';
    case Object_: return 'o';
    case Function_: return 'f';
    default: return 'm';
  }
}

std::string_view words_of(char element) {
  switch (element) {
    case 'a': return "\"arrays\"";
    case 'b': return "\"booleans\"";
    case 'f': return "\"functions\"";
    case 'n': return "\"numbers\"";
    case 'o': return "\"objects\"";
    case 's': return "\"strings\"";
    default: return "\"values\"";
  }
}

[[noreturn]] void raise_argument(const char* code, const Value& value, std::size_t index, char element = 0) {
  Raised raised{.failure = {.code = code}, .second = std::to_string(index + 1)};
  if (!value.is_undefined()) raised.failure.value = to_json(value);
  if (element != 0) raised.type = words_of(element);
  raise(std::move(raised));
}

/// Behind the bracket that closes the one at `at`.
std::size_t closing(std::string_view text, std::size_t at, char open, char close) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == open) ++depth;
    if (text[at] == close && --depth == 0) break;
  }
  return at;
}

}  // namespace

Signature::Signature(std::string_view text, std::uint32_t position) {
  std::size_t at = 1;
  const auto last = [this]() -> Parameter* { return parameters_.empty() ? nullptr : &parameters_.back(); };
  for (; at < text.size() && text[at] != ':' && !(text[at] == '>' && at + 1 == text.size()); ++at) {
    const char c = text[at];
    if (c == '-' || c == '?' || c == '+') {
      if (last() == nullptr) continue;
      if (c == '+') last()->repeated = true;
      if (c != '+') last()->optional = true;
      if (c == '-') last()->context = true;
    } else if (c == '(') {
      const std::size_t end = closing(text, at, '(', ')');
      const std::string_view choice = text.substr(at + 1, end - at - 1);
      if (choice.find('<') != std::string_view::npos) raise_value("S0402", Json(choice), position);
      Parameter parameter{.types = Missing_};
      for (const char symbol : choice) parameter.types |= symbol == 'a' ? std::uint16_t{Array_} : bits_of(symbol);
      parameters_.push_back(parameter);
      at = end;
    } else if (c == '<') {
      const std::size_t end = closing(text, at, '<', '>');
      if (last() == nullptr || (!last()->array && last()->types != (Function_))) raise("S0401", position);
      if (last()->array) last()->element = at + 1 < text.size() ? text[at + 1] : '\0';
      at = end;
    } else if (const std::uint16_t bits = bits_of(c); bits != 0) {
      // A function must be there; anything else may be undefined.
      parameters_.push_back(Parameter{.types = static_cast<std::uint16_t>(c == 'f' ? bits : bits | Missing_), .array = c == 'a'});
    }
  }
}

/// How many arguments each parameter takes, greedily, giving back where what follows needs them.
bool Signature::match(const std::vector<std::uint16_t>& types, std::size_t parameter, std::size_t argument,
                      std::vector<std::uint32_t>& taken) const {
  if (parameter == parameters_.size()) return argument == types.size();
  const Parameter& wanted = parameters_[parameter];
  const std::size_t most = wanted.repeated ? types.size() : 1;
  std::size_t fitting = 0;
  while (fitting < most && argument + fitting < types.size() && (types[argument + fitting] & wanted.types) != 0) ++fitting;
  const std::size_t least = wanted.optional ? 0 : 1;
  for (std::size_t count = fitting + 1; count-- > least;) {
    taken[parameter] = static_cast<std::uint32_t>(count);
    if (match(types, parameter + 1, argument + count, taken)) return true;
  }
  return false;
}

void Signature::apply(std::vector<Value>& arguments, const Value& context) const {
  std::vector<std::uint16_t> types;
  types.reserve(arguments.size());
  for (const Value& argument : arguments) types.push_back(type_bit(argument));
  std::vector<std::uint32_t> taken(parameters_.size());
  if (!match(types, 0, 0, taken)) refuse(arguments, types);

  std::vector<Value> result;
  result.reserve(std::max(parameters_.size(), arguments.size()));
  std::size_t next = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    if (taken[i] == 0 && parameter.context) {
      if ((type_bit(context) & parameter.types) == 0) raise_argument("T0411", context, next);
      result.push_back(context);
      continue;
    }
    if (taken[i] == 0) {
      result.push_back(next < arguments.size() ? arguments[next] : Value());
      ++next;
      continue;
    }
    for (std::uint32_t count = 0; count < taken[i]; ++count, ++next) {
      Value argument = arguments[next];
      if (parameter.array && !argument.is_undefined()) take_array(parameter, argument, next);
      result.push_back(std::move(argument));
    }
  }
  arguments = std::move(result);
}

/// Checks the elements' types; a single value becomes an array of one.
void Signature::take_array(const Parameter& parameter, Value& argument, std::size_t index) const {
  if (parameter.element != 0 && argument.is_array()) {
    for (std::size_t i = 0; i < argument.size(); ++i) {
      if (letter_of(type_bit(argument.element(i))) != parameter.element) raise_argument("T0412", argument, index, parameter.element);
    }
  }
  if (argument.is_array()) return;
  if (parameter.element != 0 && letter_of(type_bit(argument)) != parameter.element)
    raise_argument("T0412", argument, index, parameter.element);
  ArrayCell* const single = ArrayCell::make(false);
  Value wrapped = Value::adopt(single);
  single->push(std::move(argument));
  argument = std::move(wrapped);
}

/// The first argument that no parameter takes.
void Signature::refuse(const std::vector<Value>& arguments, const std::vector<std::uint16_t>& types) const {
  std::size_t good = 0;
  for (const Parameter& wanted : parameters_) {
    std::size_t count = 0;
    const std::size_t most = wanted.repeated ? types.size() : 1;
    while (count < most && good + count < types.size() && (types[good + count] & wanted.types) != 0) ++count;
    if (count == 0 && !wanted.optional) break;
    good += count;
  }
  raise_argument("T0410", good < arguments.size() ? arguments[good] : Value(), good);
}

}  // namespace signalbox::jsonata::engine
