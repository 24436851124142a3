#pragma once
/// From syntax to nodes. Private to compile*.cpp.

#include "jsonata/compiled.h"
#include "jsonata/failure.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace signalbox::jsonata::engine {

/// What JSONata calls the kind of a node.
[[nodiscard]] std::string_view name_of(NodeKind kind);

class Compiler {
 public:
  explicit Compiler(Expression::Compiled& out) : out_(out), arena_(out.arena) {}
  void run(const Syntax& syntax);

 private:
  /// What a `%` refers to: the item that some step before it starts from; `level` counts the steps still to go back.
  struct Slot {
    Symbol label;
    int level;
    std::size_t index;
  };
  /// Where names are declared: a block or a function's body.
  struct Scope {
    const Scope* outer;
    bool function;
    std::vector<Symbol> declared = {};  ///< each once
    std::unordered_set<Symbol> known = {};

    void declare(Symbol name) {
      if (known.insert(name).second) declared.push_back(name);
    }
    [[nodiscard]] bool declares(Symbol name) const { return !declared.empty() && known.contains(name); }
  };
  struct PendingReference {
    Symbol name;
    std::optional<std::string_view> member;
    const Scope* scope;
  };

  Node* expression(const Syntax& syntax);
  Node* bare_expression(const Syntax& syntax);
  Node* binary(const Syntax& syntax);
  Node* operation(const Syntax& syntax);
  Node* concat(const Syntax& syntax);
  Node* constant(const Syntax& syntax);
  Node* name(const Syntax& syntax);
  Node* variable(const Syntax& syntax);
  Node* parent(const Syntax& syntax);
  Node* negate(const Syntax& syntax);
  Node* array(const Syntax& syntax);
  Node* object(const Syntax& syntax);
  Node* condition(const Syntax& syntax);
  Node* block(const Syntax& syntax);
  Node* bind(const Syntax& syntax);
  Node* call(const Syntax& syntax);
  Node* lambda(const Syntax& syntax);
  Node* apply(const Syntax& syntax);
  Node* regex(const Syntax& syntax);
  Node* transform(const Syntax& syntax);
  // compile_path.cpp
  Node* dot(const Syntax& syntax);
  Node* filter(const Syntax& syntax);
  Node* group(const Syntax& syntax);
  Node* sort(const Syntax& syntax);
  Node* focus(const Syntax& syntax);
  Node* index(const Syntax& syntax);
  PathNode* path_of(Node* step);
  void append(PathNode& path, Node* step);
  void step_becomes_name(Node*& step);
  Slot* seek_parent(Node& node, Slot* slot);
  void push_ancestry(Node& result, const Node& value);
  void resolve_ancestry(PathNode& path);
  void simplify_paths();

  const Group* pairs(const Syntax& syntax, Node& owner, bool seeks_parents);
  Decoration& decorate(Node& node);
  void mark_tail_calls(Node* body);
  void refuse_root(std::string_view root, std::uint32_t position) const;
  [[noreturn]] static void refuse(std::string_view root, std::uint32_t position);
  void note_reference(Symbol name);
  void settle_references();
  template <class T>
  T* make(NodeKind kind, const Syntax& syntax) {
    T* const node = arena_.make<T>();
    node->kind = kind;
    node->position = syntax.position;
    return node;
  }
  template <class Body>
  auto below_top(Body body) {
    const bool before = std::exchange(at_top_, false);
    auto result = body();
    at_top_ = before;
    return result;
  }

  Expression::Compiled& out_;
  Arena& arena_;
  bool at_top_ = true;  ///< the context is the input itself
  Scope top_{nullptr, false};
  Scope* scope_ = &top_;
  std::vector<std::unique_ptr<Scope>> scopes_;
  std::vector<PathNode*> paths_;
  std::vector<PendingReference> references_;
  static constexpr std::size_t nothing_noted = static_cast<std::size_t>(-1);
  std::size_t noted_ = nothing_noted;                            ///< the reference that the last variable was, unless it is a local one
  std::vector<std::pair<Slot*, Node*>> parents_;                 ///< every `%`
  std::unordered_map<const Node*, Slot*> slot_of_;               ///< the same, by node
  std::unordered_map<const Node*, std::vector<Slot*>> seeking_;  ///< `%` inside whose step is not found yet
  std::unordered_map<const Node*, Slot*> ancestors_;             ///< steps that bind what they start from
};

}  // namespace signalbox::jsonata::engine
