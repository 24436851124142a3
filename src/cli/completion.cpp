#include "cli/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/exit_codes.h"

namespace signalbox::cli {

namespace {

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) text += " --" + name;
  }
  return text;
}

std::string commands_of(const CLI::App& app) {
  std::string text;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) text += command->get_name() + " ";
  return text;
}

std::string bash(const CLI::App& app) {
  std::string text = "_signalbox() {\n  local words\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words=\"" + commands_of(app) +
                     "\"\n  else\n    case \"${COMP_WORDS[1]}\" in\n";
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    text += fmt::format("      {}) words=\"{}\" ;;\n", command->get_name(), options_of(*command));
  }
  return text +
         "    esac\n  fi\n  COMPREPLY=( $(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\") )\n}\ncomplete -o default -F _signalbox "
         "signalbox\n";
}

std::string fish(const CLI::App& app) {
  std::string text;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    text += fmt::format("complete -c signalbox -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(), command->get_description());
    for (const auto* option : command->get_options()) {
      for (const auto& name : option->get_lnames())
        text += fmt::format("complete -c signalbox -n '__fish_seen_subcommand_from {}' -l {}\n", command->get_name(), name);
    }
  }
  return text;
}

}  // namespace

int print_completion(const CLI::App& app, const std::string& shell) {
  std::string text = shell == "fish" ? fish(app) : bash(app);
  if (shell == "zsh") text = "autoload -U +X bashcompinit && bashcompinit\n" + text;
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_codes::ok;
}

}  // namespace signalbox::cli
