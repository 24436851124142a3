#include "jsonata/evaluate/evaluator.h"

#include "jsonata/evaluate/work.h"
#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"

namespace signalbox::jsonata::engine {

/// One more nested evaluation, as JSONata counts them; and a bound on this machine's own stack, whatever the limit says.
class Evaluator::Level {
 public:
  explicit Level(Evaluator& evaluator) : evaluator_(evaluator) {
    const auto used = evaluator.stack_base_ - static_cast<const char*>(__builtin_frame_address(0));
    if (evaluator.depth_ >= evaluator.environment_.limits.depth || used > static_cast<std::ptrdiff_t>(stack_bytes_max))
      raise_limit(Limit::Depth);
    ++evaluator.depth_;
    evaluator.tick();
  }
  ~Level() { --evaluator_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Evaluator& evaluator_;
};

Evaluator::Evaluator(const Expression::Compiled& compiled, const Environment& environment)
    : environment_(environment),
      profile_(compiled.profile),
      symbols_(&compiled.symbols),
      stack_base_(static_cast<const char*>(__builtin_frame_address(0))),
      deadline_(environment.limits.time),
      compiled_(compiled) {}

namespace {

thread_local Evaluator* running = nullptr;

}  // namespace

Running::Running(Evaluator& evaluator) : outer_(std::exchange(running, &evaluator)) {}
Running::~Running() { running = outer_; }

void count_work() {
  if (running != nullptr) running->tick();
}

std::size_t memory_limit() { return running == nullptr ? 0 : running->environment().limits.bytes; }

Value Evaluator::run() {
  if (environment_.input) {
    top_input_ = Value::borrow(*environment_.input);
    if (top_input_.is_array()) {
      // An array is one input, not many.
      ArrayCell* const wrapper = ArrayCell::make(true);
      Value wrapped = Value::adopt(wrapper);
      wrapper->outer_wrapper = true;
      wrapper->push(std::move(top_input_));
      top_input_ = std::move(wrapped);
    }
  }
  bind_globals();
  const Ref<FrameCell> frame = FrameCell::make(nullptr, 0);
  return evaluate(*compiled_.root, top_input_, frame.get());
}

void Evaluator::bind_globals() {
  for (std::size_t i = globals_.size(); i < symbols_->size(); ++i) {
    const std::string& name = (*symbols_)[static_cast<Symbol>(i)].name;
    Value value;
    if (name == "$") value = top_input_;
    for (const Binding& binding : environment_.bindings) {
      if (binding.name == name) value = Value::borrow(*binding.value);
    }
    globals_.push_back(std::move(value));
  }
}

Value Evaluator::look_up(Symbol name, const FrameCell* frame) {
  if (const Value* const found = frame == nullptr ? nullptr : frame->find(name)) return *found;
  if (!globals_[name].is_undefined()) return globals_[name];
  const Builtin* const builtin = (*symbols_)[name].builtin;
  return builtin == nullptr ? Value() : Value(builtin);
}

void Evaluator::check_time() {
  if (deadline_.is_over()) raise_limit(Limit::Time);
}

Value Evaluator::keep(Json json) {
  Heap::current().charge(json.text_bytes());
  kept_.push_back(std::move(json));
  return Value::borrow(kept_.back());
}

std::array<std::uint8_t, 16> Evaluator::fresh_bytes() {
  return environment_.random ? environment_.random() : std::array<std::uint8_t, 16>{};
}

Value Evaluator::evaluate(const Node& node, const Value& input, FrameCell* frame) {
  const Level level(*this);
  Value result = evaluate_bare(node, input, frame);
  if (node.decoration != nullptr) result = decorated(node, std::move(result), input, frame);
  return is_sequence(result) ? settled(node, std::move(result)) : result;
}

/// Applies the filters and the grouping behind an operand.
Value Evaluator::decorated(const Node& node, Value result, const Value&, FrameCell* frame) {
  for (const Stage& stage : node.decoration->predicates) result = filter(*stage.filter, result, frame);
  if (node.decoration->group != nullptr && node.kind != NodeKind::Path) result = group(*node.decoration->group, result, frame);
  return result;
}

/// A sequence of one is its element, unless it was asked to stay one; an empty one is nothing.
Value Evaluator::settled(const Node& node, Value result) {
  ArrayCell& sequence = *result.array();
  if (sequence.tuple_stream) return result;
  if (node.keep_array) sequence.keep_singleton = true;
  if (sequence.items.empty()) return {};
  if (sequence.items.size() == 1 && !sequence.keep_singleton) return sequence.items[0];
  return result;
}

Value Evaluator::evaluate_bare(const Node& node, const Value& input, FrameCell* frame) {
  switch (node.kind) {
    case NodeKind::Constant: return constant(as<ConstantNode>(node));
    case NodeKind::Name: return lookup_member(input, as<NameNode>(node).name);
    case NodeKind::Wildcard: return wildcard(input);
    case NodeKind::Descendants: return descendants(input);
    case NodeKind::Parent: return look_up(as<ParentNode>(node).label, frame);
    case NodeKind::Variable: return look_up(as<VariableNode>(node).name, frame);
    case NodeKind::Context: {
      const ArrayCell* const array = input.array();
      return array != nullptr && array->outer_wrapper ? array->items[0] : input;
    }
    case NodeKind::Path: return path(as<PathNode>(node), input, frame);
    case NodeKind::Field: return field(as<PathNode>(node), input, frame);
    case NodeKind::And:
    case NodeKind::Or: return boolean_operation(as<BinaryNode>(node), input, frame);
    case NodeKind::Equality: return equality(as<BinaryNode>(node), input, frame);
    case NodeKind::Inclusion: return inclusion(as<BinaryNode>(node), input, frame);
    case NodeKind::Comparison: return comparison(as<BinaryNode>(node), input, frame);
    case NodeKind::Arithmetic: return arithmetic(as<BinaryNode>(node), input, frame);
    case NodeKind::Concat: return concat(as<ListNode>(node), input, frame);
    case NodeKind::Range: return range(as<BinaryNode>(node), input, frame);
    case NodeKind::Negate: return negate(as<BinaryNode>(node), input, frame);
    case NodeKind::Array: return array(as<ListNode>(node), input, frame);
    case NodeKind::Object: return group(*as<ObjectNode>(node).group, input, frame);
    case NodeKind::Condition: return condition(as<ConditionNode>(node), input, frame);
    case NodeKind::Block: return block(as<ListNode>(node), input, frame);
    case NodeKind::Bind: return bind(as<BindNode>(node), input, frame);
    case NodeKind::Call:
      if (!node.tail) return call_node(as<CallNode>(node), input, frame, nullptr);
      pending_ = PendingCall{&as<CallNode>(node), input, Ref<FrameCell>::share(frame)};
      return Value::tail_call();
    case NodeKind::Partial: return partial(as<CallNode>(node), input, frame);
    case NodeKind::Placeholder: return {};
    case NodeKind::Lambda: return lambda(as<LambdaNode>(node), input, frame);
    case NodeKind::Apply: return apply(as<BinaryNode>(node), input, frame);
    case NodeKind::Sort: return sort(as<SortNode>(node), input, frame);
    case NodeKind::Regex: {
      FunctionCell* const matcher = FunctionCell::make(FunctionKind::Matcher);
      matcher->node = &node;
      return Value::adopt(matcher);
    }
    case NodeKind::Transform: {
      FunctionCell* const function = FunctionCell::make(FunctionKind::Transform);
      function->node = &node;
      function->frame = Ref<FrameCell>::share(frame);
      return Value::adopt(function);
    }
  }
  return {};
}

Value Evaluator::evaluate_text(std::string_view text, const Value& input, FrameCell* frame) {
  auto made = std::make_unique<Expression::Compiled>(text, profile_, *symbols_);
  compile(*made);
  evaluated_.push_back(std::move(made));
  symbols_ = &evaluated_.back()->symbols;
  bind_globals();
  return evaluate(*evaluated_.back()->root, input, frame);
}

}  // namespace signalbox::jsonata::engine
