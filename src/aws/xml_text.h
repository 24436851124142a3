#pragma once
/// Writes XML, element by element, for the protocols that answer in it.

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::aws {

/// As AWS escapes text: markup, and what XML parsers would normalise or refuse.
void append_xml_escaped(std::string& out, std::string_view text);

/// Element names are the program's own; whoever opens an element closes it.
class XmlText {
 public:
  XmlText& declaration();
  XmlText& open(std::string_view name, std::string_view xml_namespace = {});
  XmlText& close(std::string_view name);
  XmlText& element(std::string_view name, std::string_view text);
  XmlText& number(std::string_view name, std::int64_t value) { return element(name, std::to_string(value)); }
  XmlText& boolean(std::string_view name, bool value) { return element(name, value ? "true" : "false"); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace signalbox::aws
