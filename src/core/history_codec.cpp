#include "core/history_codec.h"

#include "signalbox/record.h"
#include "signalbox/store.h"

#include <bit>
#include <type_traits>
#include <utility>

namespace signalbox {
namespace {

constexpr std::uint8_t format_version = 1;

class Encoder {
 public:
  std::string encode(std::span<const HistoryEvent> events) {
    for (const auto& event : events) put_event(event);
    return writer_.take();
  }

 private:
  void put_event(const HistoryEvent& event) {
    const auto time = event.timestamp.time_since_epoch().count();
    writer_.integer(static_cast<std::int64_t>(event.fact.index())).integer(event.frame.value).integer(time - time_);
    time_ = time;
    if (!is_internal(event)) {
      writer_.integer(event.id - id_ - 1).integer(event.previous_id == 0 ? 0 : event.id - event.previous_id + 1);
      id_ = event.id;
    }
    std::visit([this](const auto& fact) { std::apply([this](const auto&... member) { (put(member), ...); }, fact.members()); }, event.fact);
  }

  void put(const Json& payload) {
    scratch_.clear();
    payload.append_text(scratch_);
    if (scratch_ == payload_) {
      writer_.text({});
    } else {
      writer_.text(scratch_);
      payload_.swap(scratch_);
    }
  }
  void put(const std::string& text) { writer_.text(text); }
  void put(std::int64_t number) { writer_.integer(number); }
  void put(double number) { writer_.integer(std::bit_cast<std::int64_t>(number)); }
  void put(Timestamp time) { writer_.timestamp(time); }
  void put(const WorkflowError& error) { writer_.optional_text(error.error).optional_text(error.cause); }
  template <class Tag>
  void put(Number<Tag> number) {
    writer_.integer(number.value);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { writer_.integer(static_cast<std::int64_t>(value)); }
  template <class T>
  void put(const std::optional<T>& value) {
    writer_.boolean(value.has_value());
    if (value) put(*value);
  }

  RecordWriter writer_{format_version};
  std::int64_t time_ = 0, id_ = 0;
  std::string payload_, scratch_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view chunk) : reader_(chunk) {
    if (reader_.version() != format_version) throw StoreFailure("history chunk of unknown version " + std::to_string(reader_.version()));
  }

  [[nodiscard]] bool at_end() const { return reader_.at_end(); }

  HistoryEvent take_event() {
    HistoryEvent event;
    const auto type = reader_.integer();
    event.frame = FrameId{reader_.integer()};
    time_ += reader_.integer();
    event.timestamp = Timestamp{std::chrono::milliseconds{time_}};
    if (!is_internal_type(static_cast<std::size_t>(type))) {
      event.id = id_ += reader_.integer() + 1;
      const auto distance = reader_.integer();
      event.previous_id = distance == 0 ? 0 : event.id - distance + 1;
    }
    take_fact(type, event.fact, std::make_index_sequence<std::variant_size_v<HistoryFact>>{});
    return event;
  }

 private:
  template <std::size_t... types>
  void take_fact(std::int64_t type, HistoryFact& fact, std::index_sequence<types...>) {
    const bool known = ((static_cast<std::int64_t>(types) == type && (take_members(fact.emplace<types>()), true)) || ...);
    if (!known) throw StoreFailure("history event of unknown type " + std::to_string(type));
  }
  template <class Fact>
  void take_members(Fact& fact) {
    std::apply([this](auto&... member) { (take(member), ...); }, fact.members());
  }

  void take(Json& payload) {
    if (const auto text = reader_.text(); !text.empty()) payload_ = Json::from_stored(std::string(text));
    payload = payload_;
  }
  void take(std::string& text) { text = reader_.text(); }
  void take(std::int64_t& number) { number = reader_.integer(); }
  void take(double& number) { number = std::bit_cast<double>(reader_.integer()); }
  void take(Timestamp& time) { time = reader_.timestamp(); }
  void take(WorkflowError& error) {
    error.error = reader_.optional_text();
    error.cause = reader_.optional_text();
  }
  template <class Tag>
  void take(Number<Tag>& number) {
    number.value = reader_.integer();
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void take(Enum& value) { value = static_cast<Enum>(reader_.integer()); }
  template <class T>
  void take(std::optional<T>& value) {
    if (reader_.boolean()) take(value.emplace());
  }

  RecordReader reader_;
  std::int64_t time_ = 0, id_ = 0;
  Json payload_;
};

}  // namespace

std::string encode_events(std::span<const HistoryEvent> events) { return Encoder().encode(events); }

void decode_events(std::string_view chunk, const std::function<void(HistoryEvent&&)>& visit) {
  Decoder decoder(chunk);
  while (!decoder.at_end()) visit(decoder.take_event());
}

}  // namespace signalbox
