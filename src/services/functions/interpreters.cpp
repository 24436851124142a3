#include "services/functions/interpreters.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace signalbox::functions {

namespace {

bool is_program(const std::string& path) {
  if (::access(path.c_str(), X_OK) != 0) return false;
  std::ifstream file(path, std::ios::binary);
  char first[4] = {};
  file.read(first, 4);
  return std::string_view(first, 4) ==
         "\x7f"
         "ELF";
}

}  // namespace

std::optional<Interpreter> interpreter_at(const std::string& program) {
  std::error_code failure;
  auto real = std::filesystem::canonical(program, failure);
  if (failure || ::access(real.c_str(), X_OK) != 0) return std::nullopt;
  auto folder = real.parent_path();
  return Interpreter{.program = real.string(), .prefix = folder.filename() == "bin" ? folder.parent_path().string() : folder.string()};
}

std::optional<Interpreter> find_interpreter(std::initializer_list<const char*> names, std::string_view search_path) {
  while (!search_path.empty()) {
    auto end = std::min(search_path.find(':'), search_path.size());
    auto folder = search_path.substr(0, end);
    search_path.remove_prefix(std::min(end + 1, search_path.size()));
    if (folder.empty()) continue;
    for (const char* name : names) {
      auto path = std::string(folder) + "/" + name;
      if (is_program(path)) return interpreter_at(path);
    }
  }
  return std::nullopt;
}

}  // namespace signalbox::functions
