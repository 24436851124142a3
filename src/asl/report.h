#pragma once
/// What is wrong with a definition, gathered while it is parsed.

#include "signalbox/state_machine.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::asl {

/// AWS reports faults of form before dangling targets, and those before what only the whole graph shows; within each, in the
/// order of the definition.
enum class Phase : std::uint8_t { Form, Targets, Graph };

/// What is noted about a state while its fields are parsed.
struct StateNotes {
  std::string place;  ///< `/States/A`; error texts name a field's place below it
  std::set<std::string> variables_read;
};

class Report {
 public:
  /// SCHEMA_VALIDATION_FAILED: the usual fault. `where` is a place such as `/States/A/Next`.
  void fault(std::string message, std::string where);
  void fault(Phase phase, std::string code, std::string message, std::optional<std::string> where);
  /// Nothing that keeps the definition from being taken.
  void warning(std::string code, std::string message, std::string where);
  /// AWS would take it, but nothing here can run it: no machine is made.
  void not_offered(std::string where, std::string what);
  /// A service that is not here: a machine is made all the same, since its calls can be mocked or be left to fail.
  void service_not_offered(std::string where, std::string service);

  /// The state that is being parsed reads this variable.
  void reads(std::string variable) { state_.variables_read.insert(std::move(variable)); }
  /// Turns to another state, or back to the one around it; gives the notes on the one before.
  [[nodiscard]] StateNotes exchange_state(StateNotes state) { return std::exchange(state_, std::move(state)); }
  [[nodiscard]] const std::string& state_place() const { return state_.place; }

  [[nodiscard]] bool has_faults() const;
  [[nodiscard]] bool can_run() const { return runnable_ && !has_faults(); }
  [[nodiscard]] std::vector<Diagnostic> take_diagnostics();
  [[nodiscard]] std::vector<std::string> take_unsupported() { return std::move(unsupported_); }

 private:
  std::vector<Diagnostic> form_, targets_, graph_, warnings_;
  std::vector<std::string> unsupported_;
  StateNotes state_;
  bool runnable_ = true;
};

}  // namespace signalbox::asl
