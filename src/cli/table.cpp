#include "cli/table.h"

#include <algorithm>

namespace signalbox::cli {

namespace {

std::string cell(const Json* value) {
  if (!value || value->is_null()) return "-";
  std::string text = plain_text(*value);
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// Code points; good enough for alignment.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void append_line(std::string& out, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line.append(widths[i] - width(cells[i]) + 2, ' ');
  }
  out += line + "\n";
}

}  // namespace

std::string table(const std::vector<Column>& columns, const Json& rows) {
  if (rows.size() == 0) return "none\n";
  std::vector<std::vector<std::string>> lines(1);
  for (const auto& column : columns) lines[0].emplace_back(column.title);
  for (const auto& row : rows.elements()) {
    auto& line = lines.emplace_back();
    for (const auto& column : columns) line.push_back(cell(row.find(column.member)));
  }
  std::vector<std::size_t> widths(columns.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  std::string out;
  for (const auto& line : lines) append_line(out, line, widths);
  return out;
}

std::string sheet(const Json& object) {
  std::size_t widest = 0;
  for (const auto& member : object.members()) widest = std::max(widest, width(member.name));
  std::string out;
  for (const auto& member : object.members()) {
    const bool nested = member.value.is_object() || member.value.is_array();
    out += member.name + std::string(widest - width(member.name) + 2, ' ');
    out += (nested ? member.value.pretty() : plain_text(member.value)) + "\n";
  }
  return out;
}

}  // namespace signalbox::cli
