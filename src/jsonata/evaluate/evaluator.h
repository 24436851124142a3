#pragma once
/// One evaluation: the walk over a compiled expression, and what it may use up.

#include "jsonata/cells.h"
#include "jsonata/compiled.h"
#include "jsonata/evaluate/deadline.h"
#include "jsonata/failure.h"
#include "jsonata/node.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace signalbox::jsonata::engine {

using Arguments = std::vector<Value>;

/// Collects a step's results: nothing, one value, or a row of them, without making an array for one.
class Sequence {
 public:
  /// Undefined is passed over.
  void add(Value value);
  /// Arrays give their elements, unless they were constructed as such.
  void add_flattened(Value value);
  void add_elements(const Value& array);
  [[nodiscard]] std::size_t size() const { return many_ != nullptr ? many_->items.size() : first_.is_undefined() ? 0 : 1; }
  [[nodiscard]] Value element(std::size_t index) const { return many_ != nullptr ? many_->items[index] : first_; }
  /// As an array, marked as a sequence.
  [[nodiscard]] Value take();
  /// As a sequence reads: nothing, its only element, or the array.
  [[nodiscard]] Value take_unwrapped();
  [[nodiscard]] ArrayCell& cell();

 private:
  Value first_;
  Value held_;
  ArrayCell* many_ = nullptr;
};

class Evaluator {
 public:
  Evaluator(const Expression::Compiled& compiled, const Environment& environment);

  /// The whole expression's value.
  [[nodiscard]] Value run();

  [[nodiscard]] Value evaluate(const Node& node, const Value& input, FrameCell* frame);
  /// Calls what must be a function, with all its tail calls. Errors: T1006, what the signature finds, what the function raises.
  [[nodiscard]] Value call(const Value& function, Arguments arguments, const Value& input, FrameCell* frame);
  /// For functions that take functions: passes as many of the arguments as the function has parameters, the first one always.
  [[nodiscard]] Value call_with(const Value& function, Value first, Value second = {}, Value third = {});
  /// The value that `$name` has there; undefined if it has none.
  [[nodiscard]] Value look_up(Symbol name, const FrameCell* frame);
  [[nodiscard]] Value lookup_member(const Value& value, std::string_view name);

