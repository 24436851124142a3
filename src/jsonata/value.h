#pragma once
/// Values while an expression runs: 16 bytes, shared by counting, borrowed from the input wherever possible.

#include "jsonata/heap.h"
#include "signalbox/json.h"

#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace signalbox::jsonata::engine {

struct Builtin;

enum class Type : std::uint8_t {
  Undefined,
  Null,
  Boolean,
  Number,
  String,
  Array,
  Object,
  Function,
  Tuple,    ///< inside paths only: an item with the variables bound to it
  TailCall  ///< inside functions only: the call that gives the result is still to be made
};

struct Cell;
struct StringCell;
struct ArrayCell;
struct ObjectCell;
struct FunctionCell;
struct TupleCell;
struct FrameCell;

void destroy(Cell* cell) noexcept;

enum class CellType : std::uint8_t { String, Array, Object, Function, Tuple, Frame };

/// What is counted. Counts are plain numbers: an evaluation stays in its thread.
struct Cell {
  explicit Cell(CellType cell_type) : type(cell_type) {}
  std::uint32_t count = 1;
  CellType type;
  Cell* next_dead = nullptr;  ///< deep values are destroyed one after the other, not by recursion
};

class Value {
 public:
  Value() noexcept = default;
  static Value null() { return Value(Type::Null); }
  Value(bool value) noexcept : type_(Type::Boolean) { payload_.boolean = value; }
  Value(double value) noexcept : type_(Type::Number) { payload_.number = value; }
  Value(const Builtin* builtin) noexcept : type_(Type::Function), form_(Form::Builtin) { payload_.builtin = builtin; }
  static Value tail_call() { return Value(Type::TailCall); }
  /// `json` must outlive the evaluation.
  static Value borrow(const Json& json);
  /// A string that is written in the expression; `text` itself must outlive the evaluation.
  static Value literal(const std::string_view& text) {
    Value result(Type::String);
    result.form_ = Form::Literal;
    result.payload_.literal = &text;
    return result;
  }
  /// Takes over one count.
  static Value adopt(StringCell* cell);
  static Value adopt(ArrayCell* cell);
  static Value adopt(ObjectCell* cell);
  static Value adopt(FunctionCell* cell);
  static Value adopt(TupleCell* cell);

  Value(const Value& other) noexcept : payload_(other.payload_), type_(other.type_), form_(other.form_) {
    if (form_ == Form::Held) ++payload_.cell->count;
  }
  Value(Value&& other) noexcept : payload_(other.payload_), type_(other.type_), form_(other.form_) {
    other.type_ = Type::Undefined;
    other.form_ = Form::Plain;
  }
  Value& operator=(const Value& other) noexcept {
    if (this != &other) *this = Value(other);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    std::swap(payload_, other.payload_);
    std::swap(type_, other.type_);
    std::swap(form_, other.form_);
    return *this;
  }
  ~Value() {
    if (form_ == Form::Held && --payload_.cell->count == 0) destroy(payload_.cell);
  }

  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] bool is_undefined() const { return type_ == Type::Undefined; }
  [[nodiscard]] bool is_number() const { return type_ == Type::Number; }
  [[nodiscard]] bool is_string() const { return type_ == Type::String; }
  [[nodiscard]] bool is_array() const { return type_ == Type::Array; }
  [[nodiscard]] bool is_object() const { return type_ == Type::Object; }
  [[nodiscard]] bool is_function() const { return type_ == Type::Function; }
  [[nodiscard]] bool is_true() const { return type_ == Type::Boolean && payload_.boolean; }

  /// Preconditions: the type asked for.
  [[nodiscard]] double number() const { return form_ == Form::Borrowed ? payload_.json->as_double() : payload_.number; }
  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::size_t size() const;  ///< of an array or object
  [[nodiscard]] Value element(std::size_t index) const;
  [[nodiscard]] std::string_view member_name(std::size_t index) const;
  [[nodiscard]] Value member_value(std::size_t index) const;
  [[nodiscard]] Value member_key(std::size_t index) const;  ///< the name as a value
  [[nodiscard]] Value find(std::string_view name) const;    ///< undefined when absent

  [[nodiscard]] const Json* json() const { return form_ == Form::Borrowed ? payload_.json : nullptr; }
  [[nodiscard]] const Builtin* builtin() const { return form_ == Form::Builtin ? payload_.builtin : nullptr; }
  [[nodiscard]] ArrayCell* array() const;  ///< null unless an array made here
  [[nodiscard]] ObjectCell* object() const;
  [[nodiscard]] FunctionCell* function() const;
  [[nodiscard]] TupleCell* tuple() const;
  [[nodiscard]] const Cell* cell() const { return form_ == Form::Held ? payload_.cell : nullptr; }

 private:
  enum class Form : std::uint8_t { Plain, Borrowed, Literal, Held, Builtin };
  explicit Value(Type type) noexcept : type_(type) {}
  Value(Type type, Cell* cell) noexcept : type_(type), form_(Form::Held) { payload_.cell = cell; }

  union Payload {
    double number = 0;
    bool boolean;
    const Json* json;
    const std::string_view* literal;
    Cell* cell;
    const Builtin* builtin;
  } payload_;
  Type type_ = Type::Undefined;
  Form form_ = Form::Plain;
};

