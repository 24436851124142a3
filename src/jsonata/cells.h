#pragma once
/// Variables while an expression runs: frames of the blocks and functions entered, tuples of the paths that bind, and functions.

#include "jsonata/value.h"

namespace signalbox::jsonata::engine {

struct Node;
struct LambdaNode;

/// A variable's name by its number in the expression's table (see Symbols).
using Symbol = std::uint32_t;

struct Slot {
  Symbol name;
  Value value;
};

/// Counts a cell that is not a Value.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* adopted) : cell_(adopted) {}
  Ref(const Ref& other) : cell_(other.cell_) {
    if (cell_ != nullptr) ++cell_->count;
  }
  Ref(Ref&& other) noexcept : cell_(std::exchange(other.cell_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(cell_, other.cell_);
    return *this;
  }
  ~Ref() {
    if (cell_ != nullptr && --cell_->count == 0) destroy(cell_);
  }
  static Ref share(T* cell) {
    if (cell != nullptr) ++cell->count;
    return Ref(cell);
  }
  T* get() const { return cell_; }
  T* operator->() const { return cell_; }

 private:
  T* cell_ = nullptr;
};

/// Names bound in a block, a call, or by a tuple; what is not found here is looked for further out.
struct FrameCell : Cell {
  FrameCell() : Cell(CellType::Frame) {}
  static Ref<FrameCell> make(FrameCell* outer, std::size_t slots);
  void bind(Symbol name, Value value);
  [[nodiscard]] const Value* find(Symbol name) const;  ///< null if neither this frame nor one further out binds it

  Ref<FrameCell> outer;
  Row<Slot> slots;
};

/// An item on its way through a path that binds variables, and what is bound for it.
struct TupleCell : Cell {
  TupleCell() : Cell(CellType::Tuple) {}
  static TupleCell* make();
  [[nodiscard]] TupleCell* copy() const;
  void bind(Symbol name, Value value);

  Value item;
  Row<Slot> slots;
};

enum class FunctionKind : std::uint8_t {
  Lambda,       ///< written in the expression
  Partial,      ///< a built-in or other function with some arguments given
  Matcher,      ///< a regular expression
  Transform,    ///< |pattern|update|delete|
  Composition,  ///< f ~> g
  NextMatch     ///< `next` of a match
};

struct FunctionCell : Cell {
  explicit FunctionCell(FunctionKind function_kind) : Cell(CellType::Function), kind(function_kind) {}
  static FunctionCell* make(FunctionKind kind);

  FunctionKind kind;
  const Node* node = nullptr;  ///< Lambda, Matcher, Transform: where it is written
  bool is_signed = true;       ///< Lambda: its signature counts; not once it was applied partially
  Value input;                 ///< Lambda: its context; NextMatch: the text
  Ref<FrameCell> frame;
  Row<Symbol> parameters;   ///< Lambda: those still to be given
  Value first, second;      ///< Partial, Composition: the functions
  Row<Value> bound;         ///< Partial: arguments given
  std::uint64_t holes = 0;  ///< Partial: bit i: bound[i] is still to be given
  std::size_t offset = 0;   ///< NextMatch: where to go on
};

inline Value Value::adopt(FunctionCell* cell) { return Value(Type::Function, cell); }
inline Value Value::adopt(TupleCell* cell) { return Value(Type::Tuple, cell); }
inline FunctionCell* Value::function() const {
  return type_ == Type::Function && form_ == Form::Held ? static_cast<FunctionCell*>(payload_.cell) : nullptr;
}
inline TupleCell* Value::tuple() const { return type_ == Type::Tuple ? static_cast<TupleCell*>(payload_.cell) : nullptr; }
inline ObjectCell* as_object(const Value& value) { return value.object(); }

}  // namespace signalbox::jsonata::engine
