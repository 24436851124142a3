/// Paths: steps in a row, what stands behind a step, and which step a `%` looks back to.

#include "jsonata/compiler.h"
#include "jsonata/materialise.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

/// The member that the first step behind a variable asks for, if it does so by name.
std::optional<std::string_view> member_named(const Syntax& step) {
  const Syntax* at = &step;
  while (at->kind == SyntaxKind::Filter || (at->kind == SyntaxKind::Binary && (at->op == Op::At || at->op == Op::Hash))) at = at->left;
  if (at->kind == SyntaxKind::Name || at->kind == SyntaxKind::String) return at->text;
  return std::nullopt;
}

}  // namespace

std::string_view name_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::Path: return "path";
    case NodeKind::Parent: return "parent";
    case NodeKind::Block: return "block";
    case NodeKind::Descendants: return "descendant";
    case NodeKind::Variable:
    case NodeKind::Context: return "variable";
    case NodeKind::Negate:
    case NodeKind::Array:
    case NodeKind::Object: return "unary";
    case NodeKind::Condition: return "condition";
    case NodeKind::Bind: return "bind";
    case NodeKind::Call: return "function";
    case NodeKind::Partial: return "partial";
    case NodeKind::Lambda: return "lambda";
    case NodeKind::Apply: return "apply";
    case NodeKind::Sort: return "sort";
    case NodeKind::Regex: return "regex";
    case NodeKind::Transform: return "transform";
    case NodeKind::Constant: return "value";
    default: return "binary";
  }
}

/// The node itself if it is a path, otherwise a path of this one step.
PathNode* Compiler::path_of(Node* step) {
  if (step->kind == NodeKind::Path) return static_cast<PathNode*>(step);
  auto* const path = arena_.make<PathNode>();
  path->kind = NodeKind::Path;
  path->position = step->position;
  path->keep_singleton = step->kind == NodeKind::Name && step->keep_array;
  append(*path, step);
  paths_.push_back(path);
  return path;
}

void Compiler::append(PathNode& path, Node* step) {
  if (path.steps.size() == path.capacity) {
    std::vector<Node*> grown(path.steps.begin(), path.steps.end());
    path.capacity = std::max<std::size_t>(2, path.capacity * 2);
    grown.resize(path.capacity);
    path.steps = arena_.copy(grown).first(path.steps.size());
  }
  path.steps = {path.steps.data(), path.steps.size() + 1};
  path.steps.back() = step;
}

Node* Compiler::dot(const Syntax& syntax) {
  Node* const left = expression(*syntax.left);
  if (left->kind == NodeKind::Constant && static_cast<ConstantNode*>(left)->type == Type::String)
    refuse_root(static_cast<ConstantNode*>(left)->text, left->position);
  const std::size_t reference = left->kind == NodeKind::Variable && left->decoration == nullptr ? noted_ : nothing_noted;
  PathNode* const path = path_of(left);
  if (left->kind == NodeKind::Parent) seeking_[path] = {slot_of_[left]};
  Node* const rest = below_top([&] { return expression(*syntax.right); });
  if (reference != nothing_noted) references_[reference].member = member_named(*syntax.right);
  if (rest->kind == NodeKind::Path) {
    for (Node* step : static_cast<PathNode*>(rest)->steps) append(*path, step);
    // It is one of the last, if not the last.
    const auto mine = std::find(paths_.rbegin(), paths_.rend(), static_cast<PathNode*>(rest));
    if (mine != paths_.rend()) paths_.erase(std::next(mine).base());
    if (rest->decoration != nullptr && rest->decoration->group != nullptr) decorate(*path).group = rest->decoration->group;
  } else {
    if (rest->decoration != nullptr && !rest->decoration->predicates.empty()) {
      rest->decoration->stages = rest->decoration->predicates;
      rest->decoration->predicates = {};
    }
    append(*path, rest);
  }
  for (Node*& step : path->steps) step_becomes_name(step);
  if (std::ranges::any_of(path->steps, [](const Node* step) { return step->keep_array; })) path->keep_singleton = true;
  for (Node* end : {path->steps.front(), path->steps.back()}) {
    if (end->kind == NodeKind::Array) end->constructed = true;
  }
  resolve_ancestry(*path);
  return path;
}

