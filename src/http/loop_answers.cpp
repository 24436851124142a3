#include "signalbox/loop_answers.h"

#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <utility>

namespace signalbox {

namespace asio = boost::asio;

void LoopAnswers::put(const asio::any_io_executor& executor, std::shared_ptr<LoopAnswer> answer) {
  auto& answers = asio::use_service<LoopAnswers>(asio::query(executor, asio::execution::context));
  {
    const std::lock_guard lock(answers.mutex_);
    answers.waiting_.push_back(std::move(answer));
    if (answers.waiting_.size() > 1) return;  // the loop has been told already
  }
  asio::post(executor, [&answers] { answers.deliver(); });
}

void LoopAnswers::deliver() {
  std::vector<std::shared_ptr<LoopAnswer>> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(waiting_);
  }
  for (auto& answer : arrived) std::exchange(answer, nullptr)->arrive();
}

void LoopAnswers::shutdown() noexcept {
  std::vector<std::shared_ptr<LoopAnswer>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(waiting_);
}

}  // namespace signalbox
