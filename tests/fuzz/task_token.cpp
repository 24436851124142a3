// Task tokens as strangers send them: never a crash, and never accepted unless this very key made them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "signalbox/keys.h"

using namespace signalbox;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const MasterKey master{std::string(32, 'k')};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parts = parse_task_token(master, text);
  if (parts && make_task_token(execution_key(master, parts->row), parts->row, parts->attempt).value != text) std::abort();

  // A true token survives, and no single changed character does.
  if (size < 18) return 0;
  std::int64_t row = 0, attempt = 0;
  for (std::size_t i = 0; i < 7; ++i) row = (row << 8) | data[i];
  for (std::size_t i = 7; i < 14; ++i) attempt = (attempt << 8) | data[i];
  auto token = make_task_token(execution_key(master, ExecutionRow{row}), ExecutionRow{row}, TaskAttempt{attempt}).value;
  const auto read = parse_task_token(master, token);
  if (!read || read->row.value != row || read->attempt.value != attempt) std::abort();
  const auto place = data[14] % token.size();
  const char other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[data[15] % 64];
  if (token[place] == other) return 0;
  token[place] = other;
  if (parse_task_token(master, token)) std::abort();
  return 0;
}
