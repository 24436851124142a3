#include "jsonata/compiler.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::size_t regexes_max = 1000;  // each takes some kilobytes at least

}  // namespace

void compile(Expression::Compiled& compiled) {
  Arena scratch(compiled.text.size() * 24 + 512);
  const Syntax* const syntax = parse_syntax(compiled.text, scratch);
  Compiler(compiled).run(*syntax);
}

void Compiler::run(const Syntax& syntax) {
  Node* const root = expression(syntax);
  if (root->kind == NodeKind::Parent || seeking_.contains(root)) raise("S0217", root->position, std::string(name_of(root->kind)));
  for (const auto& [slot, node] : parents_) static_cast<ParentNode*>(node)->label = slot->label;
  for (const auto& [node, slot] : ancestors_) node->decoration->ancestor = slot->label;
  simplify_paths();
  settle_references();
  out_.root = root;
}

Node* Compiler::expression(const Syntax& syntax) {
  Node* const node = bare_expression(syntax);
  if (!syntax.keep_array) return node;
  if (node->kind == NodeKind::Path && syntax.kind == SyntaxKind::Name) static_cast<PathNode*>(node)->keep_singleton = true;
  if (node->kind != NodeKind::Path || syntax.kind != SyntaxKind::Name) node->keep_array = true;
  return node;
}

Node* Compiler::bare_expression(const Syntax& syntax) {
  switch (syntax.kind) {
    case SyntaxKind::Name: return name(syntax);
    case SyntaxKind::String:
    case SyntaxKind::Number:
    case SyntaxKind::Literal: return constant(syntax);
    case SyntaxKind::Regex: return regex(syntax);
    case SyntaxKind::Variable: return variable(syntax);
    case SyntaxKind::Wildcard: refuse_root("*", syntax.position); return make<Node>(NodeKind::Wildcard, syntax);
    case SyntaxKind::Descendants: refuse_root("**", syntax.position); return make<Node>(NodeKind::Descendants, syntax);
    case SyntaxKind::Parent: return parent(syntax);
    case SyntaxKind::Placeholder: raise("S0201", syntax.position, "?");
    case SyntaxKind::Binary: return binary(syntax);
    case SyntaxKind::Negate: return negate(syntax);
    case SyntaxKind::Array: return array(syntax);
    case SyntaxKind::Object: return object(syntax);
    case SyntaxKind::Group: return group(syntax);
    case SyntaxKind::Filter: return filter(syntax);
    case SyntaxKind::Sort: return sort(syntax);
    case SyntaxKind::Condition: return condition(syntax);
    case SyntaxKind::Call:
    case SyntaxKind::Partial: return call(syntax);
    case SyntaxKind::Lambda: return lambda(syntax);
    case SyntaxKind::Block: return block(syntax);
    case SyntaxKind::Transform: return transform(syntax);
  }
  return nullptr;
}

Node* Compiler::binary(const Syntax& syntax) {
  switch (syntax.op) {
    case Op::Dot: return dot(syntax);
    case Op::Assign: return bind(syntax);
    case Op::At: return focus(syntax);
    case Op::Hash: return index(syntax);
    case Op::Apply: return apply(syntax);
    case Op::Ampersand: return concat(syntax);
    default: return operation(syntax);
  }
}

Node* Compiler::operation(const Syntax& syntax) {
  const auto kind = [&syntax] {
    switch (syntax.op) {
      case Op::And: return NodeKind::And;
      case Op::Or: return NodeKind::Or;
      case Op::Equal:
      case Op::NotEqual: return NodeKind::Equality;
      case Op::In: return NodeKind::Inclusion;
      case Op::Range: return NodeKind::Range;
      case Op::Less:
      case Op::LessEqual:
      case Op::Greater:
      case Op::GreaterEqual: return NodeKind::Comparison;
      default: return NodeKind::Arithmetic;
    }
  };
  auto* const node = make<BinaryNode>(kind(), syntax);
  node->op = syntax.op;
  const Node* const left = node->left = expression(*syntax.left);
  const Node* const right = node->right = expression(*syntax.right);
  push_ancestry(*node, *left);
  push_ancestry(*node, *right);
  return node;
}

/// `a & b & c` at once, without the texts between.
Node* Compiler::concat(const Syntax& syntax) {
  std::vector<const Syntax*> parts;
  const Syntax* left = &syntax;
  for (; left->kind == SyntaxKind::Binary && left->op == Op::Ampersand && (left == &syntax || !left->keep_array); left = left->left)
    parts.push_back(left->right);
  parts.push_back(left);
  auto* const node = make<ListNode>(NodeKind::Concat, syntax);
  std::vector<Node*> items;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    items.push_back(expression(**part));
    push_ancestry(*node, *items.back());
  }
  node->items = arena_.copy(items);
  return node;
}

Node* Compiler::constant(const Syntax& syntax) {
  auto* const node = make<ConstantNode>(NodeKind::Constant, syntax);
  if (syntax.kind == SyntaxKind::Number) {
    node->type = Type::Number;
    node->number = syntax.number;
  } else if (syntax.kind == SyntaxKind::String) {
    node->type = Type::String;
    node->text = arena_.copy(syntax.text);
  } else {
    node->type = syntax.text == "null" ? Type::Null : Type::Boolean;
    node->number = syntax.text == "true" ? 1 : 0;
  }
  return node;
}

