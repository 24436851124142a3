#pragma once
/// References and the expressions inside directives.

#include "services/gateway/velocity/nodes.h"
#include "services/gateway/velocity/scanner.h"

#include <optional>

namespace signalbox::velocity {

class ExpressionParser {
 public:
  explicit ExpressionParser(Scanner& scanner, std::size_t depth = 0) : scanner_(scanner), depth_(depth) {}

  /// A reference that begins here (at its `$`); nothing, and nothing consumed, if what stands here is no reference (`$5`).
  std::optional<Reference> reference();
  Expression expression();

 private:
  Expression binary(int level);
  Expression unary();
  Expression primary();
  Expression list_or_range();
  Expression map();
  Expression number();
  Expression double_quoted();
  Expression single_quoted();
  std::optional<Operator> operator_at(int level);
  void accesses(Reference& reference);
  std::vector<Expression> arguments();

  struct Deeper;
  Scanner& scanner_;
  std::size_t depth_;
};

}  // namespace signalbox::velocity
