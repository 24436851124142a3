#include <algorithm>

#include "signalbox/activities.h"

namespace signalbox {

std::uint64_t ActivitySignals::subscribe(std::string_view activity, Listener listener) {
  const std::lock_guard lock(mutex_);
  const auto number = ++last_number_;
  pollers_[std::string(activity)].push_back({number, std::move(listener)});
  return number;
}

void ActivitySignals::requeue(std::string_view activity, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = pollers_.find(activity);
  if (found == pollers_.end()) return;
  auto& pollers = found->second;
  const auto place = std::find_if(pollers.begin(), pollers.end(), [&](const Poller& poller) { return poller.number == number; });
  if (place == pollers.end()) return;
  place->woken = false;
  std::rotate(place, place + 1, pollers.end());
}

void ActivitySignals::unsubscribe(std::string_view activity, std::uint64_t number, bool pass_on) {
  const std::lock_guard lock(mutex_);
  const auto found = pollers_.find(activity);
  if (found == pollers_.end()) return;
  auto& pollers = found->second;
  const auto place = std::find_if(pollers.begin(), pollers.end(), [&](const Poller& poller) { return poller.number == number; });
  if (place == pollers.end()) return;
  const bool woken = place->woken;
  pollers.erase(place);
  if (woken && pass_on) wake_one(pollers);
  if (pollers.empty()) pollers_.erase(found);
}

void ActivitySignals::notify(std::string_view activity) {
  const std::lock_guard lock(mutex_);
  if (const auto found = pollers_.find(activity); found != pollers_.end()) wake_one(found->second);
}

void ActivitySignals::wake_one(std::vector<Poller>& pollers) const {
  const auto sleeping = std::find_if(pollers.begin(), pollers.end(), [](const Poller& poller) { return !poller.woken; });
  if (sleeping == pollers.end()) return;
  sleeping->woken = true;
  sleeping->listener();
}

}  // namespace signalbox
