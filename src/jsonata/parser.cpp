/// Top-down operator precedence, as JSONata is defined by: each word binds what stands left of it by its power.

#include "jsonata/failure.h"
#include "jsonata/signature.h"
#include "jsonata/syntax.h"

#include <algorithm>
#include <initializer_list>

namespace signalbox::jsonata::engine {
namespace {

/// How strongly a word binds to what stands left of it; 0 for one that cannot stand behind an operand.
int power(const Token& token) {
  if (token.kind != TokenKind::Operator) return 0;
  switch (token.op) {
    case Op::OpenBracket:
    case Op::OpenParen:
    case Op::At:
    case Op::Hash: return 80;
    case Op::Dot: return 75;
    case Op::OpenBrace: return 70;
    case Op::Star:
    case Op::Slash:
    case Op::Percent: return 60;
    case Op::Plus:
    case Op::Minus:
    case Op::Ampersand: return 50;
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::Caret:
    case Op::Apply:
    case Op::In: return 40;
    case Op::And: return 30;
    case Op::Or: return 25;
    case Op::Question: return 20;
    case Op::Assign: return 10;
    default: return 0;
  }
}

class Parser {
 public:
  Parser(std::string_view source, Arena& arena) : lexer_(source, arena), arena_(arena) {}

  Syntax* whole() {
    advance(true);
    Syntax* const result = expression(0);
    if (token_.kind != TokenKind::End) raise("S0201", token_.position, std::string(token_.text));
    return result;
  }

 private:
  // Nothing below is inlined: a level of nesting then takes the stack of the words it consists of, not of all there are. Inlined, a thousand
  // levels do not fit a thread's 8 MB when built with sanitizers.
  Syntax* expression(int binding) {
    if (++nesting_ > syntax_depth_max) too_deep(token_.position);
    const Token first = token_;
    advance(false);
    Syntax* left = prefix(first);
    while (binding < power(token_)) {
      const Token word = token_;
      advance(true);
      left = infix(word, left);
    }
    --nesting_;
    return left;
  }

  [[gnu::noinline]] Syntax* prefix(const Token& token) {
    switch (token.kind) {
      case TokenKind::End: raise("S0207", token.position, "(end)");
      case TokenKind::Name: return leaf(SyntaxKind::Name, token);
      case TokenKind::Variable: return leaf(SyntaxKind::Variable, token);
      case TokenKind::String: return leaf(SyntaxKind::String, token);
      case TokenKind::Number: return leaf(SyntaxKind::Number, token);
      case TokenKind::Literal: return leaf(SyntaxKind::Literal, token);
      case TokenKind::Regex: return leaf(SyntaxKind::Regex, token);
      case TokenKind::Operator: break;
    }
    switch (token.op) {
      case Op::And:
      case Op::Or:
      case Op::In: return leaf(SyntaxKind::Name, token);
      case Op::Star: return leaf(SyntaxKind::Wildcard, token);
      case Op::DoubleStar: return leaf(SyntaxKind::Descendants, token);
      case Op::Percent: return leaf(SyntaxKind::Parent, token);
      case Op::Minus: {
        Syntax* const result = leaf(SyntaxKind::Negate, token);
        result->left = expression(70);
        return finish(result);
      }
      case Op::OpenParen: return block(token);
      case Op::OpenBracket: return array(token);
      case Op::OpenBrace: return pairs(SyntaxKind::Object, token, nullptr);
      case Op::Bar: return transform(token);
      case Op::Question: return leaf(SyntaxKind::Placeholder, token);
      default: raise("S0211", token.position, std::string(token.text));
    }
  }

  [[gnu::noinline]] Syntax* infix(const Token& token, Syntax* left) {
    switch (token.op) {
      case Op::OpenParen: return call(token, left);
      case Op::OpenBracket: return filter(token, left);
      case Op::OpenBrace: return pairs(SyntaxKind::Group, token, left);
      case Op::Caret: return sort(token, left);
      case Op::Question: return condition(token, left);
      case Op::Assign:
        if (left->kind != SyntaxKind::Variable) raise("S0212", left->position, std::string(left->text));
        return binary(token, left, expression(power(token) - 1));
      case Op::At:
      case Op::Hash: {
        Syntax* const name = expression(power(token));
        if (name->kind != SyntaxKind::Variable) raise("S0214", name->position, std::string(token.text));
        return binary(token, left, name);
      }
      default: return binary(token, left, expression(power(token)));
    }
  }

