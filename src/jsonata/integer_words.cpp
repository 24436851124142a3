/// English number words.

#include "base/text.h"
#include "jsonata/integer_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>

namespace signalbox::jsonata::engine {
namespace {

constexpr std::array<std::string_view, 20> few{"Zero",     "One",     "Two",     "Three",     "Four",     "Five",    "Six",
                                               "Seven",    "Eight",   "Nine",    "Ten",       "Eleven",   "Twelve",  "Thirteen",
                                               "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::array<std::string_view, 20> few_ordinals{
    "Zeroth", "First",    "Second",  "Third",      "Fourth",     "Fifth",     "Sixth",     "Seventh",     "Eighth",     "Ninth",
    "Tenth",  "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::array<std::string_view, 9> decades{"Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety", "Hundred"};
constexpr std::array<std::string_view, 4> magnitudes{"Thousand", "Million", "Billion", "Trillion"};

/// `behind`: something stands before it.
void put_words(std::string& out, double number, bool behind, bool ordinal) {
  if (number <= 19) {
    if (behind) out += " and ";
    out += ordinal ? few_ordinals[static_cast<std::size_t>(number)] : few[static_cast<std::size_t>(number)];
  } else if (number < 100) {
    const double rest = std::fmod(number, 10);
    if (behind) out += " and ";
    out += decades[static_cast<std::size_t>(number / 10) - 2];
    if (rest > 0) {
      out += '-';
      put_words(out, rest, false, ordinal);
    } else if (ordinal) {
      out.back() = 'i';
      out += "eth";
    }
  } else if (number < 1000) {
    const double rest = std::fmod(number, 100);
    if (behind) out += ", ";
    out.append(few[static_cast<std::size_t>(number / 100)]).append(" Hundred");
    if (rest > 0) put_words(out, rest, true, ordinal);
    else if (ordinal) out += "th";
  } else {
    std::size_t magnitude = 1;
    double factor = 1000;
    while (magnitude < magnitudes.size() && number >= factor * 1000) {
      factor *= 1000;
      ++magnitude;
    }
    const double count = std::floor(number / factor), rest = number - count * factor;
    if (behind) out += ", ";
    put_words(out, count, false, false);
    out.append(" ").append(magnitudes[magnitude - 1]);
    if (rest > 0) put_words(out, rest, true, ordinal);
    else if (ordinal) out += "th";
  }
}

std::unordered_map<std::string, double> make_word_values() {
  std::unordered_map<std::string, double> values;
  for (std::size_t i = 0; i < few.size(); ++i) {
    values[ascii_lower(few[i])] = static_cast<double>(i);
    values[ascii_lower(few_ordinals[i])] = static_cast<double>(i);
  }
  for (std::size_t i = 0; i < decades.size(); ++i) {
    const std::string word = ascii_lower(decades[i]);
    const double value = static_cast<double>(i + 2) * 10;
    values[word] = value;
    values[word.substr(0, word.size() - 1) + "ieth"] = value;
  }
  values["hundredth"] = 100;
  for (std::size_t i = 0; i < magnitudes.size(); ++i) {
    const double value = std::pow(10, 3 * static_cast<double>(i + 1));
    values[ascii_lower(magnitudes[i])] = value;
    values[ascii_lower(magnitudes[i]) + "th"] = value;
  }
  return values;
}

const std::unordered_map<std::string, double>& word_values() {
  static const std::unordered_map<std::string, double> values = make_word_values();
  return values;
}

}  // namespace

std::string words_pattern() {
  // Longer words first, so that none is taken for the beginning of another.
  std::vector<std::string> words{"and", "[\\-, ]"};
  for (const auto& [word, value] : word_values()) words.push_back(word);
  std::ranges::sort(words, [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
  std::string pattern = "(?:";
  for (const std::string& word : words) pattern.append(pattern.size() > 3 ? "|" : "").append(word);
  return pattern + ")+";
}

std::string to_words(double value, bool ordinal) {
  std::string out;
  put_words(out, value, false, ordinal);
  return out;
}

double from_words(std::string_view text) {
  const auto& values = word_values();
  std::vector<double> parts{0};
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(" -,\t\n", at), text.size());
    const std::string word(text.substr(at, end - at));
    at = end + 1;
    if (word == "and" || word.empty()) {
      if (end == text.size()) break;
      continue;
    }
    const auto value = values.find(word);
    if (value == values.end()) return std::numeric_limits<double>::quiet_NaN();
    if (value->second >= 100) {
      parts.back() *= value->second;
    } else {
      // Behind a thousand and the like something new begins.
      if (parts.back() >= 1000) parts.push_back(0);
      parts.back() += value->second;
    }
  }
  double sum = 0;
  for (const double part : parts) sum += part;
  return sum;
}

}  // namespace signalbox::jsonata::engine
