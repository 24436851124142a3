#include "cli/output.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace signalbox::cli {

int complain(const Failure& failure) {
  std::fprintf(stderr, "signalbox: %s\n", failure.message.c_str());
  return failure.exit_code;
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int print_answer(const Context& context, const boost::system::result<Json, Failure>& answer,
                 const std::function<std::string(const Json&)>& show) {
  if (!answer) return complain(answer.error());
  print(context.json ? answer->pretty() + "\n" : show(*answer));
  return exit_codes::ok;
}

int print_list(const Context& context, std::string_view path, std::string_view member, const std::vector<Column>& columns) {
  return print_answer(context, call(context.connection, "GET", path), [&](const Json& answer) {
    const Json* rows = answer.find(member);
    std::string text = table(columns, rows ? *rows : Json::empty_array());
    if (answer.find("cursor")) text += "(more: raise --limit, or use the REST API's cursor)\n";
    return text;
  });
}

boost::system::result<Json, Failure> read_json_argument(const std::string& argument) {
  std::string text = argument;
  if (argument == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (argument.starts_with('@')) {
    std::ifstream file(argument.substr(1), std::ios::binary);
    if (!file) return Failure{exit_codes::usage, "cannot read the file '" + argument.substr(1) + "'"};
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  auto json = Json::parse(std::move(text));
  if (!json) return Failure{exit_codes::usage, json.error().message};
  return std::move(*json);
}

}  // namespace signalbox::cli
