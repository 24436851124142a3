#pragma once
/// Small helpers that all client commands share.

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/table.h"

#include <functional>
#include <string>
#include <string_view>

namespace signalbox::cli {

/// Says why on standard error.
int complain(const Failure& failure);
void print(std::string_view text);
/// The answer as JSON (--json), or as `show` prints it.
int print_answer(const Context& context, const boost::system::result<Json, Failure>& answer,
                 const std::function<std::string(const Json&)>& show);
/// A table of the list `member` of the answer.
int print_list(const Context& context, std::string_view path, std::string_view member, const std::vector<Column>& columns);
/// JSON given as text, as `@file`, or as `-` for standard input.
[[nodiscard]] boost::system::result<Json, Failure> read_json_argument(const std::string& argument);

}  // namespace signalbox::cli