  Syntax* binary(const Token& token, Syntax* left, Syntax* right) {
    Syntax* const result = leaf(SyntaxKind::Binary, token);
    result->left = left;
    result->right = right;
    return finish(result);
  }

  [[gnu::noinline]] Syntax* block(const Token& token) {
    std::vector<Syntax*> items;
    while (!at(Op::CloseParen)) {
      items.push_back(expression(0));
      if (!at(Op::Semicolon)) break;
      advance(Op::Semicolon);
    }
    advance(Op::CloseParen, false);
    return with_items(SyntaxKind::Block, token, items);
  }

  [[gnu::noinline]] Syntax* array(const Token& token) {
    std::vector<Syntax*> items;
    while (!at(Op::CloseBracket)) {
      Syntax* item = expression(0);
      if (at(Op::Range)) {
        const Token range = token_;
        advance(Op::Range);
        item = binary(range, item, expression(0));
      }
      items.push_back(item);
      if (!at(Op::Comma)) break;
      advance(Op::Comma);
    }
    advance(Op::CloseBracket, false);
    return with_items(SyntaxKind::Array, token, items);
  }

  [[gnu::noinline]] Syntax* pairs(SyntaxKind kind, const Token& token, Syntax* left) {
    std::vector<Syntax*> items;
    if (!at(Op::CloseBrace)) {
      for (;;) {
        items.push_back(expression(0));
        advance(Op::Colon);
        items.push_back(expression(0));
        if (!at(Op::Comma)) break;
        advance(Op::Comma);
      }
    }
    advance(Op::CloseBrace, false);
    Syntax* const result = with_items(kind, token, items);
    result->left = left;
    return finish(result);
  }

  [[gnu::noinline]] Syntax* call(const Token& token, Syntax* left) {
    std::vector<Syntax*> items;
    bool partial = false;
    if (!at(Op::CloseParen)) {
      for (;;) {
        if (at(Op::Question)) {
          partial = true;
          items.push_back(leaf(SyntaxKind::Placeholder, token_));
          advance(Op::Question);
        } else {
          items.push_back(expression(0));
        }
        if (!at(Op::Comma)) break;
        advance(Op::Comma);
      }
    }
    advance(Op::CloseParen, false);
    if (left->kind == SyntaxKind::Name && (left->text == "function" || left->text == "\u03BB")) return lambda(token, items);
    Syntax* const result = with_items(partial ? SyntaxKind::Partial : SyntaxKind::Call, token, items);
    result->left = left;
    return finish(result);
  }

