#include "services/gateway/velocity/parser.h"

#include "services/gateway/velocity/expression_parser.h"

#include <array>

namespace signalbox::velocity {

namespace {

constexpr std::size_t nesting_max = 64;
constexpr std::array<std::string_view, 5> refused{"macro", "parse", "include", "define", "evaluate"};

class TemplateParser {
 public:
  explicit TemplateParser(std::string_view text) : scanner_(text) {}

  Block run() {
    auto block = body();
    if (!scanner_.at_end()) scanner_.fail("'" + scanner_.fragment() + "' ends nothing");
    return block;
  }

 private:
  /// Up to the end, or to a directive that ends this body (#elseif, #else, #end), which is not consumed.
  Block body() {
    if (++nesting_ > nesting_max) scanner_.fail("the template is nested too deeply");
    Block block;
    while (!scanner_.at_end() && !at_end_of_body()) {
      const char c = scanner_.peek();
      if (c == '$') reference(block);
      else if (c == '\\') backslashes(block);
      else if (c == '#') hash(block);
      else plain(block);
    }
    --nesting_;
    return block;
  }

  bool at_end_of_body() {
    const auto start = scanner_.position();
    const auto name = directive_name();
    scanner_.seek(start);
    return name == "end" || name == "else" || name == "elseif";
  }

  /// `#name` or `#{name}`; empty: no directive's name stands here. Consumes what it names.
  std::string directive_name() {
    if (!scanner_.take("#")) return {};
    const bool braced = scanner_.take("{");
    auto name = scanner_.name();
    if (braced && !scanner_.take("}")) name.clear();
    // `#elsewhere` is text, and yet `#else"x"` is a directive: Velocity cuts these two off.
    if (!braced)
      for (const std::string_view word : {"elseif", "else", "end", "stop", "break"})
        if (name.starts_with(word)) {
          scanner_.seek(scanner_.position() - (name.size() - word.size()));
          return std::string(word);
        }
    return name;
  }

  static void add_text(Block& block, std::string_view text) {
    if (!block.nodes.empty())
      if (auto* before = std::get_if<Text>(&block.nodes.back().form)) {
        before->text += text;
        return;
      }
    block.nodes.push_back({Text{std::string(text)}});
  }

  void plain(Block& block) {
    const auto length = std::min(scanner_.rest().find_first_of("$#\\"), scanner_.rest().size());
    add_text(block, scanner_.rest().substr(0, length));
    scanner_.advance(length);
  }

  void one_character(Block& block) {
    add_text(block, scanner_.rest().substr(0, 1));
    scanner_.advance();
  }

  void reference(Block& block) {
    auto found = ExpressionParser(scanner_, nesting_).reference();
    if (found) block.nodes.push_back({std::move(*found)});
    else one_character(block);
  }

  /// Two backslashes before a reference or directive are one; a single one takes away its meaning.
  void backslashes(Block& block) {
    const auto start = scanner_.position();
    while (scanner_.peek() == '\\') scanner_.advance();
    const auto count = scanner_.position() - start;
    if (scanner_.peek() == '#' && is_known_directive()) {
      add_text(block, std::string(count / 2, '\\'));
      if (count % 2 == 1) one_character(block);
      return;
    }
    const auto reference_start = scanner_.position();
    auto found = scanner_.peek() == '$' ? ExpressionParser(scanner_, nesting_).reference() : std::nullopt;
    if (!found) return add_text(block, std::string(count, '\\'));
    add_text(block, std::string(count / 2, '\\'));
    if (count % 2 == 1) {
      block.nodes.push_back({EscapedReference{std::move(*found)}});
    } else {
      scanner_.seek(reference_start);
    }
  }

  bool is_known_directive() {
    const auto start = scanner_.position();
    const auto name = directive_name();
    scanner_.seek(start);
    return name == "set" || name == "if" || name == "foreach" || name == "end" || name == "else" || name == "elseif" || name == "break" ||
           name == "stop";
  }

