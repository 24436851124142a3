#include <array>
#include <cstdio>

#include "signalbox/encoding.h"

namespace signalbox {

namespace {

struct CivilTime {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
  std::chrono::weekday weekday;
};

CivilTime civil(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {day, std::chrono::hh_mm_ss<std::chrono::milliseconds>{time - day}, std::chrono::weekday{day}};
}

/// Writes `value`, not negative, as `count` digits; gives the place behind them. Times stand in every record and answer, and snprintf
/// takes longer than all else that makes them.
char* put_digits(char* out, int value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + count;
}

/// Reads `count` digits at the front of `text`; negative if they are not there.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// The fraction after the seconds in milliseconds, further digits cut; negative if there is a dot without digits.
int take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  int value = 0, digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    if (digits < 3) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return -1;
  for (; digits < 3; ++digits) value *= 10;
  return value;
}

/// `Z`, `+01:00`; nothing for anything else.
std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  using std::chrono::minutes;
  if (take(text, 'Z')) return minutes{0};
  const bool negative = take(text, '-');
  if (!negative && !take(text, '+')) return std::nullopt;
  const int hours = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int mins = take_digits(text, 2);
  if (hours < 0 || hours > 23 || mins < 0 || mins > 59) return std::nullopt;
  const minutes offset{hours * 60 + mins};
  return negative ? -offset : offset;
}

}  // namespace

std::string format_rfc3339(Timestamp time) {
  const auto t = civil(time);
  std::array<char, 20> rest;
  char* out = rest.data();
  const auto put = [&](char before, auto value, int count) {
    *out++ = before;
    out = put_digits(out, static_cast<int>(value), count);
  };
  put('-', static_cast<unsigned>(t.date.month()), 2);
  put('-', static_cast<unsigned>(t.date.day()), 2);
  put('T', t.time.hours().count(), 2);
  put(':', t.time.minutes().count(), 2);
  put(':', t.time.seconds().count(), 2);
  put('.', t.time.subseconds().count(), 3);
  *out = 'Z';
  const int year = static_cast<int>(t.date.year());
  std::array<char, 4> year_digits;
  put_digits(year_digits.data(), year, 4);
  std::string text = year >= 0 && year <= 9'999 ? std::string(year_digits.data(), year_digits.size()) : std::to_string(year);
  text.append(rest.data(), rest.size());
  return text;
}

std::string format_context_time(Timestamp time) {
  std::string text = format_rfc3339(time);
  text.pop_back();
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "Z";
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int y = take_digits(text, 4);
  if (!take(text, '-')) return std::nullopt;
  const int m = take_digits(text, 2);
  if (!take(text, '-')) return std::nullopt;
  const int d = take_digits(text, 2);
  if (!take(text, 'T')) return std::nullopt;
  const int hour = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int minute = take_digits(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int second = take_digits(text, 2);
  const int fraction = take_fraction(text);
  const auto offset = take_offset(text);
  if (y < 0 || m < 0 || d < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  if (fraction < 0 || !offset || !text.empty()) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return std::nullopt;
  return Timestamp{sys_days{date}.time_since_epoch() + hours{hour} + minutes{minute} + seconds{second} + milliseconds{fraction} - *offset};
}

std::string format_epoch_seconds(Timestamp time) {
  const auto ms = time.time_since_epoch().count();
  char out[32];
  std::snprintf(out, sizeof out, "%lld.%03d", static_cast<long long>(ms / 1000), static_cast<int>(ms % 1000));
  return out;
}

std::string format_http_date(Timestamp time) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto t = civil(time);
  std::string out = "Sun, 00 Jan 0000 00:00:00 GMT";
  out.replace(0, 3, days[t.weekday.c_encoding()]);
  put_digits(&out[5], static_cast<int>(static_cast<unsigned>(t.date.day())), 2);
  out.replace(8, 3, months[static_cast<unsigned>(t.date.month()) - 1]);
  put_digits(&out[12], static_cast<int>(t.date.year()), 4);
  put_digits(&out[17], static_cast<int>(t.time.hours().count()), 2);
  put_digits(&out[20], static_cast<int>(t.time.minutes().count()), 2);
  put_digits(&out[23], static_cast<int>(t.time.seconds().count()), 2);
  return out;
}

}  // namespace signalbox
