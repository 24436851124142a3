#include "aws/xml.h"

#include "aws/xml_text.h"

#include <utility>
#include <vector>

namespace signalbox::aws {

namespace {

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_xml_escaped(out, text);
  out.append("</").append(name).append(">");
}

/// What a flattened list's elements, or a flattened map's entries, are called. Source: SQS service model, locationName.
struct Flat {
  std::string_view member;
  std::string element;
  std::string_view key, value;  ///< maps only
};

class Writer {
 public:
  explicit Writer(std::vector<Flat> flat) : flat_(std::move(flat)) {}

  void members(std::string& out, const Json& object) const {
    if (!object.is_object()) return;
    for (const auto& [name, value] : object.members()) member(out, name, value);
  }

 private:
  void member(std::string& out, const std::string& name, const Json& value) const {
    for (const Flat& flat : flat_) {
      if (flat.member == name && (flat.key.empty() ? value.is_array() : value.is_object())) {
        flattened(out, flat, value);
        return;
      }
    }
    element(out, name, value);
  }

  void flattened(std::string& out, const Flat& flat, const Json& value) const {
    if (flat.key.empty()) {
      for (const Json& each : value.elements()) element(out, flat.element, each);
      return;
    }
    for (const auto& [key, each] : value.members()) {
      out.append("<").append(flat.element).append(">");
      append_element(out, flat.key, key);
      element(out, flat.value, each);
      out.append("</").append(flat.element).append(">");
    }
  }

  void element(std::string& out, std::string_view name, const Json& value) const {
    if (!value.is_array() && !value.is_object()) return append_element(out, name, plain_text(value));
    out.append("<").append(name).append(">");
    if (value.is_array()) {
      for (const Json& each : value.elements()) element(out, "member", each);
    } else {
      members_or_entries(out, name, value);
    }
    out.append("</").append(name).append(">");
  }

  /// SNS's only maps in answers are called Attributes; everything else is a structure.
  void members_or_entries(std::string& out, std::string_view name, const Json& object) const {
    if (name != "Attributes") return members(out, object);
    for (const auto& [key, value] : object.members()) {
      out.append("<entry>");
      append_element(out, "key", key);
      append_element(out, "value", plain_text(value));
      out.append("</entry>");
    }
  }

  std::vector<Flat> flat_;
};

std::string response(std::string_view xml_namespace, std::string_view operation, const Json& result, std::string_view request_id,
                     const Writer& writer) {
  std::string out = "<?xml version=\"1.0\"?><";
  out.append(operation).append("Response xmlns=\"").append(xml_namespace).append("\">");
  out.append("<").append(operation).append("Result>");  // clients look for it, empty or not
  writer.members(out, result);
  out.append("</").append(operation).append("Result>");
  out.append("<ResponseMetadata>");
  append_element(out, "RequestId", request_id);
  out.append("</ResponseMetadata></").append(operation).append("Response>");
  return out;
}

}  // namespace

std::string sns_response(std::string_view operation, const Json& result, std::string_view request_id) {
  return response(sns_namespace, operation, result, request_id, Writer({}));
}

std::string query_response(std::string_view xml_namespace, std::string_view operation, const Json& result, std::string_view request_id) {
  return response(xml_namespace, operation, result, request_id, Writer({}));
}

std::string sqs_response(std::string_view operation, const Json& result, std::string_view request_id) {
  const std::string entry(operation);
  const Writer writer({{"Messages", "Message", {}, {}},
                       {"QueueUrls", "QueueUrl", {}, {}},
                       {"queueUrls", "QueueUrl", {}, {}},
                       {"Attributes", "Attribute", "Name", "Value"},
                       {"MessageAttributes", "MessageAttribute", "Name", "Value"},
                       {"Tags", "Tag", "Key", "Value"},
                       {"Successful", entry + "ResultEntry", {}, {}},
                       {"Failed", "BatchResultErrorEntry", {}, {}},
                       {"Results", entry + "ResultEntry", {}, {}}});
  return response(sqs_namespace, operation, result, request_id, writer);
}

std::string error_response(std::string_view xml_namespace, const Failure& failure, std::string_view request_id) {
  std::string out = "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"";
  out.append(xml_namespace).append("\"><Error>");
  append_element(out, "Type", failure.status >= 500 ? "Receiver" : "Sender");
  append_element(out, "Code", failure.query_code.value_or(failure.code));
  append_element(out, "Message", failure.message);
  out.append("<Detail/></Error>");
  append_element(out, "RequestId", request_id);
  out.append("</ErrorResponse>");
  return out;
}

}  // namespace signalbox::aws
