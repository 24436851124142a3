// Interim: enough of the expressions for other modules to link and run (names, indexes, wildcards; templates; the common intrinsic
// functions). To be deleted when the whole module lands.
#include <algorithm>
#include <cmath>
#include <functional>

#include "signalbox/encoding.h"
#include "signalbox/expressions.h"

namespace signalbox {

std::array<std::uint8_t, 16> RandomSource::draw() {
  const auto bytes = hmac_sha256(key_, label_ + "/" + std::to_string(counter_++));
  std::array<std::uint8_t, 16> out{};
  std::copy_n(bytes.begin(), 16, reinterpret_cast<char*>(out.data()));
  return out;
}

struct PathExpression::Compiled {
  struct Step { enum Kind { Name, Index, All } kind; std::string name; std::int64_t index = 0; };
  std::string text;
  bool context = false, indefinite = false;
  std::optional<std::string> variable;
  std::vector<Step> steps;
};

namespace {
using Step = PathExpression;
std::string printed_steps(const auto& steps, std::size_t count) {
  std::string out = "$";
  for (std::size_t i = 0; i < count; ++i) {
    const auto& s = steps[i];
    out += s.kind == 0 ? "['" + s.name + "']" : s.kind == 1 ? "[" + std::to_string(s.index) + "]" : "[*]";
  }
  return out;
}
}  // namespace

PathExpression::PathExpression() : compiled_([] { auto c = std::make_shared<Compiled>(); c->text = "$"; return c; }()) {}

Result<PathExpression> PathExpression::parse(std::string_view text) {
  auto c = std::make_shared<Compiled>();
  c->text = text;
  if (text.empty() || text[0] != '$') return error(ErrorCode::InvalidArgument, "a path begins with $");
  std::size_t i = 1;
  const auto is_name = [](char ch) { return std::isalnum(static_cast<unsigned char>(ch)) || ch == '_' || ch == '-' || (ch & 0x80); };
  if (i < text.size() && text[i] == '$') {
    c->context = true;
    ++i;
  } else if (i < text.size() && is_name(text[i])) {
    std::size_t e = i;
    while (e < text.size() && is_name(text[e])) ++e;
    c->variable = std::string(text.substr(i, e - i));
    i = e;
  }
  while (i < text.size()) {
    if (text[i] == '.') {
      ++i;
      if (i < text.size() && text[i] == '[') continue;
      if (i < text.size() && text[i] == '*') {
        c->steps.push_back({Compiled::Step::All, "", 0});
        c->indefinite = true;
        ++i;
        continue;
      }
      std::size_t e = i;
      while (e < text.size() && text[e] != '.' && text[e] != '[') ++e;
      if (e == i) return error(ErrorCode::InvalidArgument, "a name is expected in " + std::string(text));
      c->steps.push_back({Compiled::Step::Name, std::string(text.substr(i, e - i)), 0});
      i = e;
    } else if (text[i] == '[') {
      const auto close = text.find(']', i);
      if (close == std::string_view::npos) return error(ErrorCode::InvalidArgument, "missing ] in " + std::string(text));
      auto inner = text.substr(i + 1, close - i - 1);
      if (inner == "*") {
        c->steps.push_back({Compiled::Step::All, "", 0});
        c->indefinite = true;
      } else if (inner.size() >= 2 && (inner[0] == '\'' || inner[0] == '"')) {
        c->steps.push_back({Compiled::Step::Name, std::string(inner.substr(1, inner.size() - 2)), 0});
      } else {
        c->steps.push_back({Compiled::Step::Index, "", std::atoll(std::string(inner).c_str())});
      }
      i = close + 1;
    } else {
      return error(ErrorCode::InvalidArgument, "unexpected '" + std::string(text.substr(i, 1)) + "' in " + std::string(text));
    }
  }
  PathExpression path;
  path.compiled_ = std::move(c);
  return path;
}

Evaluated<Json> PathExpression::evaluate(const EvaluationContext& context) const {
  const auto& c = *compiled_;
  std::vector<Json> now{c.context ? context.context : context.input};
  if (c.variable) {
    const Json* v = context.variables.find(*c.variable);
    if (!v) return WorkflowError{error_names::Runtime, "No results for path: $" + *c.variable};
    now = {*v};
  }
  for (std::size_t i = 0; i < c.steps.size(); ++i) {
    std::vector<Json> next;
    for (const auto& value : now) {
      const auto& s = c.steps[i];
      if (s.kind == Compiled::Step::All) {
        if (value.is_array()) next.insert(next.end(), value.elements().begin(), value.elements().end());
        if (value.is_object()) for (const auto& m : value.members()) next.push_back(m.value);
      } else {
        const Json* found = s.kind == Compiled::Step::Name ? value.find(s.name)
                            : value.at(s.index < 0 ? value.size() + static_cast<std::size_t>(s.index) : static_cast<std::size_t>(s.index));
        if (found) next.push_back(*found);
        else if (!c.indefinite) return WorkflowError{error_names::Runtime, "No results for path: " + printed_steps(c.steps, i + 1)};
      }
    }
    now = std::move(next);
  }
  if (c.indefinite) return Json(Json::Array(std::move(now)));
  return now[0];
}

std::optional<Json> PathExpression::find(const EvaluationContext& context) const {
  auto value = evaluate(context);
  return value ? std::optional(*value) : std::nullopt;
}

bool PathExpression::is_root() const { return compiled_->text == "$"; }
bool PathExpression::is_reference() const { return !compiled_->indefinite; }
bool PathExpression::reads_context() const { return compiled_->context; }
const std::optional<std::string>& PathExpression::variable() const { return compiled_->variable; }
const std::string& PathExpression::text() const { return compiled_->text; }
std::string PathExpression::printed() const { return printed_steps(compiled_->steps, compiled_->steps.size()); }

ReferencePath::ReferencePath() : text_("$") {}
Result<ReferencePath> ReferencePath::parse(std::string_view text) {
  auto path = PathExpression::parse(text);
  if (!path) return path.error();
  if (!path->is_reference() || path->reads_context() || path->variable()) return error(ErrorCode::InvalidArgument, "not a Reference Path: " + std::string(text));
  ReferencePath out;
  out.text_ = text;
  std::string printed = path->printed();
  for (std::size_t i = 1; i < printed.size();) {
    const auto close = printed.find(']', i);
    const auto inner = printed.substr(i + 1, close - i - 1);
    if (inner[0] == '\'') out.steps_.emplace_back(inner.substr(1, inner.size() - 2));
    else out.steps_.emplace_back(static_cast<std::size_t>(std::atoll(inner.c_str())));
    i = close + 1;
  }
  return out;
}

Evaluated<Json> ReferencePath::insert(const Json& into, const Json& value) const {
  const std::function<Evaluated<Json>(const Json&, std::size_t)> put = [&](const Json& at, std::size_t i) -> Evaluated<Json> {
    if (i == steps_.size()) return value;
    if (const auto* name = std::get_if<std::string>(&steps_[i])) {
      if (!at.is_object()) return WorkflowError{error_names::ResultPathMatchFailure, "Unable to apply ReferencePath " + text_ + " to input"};
      const Json* child = at.find(*name);
      auto inner = put(child ? *child : Json::empty_object(), i + 1);
      if (!inner) return inner;
      return at.with(*name, *inner);
    }
    return WorkflowError{error_names::ResultPathMatchFailure, "Unable to apply ReferencePath " + text_ + " to input"};
  };
  return put(into, 0);
}
bool ReferencePath::is_root() const { return steps_.empty(); }
const std::string& ReferencePath::text() const { return text_; }

struct IntrinsicCall::Compiled {
  std::string text, name;
  std::vector<std::variant<Json, PathExpression, IntrinsicCall>> arguments;
};

Result<IntrinsicCall> IntrinsicCall::parse(std::string_view text) {
  auto c = std::make_shared<Compiled>();
  c->text = text;
  const auto open = text.find('(');
  if (!text.starts_with("States.") || open == std::string_view::npos || text.back() != ')') return error(ErrorCode::InvalidArgument, "not an intrinsic call: " + std::string(text));
  c->name = text.substr(7, open - 7);
  const std::string inner(text.substr(open + 1, text.size() - open - 2));
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const char ch = inner[i];
    if (ch == '\'' && (i == 0 || inner[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && ch == '(') ++depth;
    if (!quoted && ch == ')') --depth;
    if (!quoted && depth == 0 && ch == ',') { parts.push_back(part); part.clear(); } else part += ch;
  }
  if (!part.empty() || !parts.empty()) parts.push_back(part);
  for (auto& p : parts) {
    while (!p.empty() && p.front() == ' ') p.erase(0, 1);
    while (!p.empty() && p.back() == ' ') p.pop_back();
    if (p.starts_with("$")) { auto path = PathExpression::parse(p); if (!path) return path.error(); c->arguments.emplace_back(*path); }
    else if (p.starts_with("States.")) { auto call = parse(p); if (!call) return call.error(); c->arguments.emplace_back(*call); }
    else if (p.starts_with("'")) c->arguments.emplace_back(Json(p.substr(1, p.size() - 2)));
    else { auto json = Json::parse(p); if (!json) return json.error(); c->arguments.emplace_back(*json); }
  }
  IntrinsicCall call;
  call.compiled_ = std::move(c);
  return call;
}

Evaluated<Json> IntrinsicCall::evaluate(const EvaluationContext& context) const {
  std::vector<Json> a;
  for (const auto& argument : compiled_->arguments) {
    if (const auto* json = std::get_if<Json>(&argument)) a.push_back(*json);
    else {
      auto value = std::holds_alternative<PathExpression>(argument) ? std::get<PathExpression>(argument).evaluate(context) : std::get<IntrinsicCall>(argument).evaluate(context);
      if (!value) return value;
      a.push_back(*value);
    }
  }
  const auto& n = compiled_->name;
  if (n == "MathAdd" && a.size() == 2) return Json(static_cast<std::int64_t>(std::llround(a[0].as_double()) + std::llround(a[1].as_double())));
  if (n == "Array") return Json(Json::Array(a));
  if (n == "UUID") return Json(uuid_v4(context.random.draw()).value);
  if (n == "JsonToString" && a.size() == 1) return Json(a[0].text());
  if (n == "ArrayLength" && a.size() == 1) return Json(static_cast<std::int64_t>(a[0].size()));
  if (n == "StringToJson" && a.size() == 1) { auto json = Json::parse(std::string(a[0].as_string())); if (json) return *json; }
  if (n == "Format" && !a.empty()) {
    std::string out;
    std::size_t next = 1;
    const auto f = a[0].as_string();
    for (std::size_t i = 0; i < f.size(); ++i) {
      if (f[i] == '{' && i + 1 < f.size() && f[i + 1] == '}' && next < a.size()) { out += a[next].is_string() ? std::string(a[next].as_string()) : a[next].text(); ++next; ++i; }
      else out += f[i];
    }
    return Json(out);
  }
  return WorkflowError{error_names::IntrinsicFailure, "The function 'States." + n + "' had the following error: not offered yet"};
}
const std::string& IntrinsicCall::text() const { return compiled_->text; }
std::string IntrinsicCall::printed() const { return compiled_->text; }

struct PayloadTemplate::Compiled {
  struct Node {
    std::variant<Json, PathExpression, IntrinsicCall, std::vector<std::pair<std::string, Node>>, std::vector<Node>> value;
    std::string field;
  };
  Json source;
  Node root;
};

boost::system::result<PayloadTemplate, std::vector<TemplateFault>> PayloadTemplate::parse(const Json& source) {
  std::vector<TemplateFault> faults;
  using Node = Compiled::Node;
  const std::function<Node(const Json&, const std::string&)> compile = [&](const Json& json, const std::string& where) -> Node {
    if (json.is_array()) {
      std::vector<Node> nodes;
      for (const auto& e : json.elements()) nodes.push_back(compile(e, where));
      return {std::move(nodes), {}};
    }
    if (!json.is_object()) return {json, {}};
    std::vector<std::pair<std::string, Node>> nodes;
    for (const auto& m : json.members()) {
      if (!m.name.ends_with(".$")) { nodes.emplace_back(m.name, compile(m.value, where + "/" + m.name)); continue; }
      const std::string text(m.value.is_string() ? m.value.as_string() : "");
      const std::string name = m.name.substr(0, m.name.size() - 2);
      if (text.starts_with("States.")) {
        auto call = IntrinsicCall::parse(text);
        if (!call) faults.push_back({where + "/" + m.name, call.error().message}); else nodes.push_back({name, {*call, m.name}});
      } else {
        auto path = PathExpression::parse(text);
        if (!path) faults.push_back({where + "/" + m.name, path.error().message}); else nodes.push_back({name, {*path, m.name}});
      }
    }
    return {std::move(nodes), {}};
  };
  auto c = std::make_shared<Compiled>();
  c->source = source;
  c->root = compile(source, "");
  if (!faults.empty()) return faults;
  PayloadTemplate t;
  t.compiled_ = std::move(c);
  return t;
}

Evaluated<Json> PayloadTemplate::evaluate(const EvaluationContext& context) const {
  using Node = Compiled::Node;
  const std::function<Evaluated<Json>(const Node&)> eval = [&](const Node& node) -> Evaluated<Json> {
    if (const auto* json = std::get_if<Json>(&node.value)) return *json;
    if (const auto* path = std::get_if<PathExpression>(&node.value)) {
      auto v = path->evaluate(context);
      if (!v) return WorkflowError{error_names::Runtime, "The JSONPath '" + path->text() + "' specified for the field '" + node.field + "' could not be found in the input '" + context.input.text() + "'"};
      return v;
    }
    if (const auto* call = std::get_if<IntrinsicCall>(&node.value)) return call->evaluate(context);
    if (const auto* nodes = std::get_if<std::vector<Node>>(&node.value)) {
      Json::Array out;
      for (const auto& n : *nodes) { auto v = eval(n); if (!v) return v; out.push_back(*v); }
      return Json(std::move(out));
    }
    Json::Object out;
    for (const auto& [name, n] : std::get<std::vector<std::pair<std::string, Node>>>(node.value)) { auto v = eval(n); if (!v) return v; out.push_back({name, *v}); }
    return Json(std::move(out));
  };
  return eval(compiled_->root);
}
const Json& PayloadTemplate::source() const { return compiled_->source; }
std::vector<std::string> PayloadTemplate::variables() const { return {}; }
void throw_bad_template_access() { detail::assertion_failed("template", __FILE__, __LINE__); }

}  // namespace signalbox
