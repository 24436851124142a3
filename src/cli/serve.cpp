#include "cli/serve.h"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>

#include "cli/daemon.h"
#include "cli/exit_codes.h"
#include "cli/logging.h"

namespace signalbox::cli {

namespace {

int refuse(const Error& error) {
  std::fprintf(stderr, "signalbox: %s%s%s\n", error.where.empty() ? "" : error.where.c_str(), error.where.empty() ? "" : ": ",
               error.message.c_str());
  return error.code == ErrorCode::InvalidArgument ? exit_codes::usage : exit_codes::failed;
}

}  // namespace

int serve(CLI::App& command, ServeOptions& given) {
  if (given.config) {
    if (auto read = read_config_file(command, *given.config); !read) return refuse(read.error());
  }
  ServeOptions options = given;
  if (auto completed = complete(options); !completed) return refuse(completed.error());
  set_up_logging(options.log_format, options.log_level);
  // A client or child that goes away must not end the daemon.
  std::signal(SIGPIPE, SIG_IGN);
  Daemon daemon(std::move(options));
  if (auto started = daemon.start(); !started) return refuse(started.error());
  daemon.run();
  return exit_codes::ok;
}

}  // namespace signalbox::cli
