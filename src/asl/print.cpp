#include "asl/print.h"
#include "base/overload.h"

#include "signalbox/encoding.h"

#include <fmt/format.h>

#include <array>

namespace signalbox::asl {

namespace {

constexpr std::array<std::string_view, 23> operator_names{"StringEquals",
                                                          "StringLessThan",
                                                          "StringGreaterThan",
                                                          "StringLessThanEquals",
                                                          "StringGreaterThanEquals",
                                                          "StringMatches",
                                                          "NumericEquals",
                                                          "NumericLessThan",
                                                          "NumericGreaterThan",
                                                          "NumericLessThanEquals",
                                                          "NumericGreaterThanEquals",
                                                          "BooleanEquals",
                                                          "TimestampEquals",
                                                          "TimestampLessThan",
                                                          "TimestampGreaterThan",
                                                          "TimestampLessThanEquals",
                                                          "TimestampGreaterThanEquals",
                                                          "IsNull",
                                                          "IsPresent",
                                                          "IsNumeric",
                                                          "IsString",
                                                          "IsBoolean",
                                                          "IsTimestamp"};

class Printer {
 public:
  explicit Printer(const StateMachine& machine) : machine_(machine) {}

  std::string run() {
    out_ = "machine start=" + name(machine_.root.start_at);
    if (machine_.timeout_seconds) out_ += fmt::format(" timeout={}", *machine_.timeout_seconds);
    out_ += '\n';
    for (const auto& state : machine_.states) {
      out_ += fmt::format("{} {}", state.place, type_name(state));
      std::visit([this](const auto& type) { print(type); }, state.type);
      print(state.assign, "assign");
      out_ += '\n';
    }
    return std::move(out_);
  }

 private:
  const std::string& name(StateIndex index) const { return machine_.state(index).name; }
  void field(std::string_view label, std::string_view value) { out_ += fmt::format(" {}={}", label, value); }

  void print(const PathOrNull& path, std::string_view label) {
    if (!path) field(label, "null");
    else if (!path->is_root()) field(label, path->printed());
  }
  void print(const std::optional<PayloadTemplate>& payload, std::string_view label) {
    if (payload) field(label, payload->source().text());
  }
  void print(const std::optional<JsonataTemplate>& jsonata, std::string_view label) {
    if (jsonata) field(label, jsonata->source().text());
  }
  void print(const std::optional<Template>& value, std::string_view label) {
    if (value) field(label, std::visit([](const auto& field) { return field.source().text(); }, *value));
  }
  void print(const ReferencePathOrNull& path, std::string_view label) {
    if (!path) field(label, "null");
    else if (!path->is_root()) field(label, path->text());
  }
  void print(const DataFlow& flow) {
    print(flow.input_path, "input");
    print(flow.parameters, "parameters");
    print(flow.result_selector, "selector");
    print(flow.result_path, "result");
    print(flow.output_path, "output");
    print(flow.arguments, "arguments");
    print(flow.output, "output");
  }
  template <class T>
  void print(const ConstantOrPath<T>& value, std::string_view label) {
    if (const auto* path = std::get_if<PathExpression>(&value)) field(label, path->printed());
    else if (const auto* jsonata = std::get_if<JsonataTemplate>(&value)) field(label, jsonata->source().text());
    else if constexpr (std::is_same_v<T, Timestamp>) field(label, format_rfc3339(std::get<T>(value)));
    else field(label, fmt::format("{}", std::get<T>(value)));
  }
  template <class T>
  void print(const std::optional<ConstantOrPath<T>>& value, std::string_view label) {
    if (value) print(*value, label);
  }
  void print(const Transition& next) { next ? field("next", name(*next)) : field("end", "true"); }

  void print(const std::vector<Retrier>& retry) {
    for (const auto& retrier : retry) {
      field("retry", fmt::format("({} interval={} attempts={} rate={}", fmt::join(retrier.error_equals, "|"), retrier.interval_seconds,
                                 retrier.max_attempts, retrier.backoff_rate));
      if (retrier.max_delay_seconds) field("max", std::to_string(*retrier.max_delay_seconds));
      if (retrier.full_jitter) field("jitter", "full");
      out_ += ')';
    }
  }
  void print(const std::vector<Catcher>& catchers) {
    for (const auto& catcher : catchers) {
      field("catch", fmt::format("({}", fmt::join(catcher.error_equals, "|")));
      print(catcher.result_path, "result");
      print(catcher.output, "output");
      print(catcher.assign, "assign");
      out_ += fmt::format(" next={})", name(catcher.next));
    }
  }