Node* Compiler::name(const Syntax& syntax) {
  refuse_root(syntax.text, syntax.position);
  auto* const node = make<NameNode>(NodeKind::Name, syntax);
  node->name = arena_.copy(syntax.text);
  node->keep_array = syntax.keep_array;
  return path_of(node);
}

Node* Compiler::variable(const Syntax& syntax) {
  if (syntax.text.empty()) {
    refuse_root("$", syntax.position);
    return make<Node>(NodeKind::Context, syntax);
  }
  if (syntax.text == "$" && out_.profile == Profile::StepFunctions) refuse("$$", syntax.position);
  auto* const node = make<VariableNode>(NodeKind::Variable, syntax);
  node->name = out_.symbols.intern(syntax.text);
  note_reference(node->name);
  return node;
}

Node* Compiler::negate(const Syntax& syntax) {
  Node* const operand = expression(*syntax.left);
  if (operand->kind == NodeKind::Constant && static_cast<ConstantNode*>(operand)->type == Type::Number) {
    auto& number = static_cast<ConstantNode*>(operand)->number;
    number = -number;
    return operand;
  }
  auto* const node = make<BinaryNode>(NodeKind::Negate, syntax);
  node->left = operand;
  push_ancestry(*node, *operand);
  return node;
}

Node* Compiler::array(const Syntax& syntax) {
  auto* const node = make<ListNode>(NodeKind::Array, syntax);
  std::vector<Node*> items;
  for (const Syntax* item : syntax.items) {
    items.push_back(expression(*item));
    push_ancestry(*node, *items.back());
  }
  node->items = arena_.copy(items);
  return node;
}

Node* Compiler::object(const Syntax& syntax) {
  auto* const node = make<ObjectNode>(NodeKind::Object, syntax);
  node->group = pairs(syntax, *node, true);
  return node;
}

const Group* Compiler::pairs(const Syntax& syntax, Node& owner, bool seeks_parents) {
  std::vector<Pair> result;
  for (std::size_t i = 0; i < syntax.items.size(); i += 2) {
    const Node* const key = expression(*syntax.items[i]);
    const Node* const value = expression(*syntax.items[i + 1]);
    if (seeks_parents) {
      push_ancestry(owner, *key);
      push_ancestry(owner, *value);
    }
    result.push_back(Pair{key, value});
  }
  return arena_.make<Group>(arena_.copy(result), syntax.position);
}

Node* Compiler::condition(const Syntax& syntax) {
  auto* const node = make<ConditionNode>(NodeKind::Condition, syntax);
  node->condition = expression(*syntax.left);
  push_ancestry(*node, *node->condition);
  node->then = expression(*syntax.right);
  push_ancestry(*node, *node->then);
  if (syntax.third == nullptr) return node;
  node->otherwise = expression(*syntax.third);
  push_ancestry(*node, *node->otherwise);
  return node;
}

Node* Compiler::block(const Syntax& syntax) {
  auto* const node = make<ListNode>(NodeKind::Block, syntax);
  scopes_.push_back(std::make_unique<Scope>(Scope{scope_, false}));
  Scope* const outer = std::exchange(scope_, scopes_.back().get());
  std::vector<Node*> items;
  for (const Syntax* item : syntax.items) {
    Node* const part = expression(*item);
    push_ancestry(*node, *part);
    const bool starts_constructed = part->kind == NodeKind::Path && static_cast<PathNode*>(part)->steps[0]->constructed;
    if (part->constructed || starts_constructed) node->constructed = true;
    items.push_back(part);
  }
  node->items = arena_.copy(items);
  node->declared = arena_.copy(scope_->declared);
  scope_ = outer;
  return node;
}

Node* Compiler::bind(const Syntax& syntax) {
  auto* const node = make<BindNode>(NodeKind::Bind, syntax);
  node->name = out_.symbols.intern(syntax.left->text);
  // A function may call itself; any other value is made before its name means it.
  const bool recursive = syntax.right->kind == SyntaxKind::Lambda;
  if (recursive) scope_->declare(node->name);
  node->value = expression(*syntax.right);
  if (!recursive) scope_->declare(node->name);
  push_ancestry(*node, *node->value);
  return node;
}

Node* Compiler::call(const Syntax& syntax) {
  auto* const node = make<CallNode>(syntax.kind == SyntaxKind::Call ? NodeKind::Call : NodeKind::Partial, syntax);
  const bool is_name = syntax.left->kind == SyntaxKind::Name;
  if (is_name) {
    // A bare name is no root here: it is a function called without its `$`.
    const bool before = std::exchange(at_top_, false);
    node->procedure = expression(*syntax.left);
    at_top_ = before;
    node->meant = out_.symbols.intern(syntax.left->text);
  } else {
    node->procedure = expression(*syntax.left);
  }
  if (is_name || syntax.left->kind == SyntaxKind::Variable || syntax.left->kind == SyntaxKind::Number)
    node->name = arena_.copy(syntax.left->text);
  std::vector<Node*> arguments;
  for (const Syntax* argument : syntax.items) {
    if (argument->kind == SyntaxKind::Placeholder && syntax.kind == SyntaxKind::Partial) {
      arguments.push_back(make<Node>(NodeKind::Placeholder, *argument));
      continue;
    }
    arguments.push_back(expression(*argument));
    push_ancestry(*node, *arguments.back());
  }
  node->arguments = arena_.copy(arguments);
  return node;
}

