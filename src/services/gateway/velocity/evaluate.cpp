/// Rendering: a walk over the tree with a budget.

#include "services/gateway/velocity/methods.h"
#include "services/gateway/velocity/parser.h"
#include "services/gateway/velocity/storable.h"
#include "services/gateway/velocity/template.h"

#include "base/overload.h"

#include <cmath>
#include <limits>

namespace signalbox::velocity {

namespace {

constexpr std::size_t rounds_max = 1000;
constexpr std::size_t text_bytes_max = std::size_t{10} << 20;
constexpr std::size_t steps_max = 1'000'000, nestings_max = 10'000;

/// How a block ended.
enum class Flow : std::uint8_t { Next, Break, Stop };

/// Thrown inside the renderer only.
struct LimitPassed {
  std::string message;
};

class Renderer {
 public:
  explicit Renderer(Map& variables) : variables_(variables) {}

  std::string run(const Block& block) {
    std::string out;
    render(block, out);
    return out;
  }

 private:
  Flow render(const Block& block, std::string& out) {
    for (const auto& node : block.nodes) {
      step();
      const auto flow =
          std::visit(Overload{[&](const Text& text) { return write(out, text.text); },
                              [&](const Reference& reference) { return write(out, shown(reference)); },
                              [&](const EscapedReference& escaped) {
                                return write(out, (value_of(escaped.reference) ? "" : "\\") + escaped.reference.source);
                              },
                              [&](const Set& set) { return assign(set); }, [&](const If& condition) { return choose(condition, out); },
                              [&](const ForEach& loop) { return repeat(loop, out); }, [](const Break&) { return Flow::Break; },
                              [](const Stop&) { return Flow::Stop; }},
                     node.form);
      if (flow != Flow::Next) return flow;
    }
    return Flow::Next;
  }

  static Flow write(std::string& out, std::string_view text) {
    if (out.size() + text.size() > text_bytes_max) throw LimitPassed{"the template gives more than 10 MiB of text"};
    out += text;
    return Flow::Next;
  }

  void step() {
    if (++steps_ > steps_max) throw LimitPassed{"the template takes more than a million steps"};
  }

  std::string shown(const Reference& reference) {
    const auto value = value_of(reference);
    if (value) return value->text();
    return reference.quiet ? std::string() : reference.source;
  }

  std::optional<Value> value_of(const Reference& reference) { return value_of(reference, reference.path.size()); }

  /// Of the reference and its first `steps` accesses. Nothing: undefined or null.
  std::optional<Value> value_of(const Reference& reference, std::size_t steps) {
    const auto* root = find(variables_, reference.name);
    if (!root || root->is_null()) return std::nullopt;
    std::optional<Value> value = *root;
    for (std::size_t i = 0; i < steps; ++i) {
      value = follow(*value, reference.path[i]);
      if (!value || value->is_null()) return std::nullopt;
    }
    return value;
  }

  std::optional<Value> follow(const Value& value, const Access& access) {
    step();
    switch (access.kind) {
      case Access::Kind::Property: return property(value, access.name);
      case Access::Kind::Index: return element(value, evaluate(access.arguments.front()));
      case Access::Kind::Method: break;
    }
    std::vector<Value> arguments;
    for (const auto& argument : access.arguments) arguments.push_back(to_store(evaluate(argument), value));
    return call(value, access.name, arguments);
  }

  /// In `holder`, if it is a list or map. Bounded, since what is nested is gone through by recursion.
  Value to_store(Value value, const Value& holder) {
    const auto is_container = [](const Value& one) { return one.list() || one.map(); };
    if (!is_container(value) || !is_container(holder)) return value;
    if (++nestings_ > nestings_max) throw LimitPassed{"the template puts more than 10,000 lists and maps into others"};
    return storable(std::move(value), holder);
  }

  /// A null changes nothing, as in Velocity 1.x.
  Flow assign(const Set& set) {
    auto value = evaluate(set.value);
    if (value.is_null()) return Flow::Next;
    if (set.target.path.empty()) {
      put(variables_, set.target.name, std::move(value));
      return Flow::Next;
    }
    const auto& last = set.target.path.back();
    if (const auto holder = value_of(set.target, set.target.path.size() - 1)) {
      const auto name = last.kind == Access::Kind::Property ? Value(last.name) : evaluate(last.arguments.front());
      set_element(*holder, name, to_store(std::move(value), *holder));
    }
    return Flow::Next;
  }

