#pragma once
/// State machines at hand: their records by name, and the programs of the definitions in use.

#include "signalbox/state_machine.h"
#include "signalbox/state_machines.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace signalbox {

/// A definition, made ready to run.
struct Program {
  std::shared_ptr<const StateMachine> machine;
  std::vector<std::string> activities;  ///< ARNs of those it has tasks for
  bool has_callbacks = false;           ///< some task waits for a token (.waitForTaskToken, an activity)
  bool is_logged = false;               ///< its logging level is not OFF
};

class Machines {
 public:
  /// Null if there is none. Valid until the next call.
  [[nodiscard]] const StateMachineRecord* find(const Reader& reader, std::string_view name);
  /// `map_state`: the processor of that Map state alone; empty: the whole machine.
  [[nodiscard]] std::shared_ptr<const Program> program(const Reader& reader, DefinitionRow row, const std::string& map_state = {});
  /// Its record was written, or a write of it dropped: it is read again.
  void forget(const std::string& name) { records_.erase(name); }
  void clear() { records_.clear(); }

 private:
  std::unordered_map<std::string, StateMachineRecord> records_;
  std::map<std::pair<DefinitionRow, std::string>, std::shared_ptr<const Program>> programs_;
};

}  // namespace signalbox