Node* Compiler::lambda(const Syntax& syntax) {
  auto* const node = make<LambdaNode>(NodeKind::Lambda, syntax);
  scopes_.push_back(std::make_unique<Scope>(Scope{scope_, true}));
  Scope* const outer = std::exchange(scope_, scopes_.back().get());
  std::vector<Symbol> parameters;
  for (const Syntax* parameter : syntax.items) parameters.push_back(out_.symbols.intern(parameter->text));
  for (const Symbol parameter : parameters) scope_->declare(parameter);
  node->parameters = arena_.copy(parameters);
  if (!syntax.text.empty()) {
    out_.signatures.push_back(std::make_unique<const Signature>(syntax.text, syntax.signature_position));
    node->signature = out_.signatures.back().get();
  }
  Node* const body = expression(*syntax.right);
  mark_tail_calls(body);
  node->body = body;
  scope_ = outer;
  return node;
}

void Compiler::mark_tail_calls(Node* body) {
  for (;;) {
    if (body->decoration != nullptr) return;
    if (body->kind == NodeKind::Call) {
      body->tail = true;
      return;
    }
    if (body->kind == NodeKind::Condition) {
      auto* const node = static_cast<ConditionNode*>(body);
      mark_tail_calls(const_cast<Node*>(node->then));
      if (node->otherwise == nullptr) return;
      body = const_cast<Node*>(node->otherwise);
    } else if (body->kind == NodeKind::Block && !static_cast<ListNode*>(body)->items.empty()) {
      body = static_cast<ListNode*>(body)->items.back();
    } else {
      return;
    }
  }
}

Node* Compiler::apply(const Syntax& syntax) {
  auto* const node = make<BinaryNode>(NodeKind::Apply, syntax);
  node->left = expression(*syntax.left);
  node->right = expression(*syntax.right);
  node->keep_array = node->left->keep_array || node->right->keep_array;
  return node;
}

Node* Compiler::regex(const Syntax& syntax) {
  if (out_.regexes.size() == regexes_max)
    raise(Raised{.failure = {.kind = Failure::Kind::Syntax, .message = "The expression has too many regular expressions"},
                 .offset = syntax.position});
  auto* const node = make<RegexNode>(NodeKind::Regex, syntax);
  out_.regexes.push_back(std::make_unique<const Regex>(syntax.text, syntax.flags, syntax.position));
  node->regex = out_.regexes.back().get();
  node->pattern = arena_.copy(syntax.text);
  return node;
}

Node* Compiler::transform(const Syntax& syntax) {
  auto* const node = make<TransformNode>(NodeKind::Transform, syntax);
  return below_top([&]() -> Node* {
    node->pattern = expression(*syntax.left);
    node->update = expression(*syntax.right);
    if (syntax.third != nullptr) node->removal = expression(*syntax.third);
    return node;
  });
}

Decoration& Compiler::decorate(Node& node) {
  if (node.decoration == nullptr) node.decoration = arena_.make<Decoration>();
  return *node.decoration;
}

void Compiler::refuse_root(std::string_view root, std::uint32_t position) const {
  if (at_top_ && out_.profile == Profile::StepFunctions) refuse(root, position);
}

void Compiler::refuse(std::string_view root, std::uint32_t position) {
  raise(Raised{.failure = {.kind = Failure::Kind::Unsupported,
                           .message = fmt::format("Reference to '{}' at the top level is not supported.", root),
                           .token = std::string(root)},
               .offset = position});
}

void Compiler::note_reference(Symbol name) {
  noted_ = nothing_noted;
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
    if (scope->declares(name)) return;
  }
  noted_ = references_.size();
  references_.push_back(PendingReference{.name = name, .member = std::nullopt, .scope = scope_});
}

/// Keeps those that nothing in the expression declares. What a function's body names may also be declared behind the function.
void Compiler::settle_references() {
  for (const PendingReference& reference : references_) {
    const Symbols::Entry& entry = out_.symbols[reference.name];
    if (entry.builtin != nullptr || entry.name == "$") continue;
    bool declared = false, function_between = false;
    for (const Scope* scope = reference.scope; scope != nullptr; scope = scope->outer) {
      declared = declared || (function_between && scope->declares(reference.name));
      function_between = function_between || scope->function;
    }
    if (declared) continue;
    Reference found{entry.name, std::nullopt};
    if (reference.member) found.member = std::string(*reference.member);
    const auto same = [&found](const Reference& other) { return other.variable == found.variable && other.member == found.member; };
    if (std::ranges::none_of(out_.references, same)) out_.references.push_back(std::move(found));
  }
}

}  // namespace signalbox::jsonata::engine
