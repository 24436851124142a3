/// Runs the JSONata suite: jsonata-suite DIR, where DIR holds groups/, groups-surrogate/ and datasets/. Prints every case that differs, then
/// "N passed, M failed, K skipped". Skipped are the cases that JSONata 2.0.6 fails itself and those that call $eval.

#include "signalbox/encoding.h"
#include "signalbox/jsonata.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

using namespace signalbox;

namespace {

/// Halves of surrogate pairs, which no UTF-8 can hold, are kept here: U+D800 as U+10D800 and so on, in a plane for private use.
constexpr unsigned stand_in = 0x100000;

unsigned hex4(std::string_view digits) { return static_cast<unsigned>(std::stoul(std::string(digits), nullptr, 16)); }

std::string utf8(unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (code >= 0x10000)
    return {byte(0xF0U | code >> 18U), byte(0x80U | (code >> 12U & 0x3FU)), byte(0x80U | (code >> 6U & 0x3FU)),
            byte(0x80U | (code & 0x3FU))};
  return {byte(0xE0U | code >> 12U), byte(0x80U | (code >> 6U & 0x3FU)), byte(0x80U | (code & 0x3FU))};
}

/// JSON text with a stand-in for each escape of half a surrogate pair.
std::string with_stand_ins(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
      continue;
    }
    if (text[at + 1] != 'u') {
      out += text.substr(at, 2);
      at += 2;
      continue;
    }
    const unsigned code = hex4(text.substr(at + 2, 4));
    const bool low_follows = code >= 0xD800 && code < 0xDC00 && text.substr(at + 6, 2) == "\\u" && hex4(text.substr(at + 8, 4)) >= 0xDC00 &&
                             hex4(text.substr(at + 8, 4)) < 0xE000;
    const std::size_t length = low_follows ? 12 : 6;
    if (!low_follows && code >= 0xD800 && code < 0xE000) out += utf8(stand_in + code);
    else out += text.substr(at, length);
    at += length;
  }
  return out;
}

/// The halves again, as the engine takes them in an expression or in strings of its input: three bytes each.
std::string with_halves(std::string_view text) {
  std::string out(text);
  for (unsigned code = 0xD800; code < 0xE000 && out.find('\xF4') != std::string::npos; ++code) {
    const std::string from = utf8(stand_in + code);
    for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from)) out.replace(at, from.size(), utf8(code));
  }
  return out;
}

Json with_halves(const Json& value) {
  if (value.is_string()) return Json(with_halves(value.as_string()));
  if (value.is_array()) {
    Json::Array elements;
    for (const Json& element : value.elements()) elements.push_back(with_halves(element));
    return Json(std::move(elements));
  }
  if (!value.is_object()) return value;
  Json::Object members;
  for (const Json::Member& member : value.members())
    members.push_back({with_halves(std::string_view(member.name)), with_halves(member.value)});
  return Json(std::move(members));
}

/// What the engine lets out has U+FFFD for halves.
bool equal(const Json& expected, const Json& got) {
  if (expected.kind() != got.kind()) return false;
  if (expected.is_number()) return expected.as_double() == got.as_double();
  if (expected.is_string()) {
    std::string text(expected.as_string());
    for (unsigned code = 0xD800; code < 0xE000 && text.find('\xED') != std::string::npos; ++code) {
      for (std::size_t at = text.find(utf8(code)); at != std::string::npos; at = text.find(utf8(code))) text.replace(at, 3, "\xEF\xBF\xBD");
    }
    return text == got.as_string();
  }
  if (expected.size() != got.size()) return false;
  for (std::size_t i = 0; expected.is_array() && i < expected.size(); ++i) {
    if (!equal(expected.elements()[i], got.elements()[i])) return false;
  }
  for (std::size_t i = 0; expected.is_object() && i < expected.size(); ++i) {
    const Json::Member& member = expected.members()[i];
    const Json* const other = got.find(member.name);
    if (other == nullptr || !equal(member.value, *other)) return false;
  }
  return true;
}

