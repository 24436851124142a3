#include "services/functions/installation.h"

#include "services/functions/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace signalbox::functions {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view aws_sdk_v2 =
#include "embedded/aws_sdk_v2.cjs.inc"
    ;
constexpr std::string_view node_bootstrap =
#include "embedded/node_bootstrap.cjs.inc"
    ;
constexpr std::string_view python_bootstrap =
#include "embedded/python_bootstrap.py.inc"
    ;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Result<void> write_if_different(const std::string& path, std::string_view text) {
  if (content_of(path) == text) return {};
  // Renamed into place: a process that starts meanwhile sees the old or the new one.
  auto temporary = path + ".new";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failure;
  if (file) fs::rename(temporary, path, failure);
  if (!file || failure) return error(ErrorCode::Unavailable, fmt::format("{} cannot be written", path), path);
  return {};
}

Result<void> link_layer(const Layout& layout, const std::string& node_layer) {
  std::error_code failure;
  auto link = layout.node_modules();
  if (fs::is_symlink(link, failure)) {
    if (fs::read_symlink(link, failure) == node_layer) return {};
    fs::remove(link, failure);
  }
  if (node_layer.empty()) return {};
  fs::create_directory_symlink(node_layer, link, failure);
  if (failure) return error(ErrorCode::Unavailable, fmt::format("{} cannot be made: {}", link, failure.message()), link);
  return {};
}

std::string notes_path(const Layout& layout) { return layout.root + "/processes"; }

}  // namespace

Result<void> install(const Layout& layout, const std::string& node_layer) {
  std::error_code failure;
  for (const auto& folder : {layout.code(), layout.runtime(), layout.logs(), layout.temporary()}) {
    fs::create_directories(folder, failure);
    if (failure) return error(ErrorCode::Unavailable, fmt::format("{} cannot be made: {}", folder, failure.message()), folder);
  }
  if (auto written = write_if_different(layout.runtime() + "/node_bootstrap.cjs", node_bootstrap); !written) return written;
  if (auto written = write_if_different(layout.runtime() + "/aws_sdk_v2.cjs", aws_sdk_v2); !written) return written;
  if (auto written = write_if_different(layout.runtime() + "/python_bootstrap.py", python_bootstrap); !written) return written;
  return link_layer(layout, node_layer);
}

std::string find_node_layer(const std::string& configured) {
  std::error_code failure;
  if (!configured.empty()) {
    auto path = fs::canonical(configured, failure);
    return failure ? std::string() : path.string();
  }
  auto beside = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (const auto& candidate : {beside / "node_modules", beside / "node-layer/node_modules", beside / "../node-layer/node_modules",
                                fs::path("/usr/lib/signalbox/node_modules")}) {
    if (!fs::is_directory(candidate / "@aws-sdk", failure)) continue;
    if (auto path = fs::canonical(candidate, failure); !failure) return path.string();
  }
  return {};
}

void note_processes(const Layout& layout, const std::vector<NotedProcess>& processes) {
  std::ofstream file(notes_path(layout), std::ios::trunc);
  for (const auto& process : processes) file << process.session << ' ' << process.runtime_api << '\n';
}

std::size_t end_leftovers(const Layout& layout) {
  std::istringstream notes(content_of(notes_path(layout)));
  std::vector<NotedProcess> noted;
  for (NotedProcess process; notes >> process.session >> process.runtime_api;) noted.push_back(process);
  std::size_t killed = 0;
  // A pause between reading and killing could hit a stranger; the kernel gives numbers out in turn, so in practice it does not.
  if (!noted.empty()) {
    for (const auto& sample : sample_processes()) {
      auto found = std::find_if(noted.begin(), noted.end(), [&](const NotedProcess& process) { return process.session == sample.session; });
      if (found == noted.end() || !environment_has(sample.id, "AWS_LAMBDA_RUNTIME_API=" + found->runtime_api)) continue;
      ::kill(sample.id, SIGKILL);
      ++killed;
    }
  }
  std::error_code ignored;
  fs::remove(notes_path(layout), ignored);
  for (fs::directory_iterator entry(layout.temporary(), ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code inner;
    fs::remove_all(entry->path(), inner);
  }
  return killed;
}

}  // namespace signalbox::functions
