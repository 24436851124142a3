#include "jsonata/compiled.h"
#include "jsonata/evaluate/evaluator.h"
#include "jsonata/evaluate/work.h"
#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"
#include "jsonata/text.h"

#include <stdexcept>

namespace signalbox::jsonata {
namespace {

/// The failure as it is told to others. Step Functions tells limits shortly and without a code.
Failure told(engine::Raised raised, std::string_view text, Profile profile) {
  engine::complete(raised);
  Failure failure = std::move(raised.failure);
  if (raised.offset != engine::no_position) failure.position = engine::utf16_units(text.substr(0, raised.offset));
  if (profile == Profile::StepFunctions && failure.kind == Failure::Kind::Limit) {
    failure.code.clear();
    failure.message = failure.message.substr(0, failure.message.find(':'));
  }
  failure.token = engine::without_surrogates(failure.token);
  failure.message = engine::without_surrogates(failure.message);
  return failure;
}

}  // namespace

boost::system::result<Expression, Failure> Expression::parse(std::string_view text, Profile profile) {
  const auto find = profile == Profile::Plain ? engine::find_plain_builtin : engine::find_step_functions_builtin;
  auto compiled = std::make_shared<Compiled>(text, profile, engine::Symbols(find));
  try {
    engine::compile(*compiled);
  } catch (engine::Raised& raised) {
    if (raised.failure.kind == Failure::Kind::Evaluation) raised.failure.kind = Failure::Kind::Syntax;
    return told(std::move(raised), text, profile);
  }
  Expression expression;
  expression.compiled_ = std::move(compiled);
  return expression;
}

boost::system::result<Value, Failure> Expression::evaluate(const Environment& environment) const {
  // Declared first: it must outlive every value.
  engine::Heap heap(environment.limits.bytes);
  engine::Evaluator evaluator(*compiled_, environment);
  const engine::Running mark(evaluator);
  try {
    const auto result = evaluator.run();
    if (result.is_undefined()) return Value(Undefined{});
    if (result.is_function()) return Value(Function{});
    return Value(
        engine::to_json(result, compiled_->profile == Profile::Plain ? engine::Unrepresentable::Null : engine::Unrepresentable::Text));
  } catch (engine::Raised& raised) {
    return told(std::move(raised), compiled_->text, compiled_->profile);
  }
}

const std::string& Expression::text() const { return compiled_->text; }

std::string Expression::printed() const {
  // The compiled form has forgotten what the author wrote; who prints can wait for it to be read again.
  engine::Arena scratch(compiled_->text.size() * 24 + 512);
  return engine::print_syntax(*engine::parse_syntax(compiled_->text, scratch));
}

const std::vector<Reference>& Expression::references() const { return compiled_->references; }

void throw_bad_jsonata_access(const Failure& failure) { throw std::logic_error("value of a failed expression: " + failure.message); }

}  // namespace signalbox::jsonata