  [[gnu::noinline]] Syntax* lambda(const Token& token, const std::vector<Syntax*>& parameters) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i]->kind == SyntaxKind::Variable) continue;
      raise_value("S0208", Json(static_cast<std::int64_t>(i + 1)), parameters[i]->position, std::string(parameters[i]->text));
    }
    Syntax* const result = with_items(SyntaxKind::Lambda, token, parameters);
    if (at(Op::Less)) read_signature(*result);
    advance(Op::OpenBrace);
    result->right = expression(0);
    advance(Op::CloseBrace, false);
    return finish(result);
  }

  /// `<…>` between the parameters and the body, as one text.
  void read_signature(Syntax& lambda) {
    lambda.signature_position = token_.position;
    std::string text = "<";
    int depth = 1;
    while (depth > 0) {
      advance(true);
      if (token_.kind == TokenKind::End || at(Op::OpenBrace)) break;
      if (at(Op::Greater)) --depth;
      if (at(Op::Less)) ++depth;
      text += token_.text;
    }
    advance(Op::Greater);
    check_signature(text, lambda.signature_position);
    lambda.text = arena_.copy(std::string_view(text));
  }

  [[gnu::noinline]] Syntax* filter(const Token& token, Syntax* left) {
    if (at(Op::CloseBracket)) {
      Syntax* step = left;
      while (step->kind == SyntaxKind::Filter) step = step->left;
      step->keep_array = true;
      advance(Op::CloseBracket);
      return left;
    }
    Syntax* const result = leaf(SyntaxKind::Filter, token);
    result->left = left;
    result->right = expression(0);
    advance(Op::CloseBracket, false);
    return finish(result);
  }

  [[gnu::noinline]] Syntax* sort(const Token& token, Syntax* left) {
    std::vector<Syntax*> items;
    std::vector<bool> descending;
    advance(Op::OpenParen);
    for (;;) {
      descending.push_back(at(Op::Greater));
      if (at(Op::Greater) || at(Op::Less)) advance(token_.op);
      items.push_back(expression(0));
      if (!at(Op::Comma)) break;
      advance(Op::Comma);
    }
    advance(Op::CloseParen);
    Syntax* const result = with_items(SyntaxKind::Sort, token, items);
    const std::vector<char> bytes(descending.begin(), descending.end());
    const std::string_view stored = arena_.copy(std::string_view(bytes.data(), bytes.size()));
    result->descending = stored;
    result->left = left;
    return finish(result);
  }

  [[gnu::noinline]] Syntax* condition(const Token& token, Syntax* left) {
    Syntax* const result = leaf(SyntaxKind::Condition, token);
    result->left = left;
    result->right = expression(0);
    if (at(Op::Colon)) {
      advance(Op::Colon);
      result->third = expression(0);
    }
    return finish(result);
  }

  [[gnu::noinline]] Syntax* transform(const Token& token) {
    Syntax* const result = leaf(SyntaxKind::Transform, token);
    result->left = expression(0);
    advance(Op::Bar);
    result->right = expression(0);
    if (at(Op::Comma)) {
      advance(Op::Comma);
      result->third = expression(0);
    }
    advance(Op::Bar);
    return finish(result);
  }

  [[nodiscard]] bool at(Op op) const { return token_.kind == TokenKind::Operator && token_.op == op; }

  /// Reads the next word; one that begins an operand may be a regular expression.
  [[gnu::noinline]] void advance(bool operand_follows) {
    token_ = lexer_.next(operand_follows);
    if (at(Op::Exclamation) || at(Op::Tilde)) raise("S0204", token_.position, std::string(token_.text));
  }

  [[gnu::noinline]] void advance(Op expected, bool operand_follows = true) {
    if (!at(expected)) {
      const char* const code = token_.kind == TokenKind::End ? "S0203" : "S0202";
      raise_value(code, Json(text_of(expected)), token_.position, std::string(token_.text));
    }
    advance(operand_follows);
  }

  [[gnu::noinline]] Syntax* leaf(SyntaxKind kind, const Token& token) {
    return arena_.make<Syntax>(
        Syntax{.kind = kind, .op = token.op, .position = token.position, .text = token.text, .flags = token.flags, .number = token.number});
  }

  [[gnu::noinline]] Syntax* with_items(SyntaxKind kind, const Token& token, const std::vector<Syntax*>& items) {
    Syntax* const result = leaf(kind, token);
    if (kind == SyntaxKind::Lambda) result->text = {};
    result->items = arena_.copy(items);
    return finish(result);
  }

  /// Notes how deep the finished node is.
  [[gnu::noinline]] Syntax* finish(Syntax* node) {
    int depth = node->depth - 1;
    for (const Syntax* child : {node->left, node->right, node->third}) {
      if (child != nullptr) depth = std::max<int>(depth, child->depth);
    }
    for (const Syntax* child : node->items) depth = std::max<int>(depth, child->depth);
    if (depth >= syntax_depth_max) too_deep(node->position);
    node->depth = static_cast<std::uint16_t>(depth + 1);
    return node;
  }

  [[noreturn, gnu::noinline]] static void too_deep(std::uint32_t position) {
    raise(Raised{.failure = {.kind = Failure::Kind::Syntax, .message = "The expression is nested too deeply"}, .offset = position});
  }

  Lexer lexer_;
  Arena& arena_;
  Token token_;
  int nesting_ = 0;
};

}  // namespace

Syntax* parse_syntax(std::string_view source, Arena& arena) { return Parser(source, arena).whole(); }

}  // namespace signalbox::jsonata::engine
