#include "services/wake.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace signalbox {

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Wake::State {
  explicit State(asio::any_io_executor executor) : timer(std::move(executor)) {}
  asio::steady_timer timer;
  bool is_announced = false;
  bool is_cancelled = false;

  void announce() {
    is_announced = true;
    timer.cancel();
  }
};

Wake::Wake(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

void Wake::look() { state_->is_announced = false; }
void Wake::announce() { state_->announce(); }

void Wake::cancel() {
  state_->is_cancelled = true;
  state_->timer.cancel();
}

std::function<void()> Wake::announcer() const {
  return [executor = state_->timer.get_executor(), weak = std::weak_ptr(state_)] {
    asio::post(executor, [weak] {
      if (const auto state = weak.lock()) state->announce();
    });
  };
}

asio::awaitable<void> Wake::wait(const Clock& clock, std::optional<Timestamp> until, std::chrono::steady_clock::time_point deadline) {
  using Steady = std::chrono::steady_clock;
  const auto state = state_;
  while (!state->is_announced && !state->is_cancelled && Steady::now() < deadline) {
    auto wake_at = deadline;
    if (until) {
      const auto left = *until - clock.now();
      if (left <= 0ms) co_return;
      wake_at = std::min<Steady::time_point>(deadline, Steady::now() + std::min<std::chrono::milliseconds>(left, 1s));
    }
    state->timer.expires_at(wake_at);
    boost::system::error_code cancelled;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

}  // namespace signalbox