  void print(const PassState& state) {
    print(state.flow);
    if (state.result) field("value", state.result->text());
    print(state.next);
  }
  void print(const TaskState& state) {
    field("resource", std::visit(Overload{[](const FunctionResource&) { return std::string("function"); },
                                          [](const ActivityResource&) { return std::string("activity"); },
                                          [](const ServiceResource& service) { return service.resource_type + ':' + service.resource; }},
                                 state.resource.kind));
    print(state.flow);
    print(state.timeout_seconds, "timeout");
    print(state.heartbeat_seconds, "heartbeat");
    print(state.credentials, "credentials");
    print(state.retry);
    print(state.catchers);
    print(state.next);
  }
  void print(const ChoiceState& state) {
    print(state.input_path, "input");
    for (const auto& rule : state.choices) {
      const auto* jsonata = std::get_if<JsonataTemplate>(&rule.condition);
      out_ += fmt::format(" [{} -> {}", jsonata ? jsonata->source().text() : asl::print(std::get<ChoiceExpression>(rule.condition)),
                          name(rule.next));
      print(rule.output, "output");
      print(rule.assign, "assign");
      out_ += ']';
    }
    if (state.otherwise) field("default", name(*state.otherwise));
    print(state.output_path, "output");
    print(state.output, "output");
  }
  void print(const WaitState& state) {
    print(state.input_path, "input");
    std::visit(Overload{[this](const WaitState::Seconds& wait) { print(wait.value, "seconds"); },
                        [this](const WaitState::Until& wait) { print(wait.value, "until"); }},
               state.wait);
    print(state.output_path, "output");
    print(state.output, "output");
    print(state.next);
  }
  void print(const SucceedState& state) {
    print(state.input_path, "input");
    print(state.output_path, "output");
    print(state.output, "output");
  }
  void print(const std::optional<FailText>& text, std::string_view label) {
    if (!text) return;
    field(label, std::visit(Overload{[](const std::string& constant) { return constant; },
                                     [](const PathExpression& path) { return path.printed(); },
                                     [](const IntrinsicCall& call) { return call.printed(); },
                                     [](const JsonataTemplate& jsonata) { return jsonata.source().text(); }},
                            *text));
  }
  void print(const FailState& state) {
    print(state.error, "error");
    print(state.cause, "cause");
  }
  void print(const ParallelState& state) {
    std::vector<std::string> starts;
    for (const auto& branch : state.branches) starts.push_back(name(branch.start_at));
    field("branches", fmt::format("{}", fmt::join(starts, ",")));
    print(state.flow);
    print(state.retry);
    print(state.catchers);
    print(state.next);
  }
  void print(const MapState& state) {
    field("processor", name(state.processor.start_at));
    if (state.items_path) field("items", state.items_path->printed());
    print(state.items, "items");
    print(state.item_selector, "item");
    print(state.max_concurrency, "concurrency");
    print(state.tolerated_failure_count, "tolerated");
    print(state.tolerated_failure_percentage, "tolerated%");
    print(state.flow);
    print(state.retry);
    print(state.catchers);
    print(state.next);
  }

  const StateMachine& machine_;
  std::string out_;
};

std::string joined(const std::vector<ChoiceExpression>& operands, std::string_view word) {
  std::string out = "(";
  for (std::size_t i = 0; i < operands.size(); ++i) out += (i ? fmt::format(" {} ", word) : std::string()) + print(operands[i]);
  return out + ")";
}

}  // namespace

std::string print(const StateMachine& machine) { return Printer(machine).run(); }

std::string print(const ChoiceExpression& expression) {
  return std::visit(
      Overload{[](const Comparison& test) {
                 const auto* constant = std::get_if<Json>(&test.operand);
                 return fmt::format("{} {} {}", test.variable.printed(), operator_names[static_cast<std::size_t>(test.comparison)],
                                    constant ? constant->text() : std::get<PathExpression>(test.operand).printed());
               },
               [](const AllOf& all) { return joined(all.operands, "and"); }, [](const AnyOf& any) { return joined(any.operands, "or"); },
               [](const NotOf& negated) { return "not " + print(*negated.operand); }},
      expression.test);
}

}  // namespace signalbox::asl
