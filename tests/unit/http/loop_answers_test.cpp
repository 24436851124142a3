#include "signalbox/loop_answers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace signalbox;
namespace asio = boost::asio;

namespace {

struct Noted final : LoopAnswer {
  Noted(std::vector<int>& list, int what) : notes(list), number(what) {}
  void arrive() override { notes.push_back(number); }
  std::vector<int>& notes;
  int number;
};

}  // namespace

TEST_CASE("answers of another thread arrive on the loop, each once, in their order") {
  asio::io_context loop;
  const asio::any_io_executor executor = loop.get_executor();
  constexpr int count = 10'000;
  std::vector<int> notes;
  auto work = asio::make_work_guard(loop);
  std::thread other([&] {
    for (int i = 0; i < count; ++i) LoopAnswers::put(executor, std::make_shared<Noted>(notes, i));
    asio::post(loop, [&work] { work.reset(); });
  });
  loop.run();
  other.join();
  REQUIRE(notes.size() == count);
  for (int i = 0; i < count; ++i) REQUIRE(notes[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("answers that come together are one handler of the loop") {
  asio::io_context loop;
  const asio::any_io_executor executor = loop.get_executor();
  std::vector<int> notes;
  for (int i = 0; i < 5; ++i) LoopAnswers::put(executor, std::make_shared<Noted>(notes, i));
  CHECK(loop.poll() == 1);
  CHECK(notes == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("answers that a loop did not take are dropped with it") {
  std::vector<int> notes;
  std::weak_ptr<LoopAnswer> dropped;
  {
    asio::io_context loop;
    auto answer = std::make_shared<Noted>(notes, 1);
    dropped = answer;
    LoopAnswers::put(loop.get_executor(), std::move(answer));
    CHECK(!dropped.expired());
  }
  CHECK(dropped.expired());
  CHECK(notes.empty());
}

TEST_CASE("a coroutine that lets others go first goes on after them") {
  asio::io_context loop;
  std::string order;
  asio::co_spawn(
      loop,
      [&]() -> asio::awaitable<void> {
        asio::post(loop, [&] { order += 'b'; });
        order += 'a';
        co_await after_this_turn();
        order += 'c';
      },
      asio::detached);
  loop.run();
  CHECK(order == "abc");
}
