/// The canonical text of a syntax tree: parses to an equal tree. No parentheses are needed but the author's own, which are nodes of the tree.

#include "jsonata/syntax.h"
#include "jsonata/text.h"

#include "signalbox/json.h"

#include <fmt/format.h>
#include <algorithm>

namespace signalbox::jsonata::engine {
namespace {

class Printer {
 public:
  void put(const Syntax& node) {
    put_bare(node);
    if (node.keep_array) out_ += "[]";
  }
  std::string take() { return std::move(out_); }

 private:
  void put_bare(const Syntax& node) {
    switch (node.kind) {
      case SyntaxKind::Name: return put_name(node.text);
      case SyntaxKind::String: return put_string(node.text);
      case SyntaxKind::Number:
      case SyntaxKind::Literal: out_ += node.text; return;
      case SyntaxKind::Regex: out_ += fmt::format("/{}/{}", node.text, node.flags); return;
      case SyntaxKind::Variable: out_ += fmt::format("${}", node.text); return;
      case SyntaxKind::Wildcard: out_ += '*'; return;
      case SyntaxKind::Descendants: out_ += "**"; return;
      case SyntaxKind::Parent: out_ += '%'; return;
      case SyntaxKind::Placeholder: out_ += '?'; return;
      case SyntaxKind::Binary: return put_binary(node);
      case SyntaxKind::Negate: out_ += '-'; return put(*node.left);
      case SyntaxKind::Array: return put_list('[', node.items, ", ", ']');
      case SyntaxKind::Object: return put_pairs(node.items);
      case SyntaxKind::Group: put(*node.left); return put_pairs(node.items);
      case SyntaxKind::Filter: return put_filter(node);
      case SyntaxKind::Sort: return put_sort(node);
      case SyntaxKind::Condition: return put_condition(node);
      case SyntaxKind::Call:
      case SyntaxKind::Partial: put(*node.left); return put_list('(', node.items, ", ", ')');
      case SyntaxKind::Lambda:
        out_ += "function";
        put_list('(', node.items, ", ", ')');
        out_ += node.text;
        out_ += '{';
        put(*node.right);
        out_ += '}';
        return;
      case SyntaxKind::Block: return put_list('(', node.items, "; ", ')');
      case SyntaxKind::Transform: return put_transform(node);
    }
  }

  void put_binary(const Syntax& node) {
    put(*node.left);
    const bool tight = node.op == Op::Dot || node.op == Op::At || node.op == Op::Hash || node.op == Op::Range;
    out_ += tight ? std::string(text_of(node.op)) : fmt::format(" {} ", text_of(node.op));
    put(*node.right);
  }

  void put_filter(const Syntax& node) {
    put(*node.left);
    out_ += '[';
    put(*node.right);
    out_ += ']';
  }

  void put_sort(const Syntax& node) {
    put(*node.left);
    out_ += "^(";
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      if (node.descending[i] != 0) out_ += '>';
      put(*node.items[i]);
    }
    out_ += ')';
  }

  void put_condition(const Syntax& node) {
    put(*node.left);
    out_ += " ? ";
    put(*node.right);
    if (node.third == nullptr) return;
    out_ += " : ";
    put(*node.third);
  }

  void put_transform(const Syntax& node) {
    out_ += '|';
    put(*node.left);
    out_ += '|';
    put(*node.right);
    if (node.third != nullptr) {
      out_ += ", ";
      put(*node.third);
    }
    out_ += '|';
  }

  void put_list(char open, std::span<Syntax* const> items, std::string_view between, char close) {
    out_ += open;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += between;
      put(*items[i]);
    }
    out_ += close;
  }

  void put_pairs(std::span<Syntax* const> items) {
    out_ += '{';
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (i > 0) out_ += ", ";
      put(*items[i]);
      out_ += ": ";
      put(*items[i + 1]);
    }
    out_ += '}';
  }

  void put_name(std::string_view name) {
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    const bool word = !name.empty() && std::ranges::all_of(name, is_plain) && !(name[0] >= '0' && name[0] <= '9');
    const bool reserved = name == "and" || name == "or" || name == "in" || name == "true" || name == "false" || name == "null";
    // A backquote can stand inside of a name only where the name was written without any around it.
    const bool bare = (word && !reserved) || name.find('`') != std::string_view::npos;
    out_ += bare ? std::string(name) : fmt::format("`{}`", name);
  }

  void put_string(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    out_ += '"';
    while (at != end) {
      const char* const from = at;
      const char32_t code = next_code_point(at, end);
      if (code == '"' || code == '\\') out_ += '\\';
      if (code < 0x20 || is_high_surrogate(code) || is_low_surrogate(code)) out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(code));
      else out_.append(from, at);
    }
    out_ += '"';
  }

  std::string out_;
};

}  // namespace

std::string print_syntax(const Syntax& syntax) {
  Printer printer;
  printer.put(syntax);
  return printer.take();
}

}  // namespace signalbox::jsonata::engine
