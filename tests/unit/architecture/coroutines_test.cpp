// GCC 12 destroys closures and aggregates twice when they are temporaries of an expression that awaits. Found in the text of the sources.

#include "support/source_directory.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// The end of a literal or comment that begins at `at`; `at` if none does there.
std::size_t skip_non_code(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  const auto after = [&](std::string_view closing, std::size_t from) {
    const auto found = text.find(closing, from);
    return found == std::string_view::npos ? text.size() : found + closing.size();
  };
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return after("*/", at + 2);
  if (rest.starts_with("R\"")) return after(")" + std::string(rest.substr(2, rest.find('(') - 2)) + "\"", at + 2);
  const bool is_digit_separator = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
  if (rest.front() != '"' && (rest.front() != '\'' || is_digit_separator)) return at;
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != rest.front()) end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

/// Comments and literals become blanks; line ends stay.
std::string code_of(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = skip_non_code(text, at);
    for (auto i = at; i < end; ++i) {
      if (text[i] != '\n') text[i] = ' ';
    }
    at = std::max(end, at + 1);
  }
  return text;
}

/// Whether the expression that follows a `co_await` has a brace in it: a closure's body or an aggregate's members.
bool has_brace(std::string_view after_await) {
  int depth = 0;
  for (const char c : after_await) {
    if (c == '{') return depth > 0;
    if (c == '(' || c == '[') ++depth;
    if ((c == ')' || c == ']' || c == '}') && --depth < 0) return false;
    if ((c == ';' || c == ',') && depth == 0) return false;
  }
  return false;
}

/// Numbers of the lines whose co_await must be changed.
std::vector<std::size_t> hazards(const std::string& text) {
  const auto code = code_of(text);
  std::vector<std::size_t> lines;
  constexpr std::string_view keyword = "co_await";
  for (auto at = code.find(keyword); at != std::string::npos; at = code.find(keyword, at + 1)) {
    if (!has_brace(std::string_view(code).substr(at + keyword.size()))) continue;
    lines.push_back(1 + static_cast<std::size_t>(std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n')));
  }
  return lines;
}

TEST_CASE("No closure or aggregate is a temporary in a co_await expression") {
  const auto root = signalbox::test::source_directory();
  int files = 0;
  for (const std::string folder : {"include", "src", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / folder)) {
      if (entry.path().filename() == "coroutines_test.cpp" || (entry.path().extension() != ".cpp" && entry.path().extension() != ".h"))
        continue;
      ++files;
      std::ifstream in(entry.path());
      for (const auto line : hazards({std::istreambuf_iterator<char>(in), {}})) {
        FAIL_CHECK(fs::relative(entry.path(), root).string()
                   << ":" << line << " awaits an expression with braces. GCC 12 destroys closures and aggregates in it "
                   << "twice: give them a name in a statement of their own, then std::move() that.");
      }
    }
  }
  CHECK(files > 100);
}

TEST_CASE("The search for temporaries that GCC 12 destroys twice finds them, and nothing else") {
  for (const std::string bad : {"co_await run([t] { return 1; });", "auto r = co_await f(x,\n  Request{.a = 1});",
                                "co_return co_await f({});", "if (co_await f({1})) {}"}) {
    INFO(bad);
    CHECK(hazards(bad) == std::vector<std::size_t>{1});
  }
  for (const std::string good :
       {"if (co_await f(x)) { g(); }", "co_await f(\"{\"); { }", "// co_await f({})", "while (!co_await f('{')) {}",
        "co_await timer.async_wait(as_result);\nx = {1};", "auto r = R\"(co_await f({}))\";", "co_await f(1'000, x); y = {2'000};",
        "for (auto x : co_await f()) { }"}) {
    INFO(good);
    CHECK(hazards(good).empty());
  }
}

}  // namespace