  void hash(Block& block) {
    if (scanner_.take("##")) return skip_past("\n", false);
    if (scanner_.take("#*")) return skip_past("*#", true);
    if (scanner_.take("#[[")) {
      const auto end = scanner_.rest().find("]]#");
      if (end == std::string_view::npos) scanner_.fail("'#[[' is not closed by ']]#'");
      add_text(block, scanner_.rest().substr(0, end));
      return scanner_.advance(end + 3);
    }
    const auto start = scanner_.position();
    const auto name = directive_name();
    if (std::find(refused.begin(), refused.end(), name) != refused.end())
      scanner_.fail("the directive #" + name + " is not offered in mapping templates");
    if (name == "set") return set(block);
    if (name == "if") return condition(block);
    if (name == "foreach") return for_each(block);
    if (name == "break") block.nodes.push_back({Break{}});
    else if (name == "stop") block.nodes.push_back({Stop{}});
    else {
      scanner_.seek(start);
      one_character(block);
    }
  }

  void skip_past(std::string_view end, bool must_end) {
    const auto found = scanner_.rest().find(end);
    if (found == std::string_view::npos && must_end) scanner_.fail("a comment is not closed by '" + std::string(end) + "'");
    scanner_.advance(found == std::string_view::npos ? scanner_.rest().size() : found + end.size());
  }

  /// A directive that ends its line takes the line's end with it.
  void end_of_line() {
    const auto start = scanner_.position();
    while (scanner_.peek() == ' ' || scanner_.peek() == '\t') scanner_.advance();
    if (scanner_.take("\r\n") || scanner_.take("\n")) return;
    scanner_.seek(start);
  }

  void open() {
    scanner_.skip_space();
    scanner_.expect("(");
  }
  void close() {
    scanner_.expect(")");
    end_of_line();
  }

  Reference target() {
    scanner_.skip_space();
    auto found = scanner_.peek() == '$' ? ExpressionParser(scanner_, nesting_).reference() : std::nullopt;
    if (!found) scanner_.fail("a reference is expected at '" + scanner_.fragment() + "'");
    return std::move(*found);
  }

  void set(Block& block) {
    open();
    auto reference = target();
    for (const auto& access : reference.path)
      if (access.kind == Access::Kind::Method) scanner_.fail("'" + reference.source + "' cannot be set");
    scanner_.expect("=");
    auto value = ExpressionParser(scanner_, nesting_).expression();
    close();
    block.nodes.push_back({Set{std::move(reference), std::move(value)}});
  }

  void condition(Block& block) {
    If made;
    bool is_last = false;
    std::string name = "if";
    do {
      If::Arm arm;
      if (name == "else") {
        is_last = true;
        end_of_line();
      } else {
        open();
        arm.condition = ExpressionParser(scanner_, nesting_).expression();
        close();
      }
      arm.body = body();
      made.arms.push_back(std::move(arm));
      if (scanner_.at_end()) scanner_.fail("#if is not closed by #end");
      name = directive_name();
      if (is_last && name != "end") scanner_.fail("#end is expected after #else, not #" + name);
    } while (name != "end");
    end_of_line();
    block.nodes.push_back({std::move(made)});
  }

  void for_each(Block& block) {
    open();
    ForEach made;
    const auto variable = target();
    if (!variable.path.empty()) scanner_.fail("'" + variable.source + "' cannot be the variable of #foreach");
    made.variable = variable.name;
    scanner_.skip_space();
    if (!scanner_.take_word("in")) scanner_.fail("'in' is expected in #foreach at '" + scanner_.fragment() + "'");
    made.items = ExpressionParser(scanner_, nesting_).expression();
    close();
    made.body = body();
    if (directive_name() != "end") scanner_.fail("#foreach is not closed by #end");
    end_of_line();
    block.nodes.push_back({std::move(made)});
  }

  Scanner scanner_;
  std::size_t nesting_ = 0;
};

}  // namespace

Result<Block> parse_template(std::string_view text) {
  try {
    return TemplateParser(text).run();
  } catch (SyntaxFault& fault) {
    return std::move(fault.error);
  }
}

}  // namespace signalbox::velocity
