#pragma once
/// Reads the small XML documents that requests carry: elements and text. Attributes are skipped, namespaces dropped; a document type is refused,
/// and with it all entities but the five of XML.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::aws {

struct XmlElement {
  std::string name;  ///< without its prefix
  std::string text;  ///< all text directly inside
  std::vector<XmlElement> children;

  /// The first child of that name; null if there is none.
  [[nodiscard]] const XmlElement* find(std::string_view child) const;
  /// Text of the first child of that name.
  [[nodiscard]] std::optional<std::string> text_of(std::string_view child) const;
};

/// The root element; nothing if the text is not well-formed, or nested more than 32 levels.
[[nodiscard]] std::optional<XmlElement> parse_xml(std::string_view text);

}  // namespace signalbox::aws
