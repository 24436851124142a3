#include "aws/xml_text.h"

namespace signalbox::aws {

void append_xml_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#xD;"; break;
      default: out += c;
    }
  }
}

XmlText& XmlText::declaration() {
  out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  return *this;
}

XmlText& XmlText::open(std::string_view name, std::string_view xml_namespace) {
  out_.append("<").append(name);
  if (!xml_namespace.empty()) out_.append(" xmlns=\"").append(xml_namespace).append("\"");
  out_ += ">";
  return *this;
}

XmlText& XmlText::close(std::string_view name) {
  out_.append("</").append(name).append(">");
  return *this;
}

XmlText& XmlText::element(std::string_view name, std::string_view text) {
  open(name);
  append_xml_escaped(out_, text);
  return close(name);
}

}  // namespace signalbox::aws
