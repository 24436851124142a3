#include "expr/path.h"
#include "signalbox/expressions.h"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox {
namespace {

enum class Start : std::uint8_t { Input, Context, Variable };

}  // namespace

struct PathExpression::Compiled {
  std::string text;
  Start start = Start::Input;
  std::optional<std::string> variable;
  expr::Path path;
  bool single = true;  ///< single names and indexes only, so that no search is needed

  /// Null pointer for a variable that is not there.
  [[nodiscard]] const Json* root(const EvaluationContext& context) const {
    switch (start) {
      case Start::Input: return &context.input;
      case Start::Context: return &context.context;
      case Start::Variable: break;
    }
    return context.variables.find(*variable);
  }
  [[nodiscard]] std::string printed_start() const { return start == Start::Input ? "$" : start == Start::Context ? "$$" : "$" + *variable; }
};

namespace {

bool is_single(const expr::Path& path) {
  return std::ranges::all_of(path.steps, [](const expr::Step& step) {
    return !step.deep && ((step.kind == expr::Step::Kind::Names && step.names.size() == 1) ||
                          (step.kind == expr::Step::Kind::Indexes && step.indexes.size() == 1));
  });
}

WorkflowError runtime_error(std::string cause) { return WorkflowError{error_names::Runtime, std::move(cause)}; }

}  // namespace

PathExpression::PathExpression() {
  static const auto root = [] {
    auto compiled = std::make_shared<Compiled>();
    compiled->text = "$";
    return std::shared_ptr<const Compiled>(std::move(compiled));
  }();
  compiled_ = root;
}

Result<PathExpression> PathExpression::parse(std::string_view text) {
  auto compiled = std::make_shared<Compiled>();
  compiled->text = text;
  expr::Cursor cursor{.text = compiled->text};
  if (!cursor.take('$')) return error(ErrorCode::InvalidArgument, fmt::format("A path must begin with '$', but is '{}'", text));
  std::string name;
  if (cursor.take('$')) {
    compiled->start = Start::Context;
  } else if (expr::parse_variable_name(cursor, name)) {
    compiled->start = Start::Variable;
    compiled->variable = std::move(name);
  }
  if (!expr::parse_steps(cursor, expr::Surroundings::Whole, compiled->path, 0))
    return error(ErrorCode::InvalidArgument, std::move(cursor.fault));
  compiled->single = is_single(compiled->path);
  PathExpression path;
  path.compiled_ = std::move(compiled);
  return path;
}

bool is_variable_name(std::string_view text) {
  expr::Cursor cursor{.text = text};
  std::string name;
  return expr::parse_variable_name(cursor, name) && cursor.done();
}

Evaluated<Json> PathExpression::evaluate(const EvaluationContext& context) const {
  const Json* const root = compiled_->root(context);
  if (root == nullptr) return runtime_error(fmt::format("No results for path: {}", compiled_->printed_start()));
  if (compiled_->single) {
    const Json* const found = expr::find_single(compiled_->path, *root);
    if (found != nullptr) return *found;
    return runtime_error(expr::missing_reason(compiled_->path, *root));
  }
  std::size_t visits = expr::visits_max;
  auto value = expr::value_at(compiled_->path, *root, *root, visits);
  if (visits == 0) return runtime_error(fmt::format("The path {} visits more than {} values", compiled_->text, expr::visits_max));
  if (!value) return runtime_error(expr::missing_reason(compiled_->path, *root));
  return std::move(*value);
}

std::optional<Json> PathExpression::find(const EvaluationContext& context) const {
  if (!compiled_->path.definite) return std::nullopt;
  const Json* const root = compiled_->root(context);
  if (root == nullptr) return std::nullopt;
  std::size_t visits = expr::visits_max;
  if (!compiled_->single) return expr::value_at(compiled_->path, *root, *root, visits);
  const Json* const found = expr::find_single(compiled_->path, *root);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

bool PathExpression::is_root() const { return compiled_->start == Start::Input && compiled_->path.steps.empty(); }
bool PathExpression::is_reference() const { return compiled_->single; }
bool PathExpression::reads_context() const { return compiled_->start == Start::Context; }

// `$` in a filter of a `$$` path means the whole object.
void PathExpression::add_reads(ContextReads& reads) const {
  if (!reads_context()) return;
  const auto& steps = compiled_->path.steps;
  const bool begins_with_names = !steps.empty() && steps.front().kind == expr::Step::Kind::Names && !steps.front().deep;
  if (!begins_with_names || std::ranges::any_of(steps, [](const expr::Step& step) { return step.kind == expr::Step::Kind::Filter; }))
    reads.all = true;
  else reads.members.insert(reads.members.end(), steps.front().names.begin(), steps.front().names.end());
}

bool ContextReads::has(std::string_view member) const { return all || std::ranges::find(members, member) != members.end(); }

const std::optional<std::string>& PathExpression::variable() const { return compiled_->variable; }
const std::string& PathExpression::text() const { return compiled_->text; }
bool PathExpression::reads_null(const Json& input) const { return compiled_->start == Start::Input && input.is_null(); }
std::string PathExpression::printed() const { return compiled_->printed_start() + compiled_->path.printed(); }

}  // namespace signalbox
