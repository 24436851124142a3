/// Text from trees. One walk serves the text and the count of its bytes.

#include "json/node.h"

namespace signalbox {
namespace {

constexpr char hex[] = "0123456789abcdef";

/// What most built objects print to: reserved at once, for growing up to it step by step takes five allocations.
constexpr std::size_t usual_text_bytes = 480;

/// The escape of a character that cannot stand for itself; empty otherwise. Jackson writes the hex digits in upper case.
std::string_view escape_of(unsigned char c, std::array<char, 6>& room) {
  switch (c) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\b': return "\\b";
    case '\f': return "\\f";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (c >= 0x20) return {};
  room = {'\\', 'u', '0', '0', hex[c >> 4U], c % 16 < 10 ? hex[c % 16] : static_cast<char>(hex[c % 16] - 0x20)};
  return {room.data(), room.size()};
}

/// Sources are printed as they are, or with `compact` passed over.
struct Text {
  std::string& out;
  bool compact = false;
  void put(char c) { out.push_back(c); }
  void put(std::string_view text) { out.append(text); }
};

struct Count {
  static constexpr bool compact = false;
  std::size_t bytes = 0;
  void put(char) { ++bytes; }
  void put(std::string_view text) { bytes += text.size(); }
};

template <class Sink>
void put_string(Sink& sink, std::string_view text) {
  sink.put('"');
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* plain = skip_plain(at, end);
    while (plain != end && (*plain & 0x80) != 0) plain = skip_plain(plain + 1, end);
    sink.put(std::string_view(at, static_cast<std::size_t>(plain - at)));
    at = plain;
    if (at == end) break;
    std::array<char, 6> room{};
    sink.put(escape_of(static_cast<unsigned char>(*at++), room));
  }
  sink.put('"');
}

void put_indented(std::string& out, const Json& value, std::size_t indent) {
  if (value.size() == 0) {
    if (value.is_array()) out += "[]";
    else if (value.is_object()) out += "{}";
    else if (value.is_string()) append_json_string(out, value.as_string());
    else value.append_text(out);
    return;
  }
  const auto new_line = [&out](std::size_t spaces) { out.append(1, '\n').append(spaces, ' '); };
  const bool is_array = value.is_array();
  out += is_array ? '[' : '{';
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i > 0) out += ',';
    new_line(indent + 2);
    if (!is_array) {
      append_json_string(out, value.members()[i].name);
      out += ": ";
    }
    put_indented(out, is_array ? value.elements()[i] : value.members()[i].value, indent + 2);
  }
  new_line(indent);
  out += is_array ? ']' : '}';
}

}  // namespace

/// A class so that it may look into Json.
class JsonPrinter {
 public:
  template <class Sink>
  static void put(Sink& sink, const Json& value) {
    if (!sink.compact) {
      if (const auto source = value.source()) {
        sink.put(*source);
        return;
      }
    }
    switch (value.kind()) {
      case Json::Kind::Null: sink.put(std::string_view("null")); return;
      case Json::Kind::Boolean: sink.put(std::string_view(value.as_boolean() ? "true" : "false")); return;
      case Json::Kind::Number: sink.put(value.number_text()); return;
      case Json::Kind::String: put_string(sink, value.as_string()); return;
      case Json::Kind::Array: put_array(sink, value.elements()); return;
      case Json::Kind::Object: put_object(sink, value.members()); return;
    }
  }

 private:
  template <class Sink>
  static void put_array(Sink& sink, const Json::Array& elements) {
    sink.put('[');
    bool first = true;
    for (const Json& element : elements) {
      if (!first) sink.put(',');
      first = false;
      put(sink, element);
    }
    sink.put(']');
  }

  template <class Sink>
  static void put_object(Sink& sink, const Json::Object& members) {
    sink.put('{');
    bool first = true;
    for (const Json::Member& member : members) {
      if (!first) sink.put(',');
      first = false;
      put_string(sink, member.name);
      sink.put(':');
      put(sink, member.value);
    }
    sink.put('}');
  }
};

void append_json_string(std::string& out, std::string_view text) {
  Text sink{out};
  put_string(sink, text);
}

std::string Json::text() const {
  std::string out;
  if (!source() && size() > 0) out.reserve(usual_text_bytes);
  append_text(out);
  return out;
}

void Json::append_text(std::string& out) const {
  Text sink{out};
  JsonPrinter::put(sink, *this);
}

std::string Json::compact_text() const {
  std::string out;
  Text sink{out, true};
  JsonPrinter::put(sink, *this);
  return out;
}

std::size_t Json::text_bytes() const {
  Count sink;
  JsonPrinter::put(sink, *this);
  return sink.bytes;
}

std::string Json::pretty() const {
  std::string out;
  put_indented(out, *this, 0);
  return out;
}

}  // namespace signalbox