/// A string is the name of a member; no other literal can be a step.
void Compiler::step_becomes_name(Node*& step) {
  if (step->kind != NodeKind::Constant) return;
  const auto& constant = *static_cast<ConstantNode*>(step);
  if (constant.type != Type::String) {
    Json value = constant.type == Type::Number ? Json(constant.number) : constant.type == Type::Null ? Json() : Json(constant.number != 0);
    raise_value("S0213", std::move(value), step->position);
  }
  auto* const name = arena_.make<NameNode>();
  static_cast<Node&>(*name) = *step;
  name->kind = NodeKind::Name;
  name->name = constant.text;
  step = name;
}

Node* Compiler::filter(const Syntax& syntax) {
  Node* const result = expression(*syntax.left);
  const bool is_path = result->kind == NodeKind::Path;
  Node* const step = is_path ? static_cast<PathNode*>(result)->steps.back() : result;
  // A path's group is the whole path's: what filters behind it filters the last step, before the grouping.
  if (step->decoration != nullptr && step->decoration->group != nullptr) raise("S0209", syntax.position);
  const Node* const predicate = below_top([&] { return expression(*syntax.right); });
  if (const auto seeking = seeking_.find(predicate); seeking != seeking_.end()) {
    for (Slot* slot : seeking->second) {
      if (slot->level == 1) seek_parent(*step, slot);
      else --slot->level;
    }
    push_ancestry(*step, *predicate);
  }
  Decoration& decoration = decorate(*step);
  auto& stages = is_path ? decoration.stages : decoration.predicates;
  std::vector<Stage> grown(stages.begin(), stages.end());
  grown.push_back(Stage{.filter = predicate});
  stages = arena_.copy(grown);
  return result;
}

Node* Compiler::group(const Syntax& syntax) {
  Node* const result = expression(*syntax.left);
  if (result->decoration != nullptr && result->decoration->group != nullptr) raise("S0210", syntax.position);
  const Group* const made = below_top([&] { return pairs(syntax, *result, false); });
  decorate(*result).group = made;
  return result;
}

Node* Compiler::sort(const Syntax& syntax) {
  PathNode* const path = path_of(expression(*syntax.left));
  auto* const step = make<SortNode>(NodeKind::Sort, syntax);
  below_top([&] {
    std::vector<SortTerm> terms;
    for (std::size_t i = 0; i < syntax.items.size(); ++i) {
      const Node* const term = expression(*syntax.items[i]);
      push_ancestry(*step, *term);
      terms.push_back(SortTerm{term, syntax.descending[i] != 0});
    }
    step->terms = arena_.copy(terms);
    return 0;
  });
  append(*path, step);
  resolve_ancestry(*path);
  return path;
}

Node* Compiler::focus(const Syntax& syntax) {
  Node* const result = expression(*syntax.left);
  Node* const step = result->kind == NodeKind::Path ? static_cast<PathNode*>(result)->steps.back() : result;
  if (step->decoration != nullptr && (!step->decoration->stages.empty() || !step->decoration->predicates.empty()))
    raise("S0215", syntax.position);
  if (step->kind == NodeKind::Sort) raise("S0216", syntax.position);
  if (syntax.keep_array) step->keep_array = true;
  decorate(*step).focus = out_.symbols.intern(syntax.right->text);
  scope_->declare(step->decoration->focus);
  step->tuple = true;
  return result;
}

Node* Compiler::index(const Syntax& syntax) {
  Node* const left = expression(*syntax.left);
  const bool is_path = left->kind == NodeKind::Path;
  PathNode* const path = path_of(left);
  Node* const step = path->steps.back();
  Decoration& decoration = decorate(*step);
  if (!is_path && !decoration.predicates.empty()) {
    decoration.stages = decoration.predicates;
    decoration.predicates = {};
  }
  const Symbol name = out_.symbols.intern(syntax.right->text);
  if (decoration.stages.empty()) {
    decoration.index = name;
  } else {
    std::vector<Stage> grown(decoration.stages.begin(), decoration.stages.end());
    grown.push_back(Stage{.filter = nullptr, .index = name});
    decoration.stages = arena_.copy(grown);
  }
  scope_->declare(name);
  step->tuple = true;
  return path;
}

