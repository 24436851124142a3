#include "signalbox/result.h"

#include "signalbox/workflow_error.h"

#include <cstdio>
#include <cstdlib>

#include "base/assertion.h"

namespace signalbox {

namespace {
AssertionListener listener = nullptr;
}

void on_failed_assertion(AssertionListener new_listener) { listener = new_listener; }

void detail::assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "signalbox: bug: assertion failed: %s (%s:%d)\n", expression, file, line);
  if (listener) listener(expression);
  std::abort();
}

void throw_bad_result_access(const Error& error) {
  std::fprintf(stderr, "signalbox: bug: the value of a failed result was read: %s %s\n", error.message.c_str(), error.where.c_str());
  detail::assertion_failed("result.has_value()", __FILE__, __LINE__);
}

void throw_bad_evaluation_access(const WorkflowError& error) {
  std::fprintf(stderr, "signalbox: bug: the value of a failed evaluation was read: %s\n", error.cause.value_or("").c_str());
  detail::assertion_failed("evaluated.has_value()", __FILE__, __LINE__);
}

}  // namespace signalbox