/// A growing row of things on the evaluation's heap.
template <class T>
class Row {
 public:
  Row() = default;
  Row(Row&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
  Row& operator=(Row&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Row() {
    std::destroy_n(data_, size_);
    Heap::current().release(data_, capacity_ * sizeof(T));
  }

  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto* const moved = static_cast<T*>(Heap::current().allocate(capacity * sizeof(T)));
    std::uninitialized_move_n(data_, size_, moved);
    std::destroy_n(data_, size_);
    Heap::current().release(data_, capacity_ * sizeof(T));
    data_ = moved;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  void push_back(T value) {
    if (size_ == capacity_) reserve(capacity_ == 0 ? 4 : std::size_t{capacity_} * 2);
    new (data_ + size_) T(std::move(value));
    ++size_;
  }
  void pop_back() { data_[--size_].~T(); }
  void erase(std::size_t index) {
    for (std::size_t i = index + 1; i < size_; ++i) data_[i - 1] = std::move(data_[i]);
    pop_back();
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  T& operator[](std::size_t index) { return data_[index]; }
  const T& operator[](std::size_t index) const { return data_[index]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& back() { return data_[size_ - 1]; }

 private:
  T* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

struct StringCell : Cell {
  explicit StringCell(std::size_t length) : Cell(CellType::String), size(length) {}
  static StringCell* make(std::size_t length);  ///< its characters are to be filled in
  [[nodiscard]] char* data() { return reinterpret_cast<char*>(this + 1); }
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(this + 1), size}; }
  std::size_t size;
};

/// An array, or a sequence: JSONata's intermediate result, which stands for its only element when it has one, and for nothing when it has none.
struct ArrayCell : Cell {
  ArrayCell() : Cell(CellType::Array) {}
  static ArrayCell* make(bool is_sequence);
  void push(Value value);
  void reserve(std::size_t count);

  bool sequence = false;
  bool keep_singleton = false;  ///< asked for by `[]`: a sequence of one stays one
  bool outer_wrapper = false;   ///< round an input that is itself an array
  bool constructed = false;     ///< by brackets at the start or end of a path: not flattened into what surrounds it
  bool tuple_stream = false;    ///< of tuples
  std::uint32_t depth = 1;
  Row<Value> items;
};

struct ObjectCell : Cell {
  struct Member {
    Value name;
    Value value;
  };
  ObjectCell() : Cell(CellType::Object) {}
  static ObjectCell* make();
  /// Sets or adds.
  void set(const Value& name, Value value);
  void add(Value name, Value value);  ///< precondition: the name is not there
  void put(std::size_t place, Value value);
  void remove(std::string_view name);
  [[nodiscard]] std::size_t find(std::string_view name) const;  ///< `absent` if it is not there
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  std::uint32_t depth = 1;
  Row<Member> members;

 private:
  static constexpr std::size_t index_from = 12;  ///< smaller objects are searched one by one
  void index(std::size_t place) const;
  void build_index() const;
  mutable Row<std::uint32_t> index_;  ///< place + 1; 0 is empty; a power of two of slots, at most half of them filled
};

[[nodiscard]] Value make_string(std::string_view text);
/// The two texts, one after the other.
[[nodiscard]] Value make_string(std::string_view left, std::string_view right);
/// Throws a failure of the memory limit past this many levels of arrays and objects: walks over values recurse.
inline constexpr std::uint32_t value_depth_max = 2000;
[[nodiscard]] std::uint32_t depth_of(const Value& value);

[[nodiscard]] inline bool is_sequence(const Value& value) {
  const ArrayCell* const cell = value.array();
  return cell != nullptr && cell->sequence;
}

inline Value Value::borrow(const Json& json) {
  Value result;
  switch (json.kind()) {
    case Json::Kind::Null: return null();
    case Json::Kind::Boolean: return Value(json.as_boolean());
    case Json::Kind::Number: result.type_ = Type::Number; break;
    case Json::Kind::String: result.type_ = Type::String; break;
    case Json::Kind::Array: result.type_ = Type::Array; break;
    case Json::Kind::Object: result.type_ = Type::Object; break;
  }
  result.form_ = Form::Borrowed;
  result.payload_.json = &json;
  return result;
}

inline Value Value::adopt(StringCell* cell) { return Value(Type::String, cell); }
inline Value Value::adopt(ArrayCell* cell) { return Value(Type::Array, cell); }
inline Value Value::adopt(ObjectCell* cell) { return Value(Type::Object, cell); }
inline ArrayCell* Value::array() const {
  return type_ == Type::Array && form_ == Form::Held ? static_cast<ArrayCell*>(payload_.cell) : nullptr;
}
inline ObjectCell* Value::object() const {
  return type_ == Type::Object && form_ == Form::Held ? static_cast<ObjectCell*>(payload_.cell) : nullptr;
}
inline std::string_view Value::text() const {
  if (form_ == Form::Literal) return *payload_.literal;
  return form_ == Form::Borrowed ? payload_.json->as_string() : static_cast<const StringCell*>(payload_.cell)->view();
}

}  // namespace signalbox::jsonata::engine