Node* Compiler::parent(const Syntax& syntax) {
  auto* const node = make<ParentNode>(NodeKind::Parent, syntax);
  const std::size_t number = parents_.size();
  auto* const slot = arena_.make<Slot>(out_.symbols.intern(fmt::format("!{}", number)), 1, number);
  parents_.emplace_back(slot, node);
  slot_of_[node] = slot;
  return node;
}

/// One step back on the way to what `slot` means; the step where it arrives binds it.
Compiler::Slot* Compiler::seek_parent(Node& node, Slot* slot) {
  switch (node.kind) {
    case NodeKind::Name:
    case NodeKind::Wildcard: {
      if (--slot->level > 0) return slot;
      Slot*& known = ancestors_[&node];
      if (known != nullptr) parents_[slot->index].first->label = known->label;
      known = slot;
      decorate(node);
      node.tuple = true;
      return slot;
    }
    case NodeKind::Parent: ++slot->level; return slot;
    case NodeKind::Block: {
      auto& block = static_cast<ListNode&>(node);
      if (block.items.empty()) return slot;
      node.tuple = true;
      return seek_parent(*block.items.back(), slot);
    }
    case NodeKind::Path: {
      node.tuple = true;
      const auto& steps = static_cast<PathNode&>(node).steps;
      std::size_t left = steps.size();
      do slot = seek_parent(*steps[--left], slot);
      while (slot->level > 0 && left > 0);
      return slot;
    }
    default: raise("S0217", node.position, std::string(name_of(node.kind)));
  }
}

void Compiler::push_ancestry(Node& result, const Node& value) {
  const auto seeking = seeking_.find(&value);
  std::vector<Slot*> slots = seeking == seeking_.end() ? std::vector<Slot*>() : seeking->second;
  if (value.kind == NodeKind::Parent) slots.push_back(slot_of_[&value]);
  if (slots.empty()) return;
  auto& all = seeking_[&result];
  all.insert(all.end(), slots.begin(), slots.end());
}

/// Leads each `%` in the last step back to the step that it means, or leaves it to what surrounds the path.
void Compiler::resolve_ancestry(PathNode& path) {
  Node* const last = path.steps.back();
  const auto seeking = seeking_.find(last);
  std::vector<Slot*> slots = seeking == seeking_.end() ? std::vector<Slot*>() : seeking->second;
  if (last->kind == NodeKind::Parent) slots.push_back(slot_of_[last]);
  const auto binds_focus = [](const Node* step) { return step->decoration != nullptr && step->decoration->focus != no_symbol; };
  for (Slot* slot : slots) {
    std::size_t left = path.steps.size() - 1;
    while (slot->level > 0) {
      if (left == 0) {
        seeking_[&path].push_back(slot);
        break;
      }
      Node* step = path.steps[--left];
      // Steps in a row that bind the focus start from the same item.
      while (left > 0 && binds_focus(step) && binds_focus(path.steps[left - 1])) step = path.steps[--left];
      slot = seek_parent(*step, slot);
    }
  }
}

/// Marks the paths that only follow names, as most do.
void Compiler::simplify_paths() {
  for (PathNode* path : paths_) {
    if (path->decoration != nullptr || path->keep_singleton || path->keep_array || path->tuple) continue;
    const auto is_plain = [](const Node* step) { return step->decoration == nullptr && !step->tuple && !step->keep_array; };
    const bool all_plain = std::ranges::all_of(path->steps, is_plain);
    const auto is_name = [](const Node* step) { return step->kind == NodeKind::Name; };
    const bool names = std::ranges::all_of(path->steps.begin() + 1, path->steps.end(), is_name);
    const NodeKind first = path->steps.front()->kind;
    if (all_plain && names && (first == NodeKind::Name || first == NodeKind::Variable)) path->kind = NodeKind::Field;
  }
}

}  // namespace signalbox::jsonata::engine
