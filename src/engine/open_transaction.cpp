#include "engine/open_transaction.h"

#include "signalbox/encoding.h"
#include "signalbox/step.h"

#include <algorithm>
#include <iterator>

namespace signalbox {

namespace {

template <class T>
void append_to(std::vector<T>& all, std::vector<T>&& later) {
  if (all.empty()) {
    all = std::move(later);
  } else {
    all.insert(all.end(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
  }
}

}  // namespace

void Effects::append(Effects&& later) {
  append_to(actions, std::move(later.actions));
  append_to(calls, std::move(later.calls));
  append_to(continues, std::move(later.continues));
  append_to(map_run_continues, std::move(later.map_run_continues));
  append_to(map_run_calls, std::move(later.map_run_calls));
  append_to(timers, std::move(later.timers));
  append_to(changes, std::move(later.changes));
  transitions += later.transitions;
  events += later.events;
  closed_with_timer += later.closed_with_timer;
  set_aside += later.set_aside;
}

Effects::Mark Effects::mark() const {
  return {actions.size(),
          calls.size(),
          continues.size(),
          map_run_continues.size(),
          map_run_calls.size(),
          timers.size(),
          changes.size(),
          transitions,
          events,
          closed_with_timer,
          set_aside};
}

void Effects::cut(const Mark& mark) {
  const auto cut_to = [](auto& list, std::size_t size) { list.erase(list.begin() + static_cast<std::ptrdiff_t>(size), list.end()); };
  cut_to(actions, mark.actions);
  cut_to(calls, mark.calls);
  cut_to(continues, mark.continues);
  cut_to(map_run_continues, mark.map_run_continues);
  cut_to(map_run_calls, mark.map_run_calls);
  cut_to(timers, mark.timers);
  cut_to(changes, mark.changes);
  transitions = mark.transitions;
  events = mark.events;
  closed_with_timer = mark.closed_with_timer;
  set_aside = mark.set_aside;
}

Kept OpenTransaction::take() {
  recovered_kept_ = 0;
  return {.writes = overlay_.take_batch(), .effects = std::exchange(kept_effects_, {}), .recovered = std::exchange(recovered_, {})};
}

void OpenTransaction::keep_operation() {
  SIGNALBOX_ASSERT(worklist_.empty());
  overlay_.keep_operation();
  workshop_.rows.operation_kept();
  kept_effects_.append(std::exchange(effects_, {}));
  operation_rows_.clear();
  operation_machines_.clear();
  recovered_kept_ = recovered_.size();
}

// What it changed in memory is read again from the layers below.
void OpenTransaction::drop_operation() {
  overlay_.drop_operation();
  workshop_.rows.operation_dropped();
  for (ExecutionRow row : operation_rows_) {
    if (auto* execution = workshop_.cache.find(row); execution && execution->express) lose_express(*execution);
    workshop_.cache.erase(row);
  }
  for (const auto& name : operation_machines_) workshop_.machines.forget(name);
  operation_rows_.clear();
  operation_machines_.clear();
  workshop_.unrecovered.insert(recovered_.begin() + static_cast<std::ptrdiff_t>(recovered_kept_), recovered_.end());
  recovered_.resize(recovered_kept_);
  worklist_.clear();
  map_runs_due_.clear();
  touched_.clear();
  effects_ = {};
  draining_ = false;
}

void OpenTransaction::abandon(const Kept& lost) {
  const Kept after = take();
  for (const auto* each : {&lost, &after}) workshop_.unrecovered.insert(each->recovered.begin(), each->recovered.end());
  workshop_.cache.for_each([this](CachedExecution& execution) {
    if (execution.express) lose_express(execution);
  });
  workshop_.cache.clear();
  workshop_.machines.clear();
  workshop_.rows.clear();
}

void OpenTransaction::put(Key key, std::string record) {
  if (&key.table() == &state_machines_table) {
    operation_machines_.push_back(key.text(0));
    workshop_.machines.forget(operation_machines_.back());
  }
  overlay_.put(std::move(key), std::move(record));
}

void OpenTransaction::erase(Key key) {
  if (&key.table() == &state_machines_table) {
    operation_machines_.push_back(key.text(0));
    workshop_.machines.forget(operation_machines_.back());
  }
  overlay_.erase(std::move(key));
}

Uuid OpenTransaction::new_uuid() {
  std::array<std::uint8_t, 16> random{};
  const std::string bytes = random_bytes(random.size());
  std::copy(bytes.begin(), bytes.end(), random.begin());
  return uuid_v4(random);
}

const Execution* OpenTransaction::execution(ExecutionRow row) {
  const CachedExecution* found = load(row);
  return found ? &found->state : nullptr;
}

void OpenTransaction::fire_timer(Timers::Entry entry) {
  CachedExecution* execution = load(entry.row);
  if (!execution) return;
  const bool another_is_armed = execution->armed_for_certain && execution->armed && *execution->armed > entry.due;
  if (!another_is_armed) execution->armed = std::nullopt;
  touch(*execution);
  if (const auto due = next_due(execution->state); due && *due <= now_) deliver(entry.row, events::TimerFired{});
  drain();
}

void OpenTransaction::go_on(ExecutionRow row) {
  CachedExecution* execution = load(row);
  if (!execution) return;
  pay_owed(*execution, false);
  drain();
}

void OpenTransaction::recover(ExecutionRow row) {
  if (load(row)) drain();  // loading repeats the calls of one that has not been recovered
}

}  // namespace signalbox