bool equal_in_any_order(const Json& expected, const Json& got) {
  if (!expected.is_array() || !got.is_array() || expected.size() != got.size()) return false;
  std::vector<Json> left(got.elements());
  for (const Json& element : expected.elements()) {
    const auto found = std::ranges::find_if(left, [&element](const Json& other) { return equal(element, other); });
    if (found == left.end()) return false;
    left.erase(found);
  }
  return true;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

Json read_json(const std::filesystem::path& path) {
  auto parsed = Json::parse(with_stand_ins(read_file(path)));
  if (!parsed) throw std::runtime_error(path.string() + ": " + parsed.error().message);
  return with_halves(*parsed);
}

using Outcome = boost::system::result<jsonata::Value, jsonata::Failure>;

std::string printed(const Outcome& outcome) {
  if (!outcome) return outcome.error().code + " " + outcome.error().message + " (token " + outcome.error().token + ")";
  if (const Json* const json = std::get_if<Json>(&*outcome)) return json->compact_text();
  return std::holds_alternative<jsonata::Undefined>(*outcome) ? "undefined" : "a function";
}

class Suite {
 public:
  explicit Suite(std::filesystem::path folder) : folder_(std::move(folder)) {}

  int run() {
    for (const char* part : {"groups", "groups-surrogate"}) {
      if (!std::filesystem::is_directory(folder_ / part)) continue;
      std::vector<std::filesystem::path> files;
      for (const auto& entry : std::filesystem::directory_iterator(folder_ / part)) files.push_back(entry.path());
      std::ranges::sort(files);
      for (const auto& file : files) {
        const Json group = read_json(file);
        for (const Json& one : group.find("cases")->elements()) run_case(one);
      }
    }
    std::cout << passed_ << " passed, " << failed_ << " failed, " << skipped_ << " skipped\n";
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

 private:
  void run_case(const Json& one) {
    if (is_skipped(one)) {
      ++skipped_;
      return;
    }
    const Outcome outcome = evaluate(one);
    if (agrees(one, outcome)) {
      ++passed_;
      return;
    }
    ++failed_;
    std::cout << "FAILED " << one.find("id")->as_string() << ": " << one.find("expr")->as_string() << "\n  expected "
              << expected(one).substr(0, 300) << "\n  got      " << printed(outcome).substr(0, 300) << "\n";
  }

  static bool is_skipped(const Json& one) {
    if (const Json* const marks = one.find("aws");
        marks != nullptr && std::ranges::any_of(marks->elements(), [](const Json& mark) { return mark == Json("eval"); }))
      return true;
    const Json* const reference = one.find("ref");
    const Json* const verdict = reference == nullptr ? nullptr : reference->find("2.0.6");
    return verdict != nullptr && *verdict != Json("pass");
  }

  Outcome evaluate(const Json& one) {
    auto expression = jsonata::Expression::parse(one.find("expr")->as_string(), jsonata::Profile::Plain);
    if (!expression) return expression.error();
    jsonata::Environment environment;
    if (const Json* const data = one.find("data")) environment.input = *data;
    if (const Json* const dataset = one.find("dataset")) environment.input = read_dataset(std::string(dataset->as_string()));
    std::vector<jsonata::Binding> bindings;
    if (const Json* const given = one.find("bindings")) {
      for (const Json::Member& member : given->members()) bindings.push_back({member.name, &member.value});
    }
    environment.bindings = bindings;
    environment.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    environment.random = [] {
      const std::string bytes = random_bytes(16);
      std::array<std::uint8_t, 16> result{};
      std::ranges::copy(bytes, result.begin());
      return result;
    };
    environment.limits = {.time = std::chrono::milliseconds(one.find("timelimit") ? *one.find("timelimit")->as_integer() : 20'000),
                          .depth = static_cast<std::size_t>(one.find("depth") ? *one.find("depth")->as_integer() : 5000),
                          .bytes = std::size_t{512} << 20};
    return expression->evaluate(environment);
  }

  static bool agrees(const Json& one, const Outcome& outcome) {
    if (const Json* const error = one.find("error")) return !outcome && error_agrees(*error, outcome.error());
    if (!outcome) return false;
    if (one.find("undefinedResult") != nullptr) return std::holds_alternative<jsonata::Undefined>(*outcome);
    const Json* const got = std::get_if<Json>(&*outcome);
    const Json& result = *one.find("result");
    if (got == nullptr) return false;
    return one.find("unordered") != nullptr ? equal_in_any_order(result, *got) : equal(result, *got);
  }

  static bool error_agrees(const Json& expected, const jsonata::Failure& failure) {
    const auto same = [&expected](const char* name, const std::string& got) {
      return expected.find(name) == nullptr || equal(*expected.find(name), Json(got));
    };
    if (!same("code", failure.code) || !same("token", failure.token) || !same("message", failure.message) ||
        !same("functionName", failure.token))
      return false;
    const Json* const value = expected.find("value");
    return value == nullptr || (failure.value && equal(*value, *failure.value));
  }

  static std::string expected(const Json& one) {
    for (const char* name : {"error", "result"}) {
      if (const Json* const outcome = one.find(name)) return outcome->compact_text();
    }
    return "undefined";
  }

  const Json& read_dataset(const std::string& name) {
    const auto known = datasets_.find(name);
    return known != datasets_.end() ? known->second
                                    : datasets_.emplace(name, read_json(folder_ / "datasets" / (name + ".json"))).first->second;
  }

  std::filesystem::path folder_;
  std::map<std::string, Json> datasets_;
  std::size_t passed_ = 0, failed_ = 0, skipped_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: jsonata-suite DIR\n";
    return 2;
  }
  try {
    return Suite(arguments[1]).run();
  } catch (const std::exception& exception) {
    std::cerr << exception.what() << "\n";
    return 2;
  }
}
