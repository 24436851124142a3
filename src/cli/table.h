#pragma once
/// Plain tables for people.

#include "signalbox/json.h"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

struct Column {
  std::string_view title;
  std::string_view member;  ///< of each row, an object; strings are shown bare, absent members as `-`
};

/// Columns as wide as their widest cell, two spaces between, no trailing spaces. An empty list prints `none` instead.
[[nodiscard]] std::string table(const std::vector<Column>& columns, const Json& rows);
/// One `name  value` line per member; objects and arrays are indented JSON.
[[nodiscard]] std::string sheet(const Json& object);

}  // namespace signalbox::cli
