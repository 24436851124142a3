// The yardstick beside which the callback benchmark is read: what a bare Beast server with one group-committing SQLite thread does for
// two durable requests (insert a row; update it and insert another) and a read, with no workflow engine at all.
//
//   bench-bare_server FILE    prints its port; ends on SIGTERM
#include <sqlite3.h>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

void check(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::fprintf(stderr, "bare_server: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

/// One thread that runs all waiting writes in one transaction, then answers them.
class Writer {
 public:
  explicit Writer(const char* file) {
    check(sqlite3_open(file, &db_), db_);
    for (const char* sql :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=1000", "PRAGMA cache_size=-4000",
          "CREATE TABLE runs(id INTEGER PRIMARY KEY, record BLOB)", "CREATE TABLE events(id INTEGER PRIMARY KEY, record BLOB)"}) {
      check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), db_);
    }
    check(sqlite3_prepare_v2(db_, "INSERT INTO runs(id, record) VALUES(?, ?)", -1, &insert_, nullptr), db_);
    check(sqlite3_prepare_v2(db_, "UPDATE runs SET record = ? WHERE id = ?", -1, &update_, nullptr), db_);
    check(sqlite3_prepare_v2(db_, "INSERT INTO events(record) VALUES(?)", -1, &event_, nullptr), db_);
    thread_ = std::thread([this] { loop(); });
  }

  struct Write {
    long long id;
    bool resume;
    std::string body;
    std::function<void()> done;
  };
  void submit(Write write) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(write));
    }
    wake_.notify_one();
  }

 private:
  void loop() {
    std::vector<Write> batch;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !waiting_.empty(); });
        batch.swap(waiting_);
      }
      check(sqlite3_exec(db_, "BEGIN", nullptr, nullptr, nullptr), db_);
      for (const auto& write : batch) write.resume ? resume(write) : start(write);
      check(sqlite3_exec(db_, "COMMIT", nullptr, nullptr, nullptr), db_);
      for (const auto& write : batch) write.done();
      batch.clear();
    }
  }

  void run(sqlite3_stmt* statement) {
    check(sqlite3_step(statement), db_);
    sqlite3_reset(statement);
  }

  void start(const Write& write) {
    sqlite3_bind_int64(insert_, 1, write.id);
    sqlite3_bind_blob(insert_, 2, write.body.data(), static_cast<int>(write.body.size()), SQLITE_STATIC);
    run(insert_);
    // The bytes of a start's history and message.
    record_.assign(700, 'x');
    sqlite3_bind_blob(event_, 1, record_.data(), static_cast<int>(record_.size()), SQLITE_STATIC);
    run(event_);
  }

  void resume(const Write& write) {
    sqlite3_bind_blob(update_, 1, write.body.data(), static_cast<int>(write.body.size()), SQLITE_STATIC);
    sqlite3_bind_int64(update_, 2, write.id);
    run(update_);
    record_.assign(300, 'x');
    sqlite3_bind_blob(event_, 1, record_.data(), static_cast<int>(record_.size()), SQLITE_STATIC);
    run(event_);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *insert_ = nullptr, *update_ = nullptr, *event_ = nullptr;
  std::string record_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Write> waiting_;
  std::thread thread_;
};

using Response = http::response<http::string_body>;

Response json(std::string body) {
  Response response{http::status::ok, 11};
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

asio::awaitable<void> durable(Writer& writer, Writer::Write write) {
  auto executor = co_await asio::this_coro::executor;
  co_await asio::async_initiate<decltype(asio::use_awaitable), void()>(
      [&writer, executor](auto handler, Writer::Write inner) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        inner.done = [executor, shared] { asio::post(executor, [shared] { (*shared)(); }); };
        writer.submit(std::move(inner));
      },
      asio::use_awaitable, std::move(write));
}

asio::awaitable<void> session(asio::ip::tcp::socket socket, Writer& writer, long long& next) {
  beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    boost::system::error_code fault;
    co_await http::async_read(socket, buffer, request, asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
    const std::string_view target(request.target().data(), request.target().size());
    Response response;
    if (target == "/start") {
      const auto id = next++;
      Writer::Write write{id, false, request.body(), {}};
      co_await durable(writer, std::move(write));
      response = json("{\"id\":\"" + std::to_string(id) + "\"}");
    } else if (target.starts_with("/read")) {
      response =
          json("{\"token\":\"" + std::string(target.substr(target.rfind('=') + 1)) + "\",\"padding\":\"" + std::string(300, 'x') + "\"}");
    } else {
      Writer::Write write{std::atoll(target.data() + target.rfind('=') + 1), true, std::string(100, 'x'), {}};
      co_await durable(writer, std::move(write));
      response = json("{\"status\":\"recorded\"}");
    }
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, fault));
    if (fault) co_return;
  }
}

asio::awaitable<void> accept(asio::ip::tcp::acceptor& acceptor, Writer& writer, long long& next) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(asio::ip::tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket), writer, next), [](std::exception_ptr) {});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  static Writer writer(argv[1]);
  asio::io_context context(1);
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
  long long next = 1;
  asio::co_spawn(context, accept(acceptor, writer, next), [](std::exception_ptr) {});
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  std::signal(SIGTERM, [](int) { std::_Exit(0); });
  context.run();
}
