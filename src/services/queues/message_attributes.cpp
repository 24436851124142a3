#include "services/queues/message_attributes.h"

#include "signalbox/encoding.h"

#include "services/queues/queue_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace signalbox {

namespace queues {

namespace {

constexpr std::size_t attributes_max = 10;

bool is_attribute_name(std::string_view name) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 256 && !name.starts_with('.') && !name.ends_with('.') &&
         name.find("..") == std::string_view::npos && std::all_of(name.begin(), name.end(), is_allowed);
}

bool has_prefix_type(std::string_view type) {
  static constexpr std::array<std::string_view, 3> prefixes{"String", "Number", "Binary"};
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return type == prefix || (type.starts_with(prefix) && type[prefix.size()] == '.'); });
}

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<void> check_attributes(const MessageAttributes& attributes) {
  if (attributes.size() > attributes_max) {
    return invalid_parameter(
        fmt::format("Number of message attributes [{}] exceeds the allowed maximum [{}].", attributes.size(), attributes_max));
  }
  for (const auto& [name, attribute] : attributes) {
    if (!is_attribute_name(name)) {
      return invalid_parameter(
          fmt::format("Message (user) attribute name '{}' is invalid: it can contain 1 to 256 of A-Z, a-z, 0-9, underscore, hyphen, and "
                      "single periods inside.",
                      name));
    }
    if (!has_prefix_type(attribute.data_type)) {
      return invalid_parameter(
          fmt::format("The message attribute '{}' has an invalid message attribute type, the set of supported type prefixes is Binary, "
                      "Number, and String.",
                      name));
    }
    if (attribute.value.empty()) {
      return invalid_parameter(
          fmt::format("The message attribute '{}' must contain non-empty message attribute value for message attribute type '{}'.", name,
                      attribute.data_type));
    }
    if (attribute.data_type.starts_with("Number") && !is_number(attribute.value)) {
      return invalid_parameter(fmt::format("Can't cast the value of message (user) attribute '{}' to a number.", name));
    }
    if (!attribute.is_binary() && !has_allowed_characters(attribute.value)) {
      return queue_error(ErrorCode::InvalidArgument, "InvalidMessageContents",
                         fmt::format("The value of message (user) attribute '{}' has invalid characters.", name));
    }
  }
  return {};
}

bool has_allowed_characters(std::string_view text) {
  // UTF-8 has no surrogates; what is left to refuse are control characters and U+FFFE, U+FFFF (EF BF BE, EF BF BF).
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    if (byte == 0xEF && text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size() && static_cast<unsigned char>(text[i + 2]) >= 0xBE)
      return false;
  }
  return is_utf8(text);
}

std::string md5_hex(std::string_view text) { return hex_encode(digest(DigestAlgorithm::Md5, text)); }

}  // namespace queues

std::optional<std::string> md5_of_attributes(const MessageAttributes& attributes) {
  if (attributes.empty()) return std::nullopt;
  std::string bytes;
  const auto append = [&bytes](std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
    bytes.append(text);
  };
  for (const auto& [name, attribute] : attributes) {  // the map is in the order that the digest wants
    append(name);
    append(attribute.data_type);
    bytes.push_back(attribute.is_binary() ? '\2' : '\1');
    append(attribute.value);
  }
  return queues::md5_hex(bytes);
}

MessageAttributes select_attributes(const MessageAttributes& attributes, const std::vector<std::string>& names) {
  const auto is_wanted = [&names](std::string_view attribute) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      if (name == "All" || name == ".*" || name == attribute) return true;
      return name.ends_with(".*") && attribute.starts_with(name.substr(0, name.size() - 2));
    });
  };
  MessageAttributes selected;
  for (const auto& [name, attribute] : attributes) {
    if (is_wanted(name)) selected.emplace(name, attribute);
  }
  return selected;
}

QueueTextMap select_system_attributes(const QueueTextMap& attributes, const std::vector<std::string>& names) {
  QueueTextMap selected;
  for (const auto& [name, value] : attributes) {
    if (std::any_of(names.begin(), names.end(), [&name = name](const auto& wanted) { return wanted == "All" || wanted == name; }))
      selected.emplace(name, value);
  }
  return selected;
}

QueueTextMap ReceivedMessage::system_attributes(const Site& site) const {
  const auto ms = [](Timestamp time) { return std::to_string(time.time_since_epoch().count()); };
  QueueTextMap map{{"ApproximateReceiveCount", std::to_string(receive_count)},
                   {"SentTimestamp", ms(sent_at)},
                   {"SenderId", site.account},
                   {"ApproximateFirstReceiveTimestamp", ms(first_received_at)}};
  const auto add = [&map](const char* name, const std::optional<std::string>& value) {
    if (value) map.emplace(name, *value);
  };
  add("SequenceNumber", sequence_number);
  add("MessageGroupId", group_id);
  add("MessageDeduplicationId", deduplication_id);
  add("AWSTraceHeader", trace_header);
  add("DeadLetterQueueSourceArn", dead_letter_source);
  return map;
}

}  // namespace signalbox