  Flow choose(const If& condition, std::string& out) {
    for (const auto& arm : condition.arms)
      if (!arm.condition || evaluate(*arm.condition).truth()) return render(arm.body, out);
    return Flow::Next;
  }

  Flow repeat(const ForEach& loop, std::string& out) {
    const auto items = elements_of(evaluate(loop.items));
    if (items.size() > rounds_max) throw LimitPassed{"#foreach goes over more than 1,000 items"};
    const auto outer = variables_;
    auto flow = Flow::Next;
    for (std::size_t i = 0; i < items.size() && flow == Flow::Next; ++i) {
      put(variables_, loop.variable, items[i]);
      put(variables_, "velocityCount", static_cast<std::int64_t>(i + 1));
      put(variables_, "foreach", state_of_loop(i, items.size()));
      flow = render(loop.body, out);
    }
    for (const std::string_view name : {std::string_view(loop.variable), std::string_view("velocityCount"), std::string_view("foreach")})
      restore(name, outer);
    return flow == Flow::Break ? Flow::Next : flow;
  }

  static Value state_of_loop(std::size_t index, std::size_t count) {
    const auto number = static_cast<std::int64_t>(index);
    return Map{
        {"index", number}, {"count", number + 1}, {"hasNext", index + 1 < count}, {"first", index == 0}, {"last", index + 1 == count}};
  }

  void restore(std::string_view name, const Map& outer) {
    for (const auto& [before, value] : outer)
      if (before == name) return put(variables_, name, value);
    std::erase_if(variables_, [&](const auto& variable) { return variable.first == name; });
  }

  Value evaluate(const Expression& expression) {
    step();
    return std::visit(Overload{[](const Value& value) { return value; }, [&](const Interpolated& text) { return Value(run(text.text)); },
                               [&](const Reference& reference) { return value_of(reference).value_or(Value()); },
                               [&](const ListLiteral& literal) {
                                 List list;
                                 for (const auto& element : literal.elements) list.push_back(evaluate(element));
                                 return Value(std::move(list));
                               },
                               [&](const MapLiteral& literal) {
                                 Map map;
                                 for (const auto& [name, value] : literal.members) put(map, evaluate(name).text(), evaluate(value));
                                 return Value(std::move(map));
                               },
                               [&](const Binary& binary) { return combine(binary); },
                               [&](const Not& negation) { return Value(!evaluate(*negation.operand).truth()); },
                               [&](const Negative& negative) {
                                 const auto value = evaluate(*negative.operand);
                                 if (const auto* whole = value.as<std::int64_t>();
                                     whole && *whole != std::numeric_limits<std::int64_t>::min())
                                   return Value(-*whole);
                                 const auto number = value.number();
                                 return number ? Value::from_number(-*number) : Value();
                               }},
                      expression.form);
  }

  Value combine(const Binary& binary) {
    if (binary.op == Operator::Or) return evaluate(*binary.left).truth() || evaluate(*binary.right).truth();
    if (binary.op == Operator::And) return evaluate(*binary.left).truth() && evaluate(*binary.right).truth();
    const auto left = evaluate(*binary.left);
    const auto right = evaluate(*binary.right);
    if (binary.op == Operator::Range) return range(left, right);
    return combine_values(binary.op, left, right);
  }

  static Value range(const Value& from, const Value& to) {
    const auto* first = from.as<std::int64_t>();
    const auto* last = to.as<std::int64_t>();
    if (!first || !last) return {};
    const auto distance = *first <= *last ? static_cast<std::uint64_t>(*last) - static_cast<std::uint64_t>(*first)
                                          : static_cast<std::uint64_t>(*first) - static_cast<std::uint64_t>(*last);
    if (distance >= rounds_max) throw LimitPassed{"a range has more than 1,000 numbers"};
    List list;
    const std::int64_t direction = *first <= *last ? 1 : -1;
    for (auto number = *first;; number += direction) {
      list.emplace_back(number);
      if (number == *last) return list;
    }
  }

  Map& variables_;
  std::size_t steps_ = 0, nestings_ = 0;
};

}  // namespace

Result<Template> Template::parse(std::string_view text) {
  auto block = parse_template(text);
  if (!block) return block.error();
  Template made;
  made.root_ = std::make_shared<const Block>(std::move(*block));
  return made;
}

Result<std::string> Template::render(Map& variables) const {
  try {
    return Renderer(variables).run(*root_);
  } catch (const LimitPassed& passed) {
    return error(ErrorCode::TooLarge, passed.message);
  }
}

}  // namespace signalbox::velocity