  /// Counts a step of a loop; looks at the clock now and then.
  void tick() {
    if (++ticks_ % ticks_between_looks == 0) check_time();
  }
  /// Keeps the JSON for as long as the evaluation lasts.
  [[nodiscard]] Value keep(Json json);
  /// Of $eval: parses and runs, with what is visible at `frame`.
  [[nodiscard]] Value evaluate_text(std::string_view text, const Value& input, FrameCell* frame);
  /// The match of a regular expression at or behind `from` (in bytes), as the object that a function acting as one would give.
  [[nodiscard]] Value match_at(const FunctionCell& matcher, const Value& text, std::size_t from);

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] Profile profile() const { return profile_; }
  [[nodiscard]] std::array<std::uint8_t, 16> fresh_bytes();

 private:
  static constexpr std::uint32_t ticks_between_looks = 256;
  static constexpr std::size_t stack_bytes_max = std::size_t{4} << 20;

  /// A tail call that a function's body ended in.
  struct PendingCall {
    const CallNode* node = nullptr;
    Value input;
    Ref<FrameCell> frame;
  };
  class Level;

  Value evaluate_bare(const Node& node, const Value& input, FrameCell* frame);
  Value decorated(const Node& node, Value result, const Value& input, FrameCell* frame);
  static Value settled(const Node& node, Value result);

  // operators.cpp
  Value constant(const ConstantNode& node) const;
  Value boolean_operation(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value equality(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value inclusion(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value comparison(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value arithmetic(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value range(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value concat(const ListNode& node, const Value& input, FrameCell* frame);
  Value negate(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value array(const ListNode& node, const Value& input, FrameCell* frame);
  Value condition(const ConditionNode& node, const Value& input, FrameCell* frame);
  Value block(const ListNode& node, const Value& input, FrameCell* frame);
  Value bind(const BindNode& node, const Value& input, FrameCell* frame);

  // path.cpp
  Value field(const PathNode& node, const Value& input, FrameCell* frame);
  Value path(const PathNode& node, const Value& input, FrameCell* frame);
  Value step(const Node& node, const Value& input, FrameCell* frame, bool last);
  Value filter(const Node& predicate, const Value& input, FrameCell* frame);
  void filter_one(const Node& predicate, const Value& item, std::size_t index, std::size_t count, const Value& context, FrameCell* frame,
                  Sequence& results);
  Value wildcard(const Value& input);
  Value descendants(const Value& input);
  void descend(const Value& value, Sequence& results);
  // tuples.cpp
  Value tuple_step(const Node& node, const Value& input, const Value& tuples, FrameCell* frame);
  Value sorted_tuples(const SortNode& node, const Value& input, const Value& tuples, FrameCell* frame);
  Value stages(std::span<Stage> stages, Value input, FrameCell* frame);
  // group.cpp
  Value group(const Group& group, const Value& input, FrameCell* frame);
  Value group_of_one(const Group& group, const Value& item, FrameCell* frame);
  // sort.cpp
  Value sort(const SortNode& node, const Value& input, FrameCell* frame);
  // call.cpp
  Value call_node(const CallNode& node, const Value& input, FrameCell* frame, const Value* piped);
  Value call_once(const Value& function, Arguments arguments, const Value& input, FrameCell* frame);
  Value call_function(FunctionCell& function, Arguments arguments, const Value& input, FrameCell* frame);
  Value call_lambda(FunctionCell& function, Arguments arguments, const Value& input);
  Value partial(const CallNode& node, const Value& input, FrameCell* frame);
  Value apply(const BinaryNode& node, const Value& input, FrameCell* frame);
  Value lambda(const LambdaNode& node, const Value& input, FrameCell* frame);
  // transform.cpp
  Value transform(FunctionCell& function, const Value& object);
  void transform_match(const TransformNode& node, const Value& match, FrameCell* frame);

  void check_time();
  void bind_globals();

  const Environment& environment_;
  Profile profile_;
  const Symbols* symbols_;
  std::vector<Value> globals_;                                    ///< by symbol: `$states`, variables, `$$`
  std::vector<std::unique_ptr<Expression::Compiled>> evaluated_;  ///< expressions given to $eval
  std::deque<Json> kept_;
  std::size_t depth_ = 0;
  std::uint32_t ticks_ = 0;
  const char* stack_base_;
  Deadline deadline_;
  PendingCall pending_;
  Value top_input_;
  const Expression::Compiled& compiled_;

  friend class Level;
};

/// Equal as JSONata's `=` has it: numbers by value, arrays by their elements, objects whatever the order of their names.
[[nodiscard]] bool deep_equal(const Value& a, const Value& b);
/// What counts as true; nothing for undefined.
[[nodiscard]] std::optional<bool> truth(const Value& value);
[[nodiscard]] inline bool is_true(const Value& value) { return truth(value).value_or(false); }
/// Whether it is a number; infinity is an error. Errors: D1001.
[[nodiscard]] bool is_numeric(const Value& value);
/// As $string makes it. Errors: D3001.
[[nodiscard]] Value to_string(const Value& value, bool pretty = false);
/// Appends what $string makes of it, without a value between.
void append_string(std::string& out, const Value& value);
/// The two arrays, or values taken for arrays of one, in a new array; an undefined one falls away.
[[nodiscard]] Value append(const Value& a, const Value& b);
/// A copy with arrays and objects of its own.
[[nodiscard]] Value clone(const Value& value);
/// How many parameters a function has.
[[nodiscard]] std::size_t parameter_count(const Value& function);
[[nodiscard]] Ref<FrameCell> frame_of(const TupleCell& tuple, FrameCell* outer);

}  // namespace signalbox::jsonata::engine
