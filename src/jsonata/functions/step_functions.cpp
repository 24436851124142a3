/// What AWS Step Functions adds to the library. Spec: Transforming data with JSONata in Step Functions, JSONata functions provided.

#include "jsonata/functions/library.h"
#include "jsonata/materialise.h"

#include "signalbox/encoding.h"

#include <array>
#include <cmath>
#include <cstring>
#include <optional>

namespace signalbox::jsonata::engine {
namespace {

[[noreturn]] void refuse(std::string message, const Value& value) {
  raise(Raised{.failure = {.message = std::move(message), .value = to_json(value)}});
}

Value partition(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return {};
  const double wanted = std::trunc(arguments[1].number());
  if (!(wanted >= 1)) refuse("The second argument of the partition function must be a positive integer", arguments[1]);
  const std::size_t count = arguments[0].size();
  const std::size_t size = wanted >= static_cast<double>(count) ? std::max<std::size_t>(count, 1) : static_cast<std::size_t>(wanted);
  ArrayCell* const parts = ArrayCell::make(false);
  Value result = Value::adopt(parts);
  for (std::size_t from = 0; from < count; from += size) {
    ArrayCell* const part = ArrayCell::make(false);
    Value held = Value::adopt(part);
    for (std::size_t i = from; i < std::min(from + size, count); ++i) {
      context.evaluator.tick();
      part->push(arguments[0].element(i));
    }
    parts->push(std::move(held));
  }
  return result;
}

/// From first to last by steps of delta, last included when hit. All three are cut to whole numbers.
Value range(const CallContext& context, std::span<Value> arguments) {
  for (const Value& argument : arguments) {
    if (argument.is_undefined()) return {};
  }
  const double first = std::trunc(arguments[0].number()), last = std::trunc(arguments[1].number()),
               delta = std::trunc(arguments[2].number());
  if (!std::isfinite(first) || !std::isfinite(last) || !std::isfinite(delta) || delta == 0) {
    refuse("The third argument of the range function must be an integer other than 0", arguments[2]);
  }
  ArrayCell* const numbers = ArrayCell::make(true);
  Value result = Value::adopt(numbers);
  const double steps = std::floor((last - first) / delta);
  for (double i = 0; i <= steps; ++i) {
    context.evaluator.tick();
    numbers->push(Value(first + i * delta));
  }
  return result;
}

std::optional<DigestAlgorithm> algorithm_of(std::string_view name) {
  if (name == "MD5") return DigestAlgorithm::Md5;
  if (name == "SHA-1") return DigestAlgorithm::Sha1;
  if (name == "SHA-256") return DigestAlgorithm::Sha256;
  if (name == "SHA-384") return DigestAlgorithm::Sha384;
  if (name == "SHA-512") return DigestAlgorithm::Sha512;
  return std::nullopt;
}

Value hash(const CallContext&, std::span<Value> arguments) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return {};
  const auto algorithm = algorithm_of(arguments[1].text());
  if (!algorithm) refuse("The second argument of the hash function must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512", arguments[1]);
  return make_string(hex_encode(digest(*algorithm, arguments[0].text())));
}

/// java.util.Random(seed).nextDouble(), as AWS draws it.
double seeded_random(std::int64_t seed) {
  constexpr std::uint64_t multiplier = 0x5DEECE66DULL, mask = (1ULL << 48U) - 1;
  std::uint64_t state = (static_cast<std::uint64_t>(seed) ^ multiplier) & mask;
  const auto next = [&state](unsigned bits) {
    state = (state * multiplier + 0xB) & mask;
    return state >> (48U - bits);
  };
  const std::uint64_t high = next(26);
  return static_cast<double>((high << 27U) + next(27)) / 9007199254740992.0;
}

Value random(const CallContext& context, std::span<Value> arguments) {
  if (!arguments[0].is_undefined()) {
    const double seed = std::isnan(arguments[0].number()) ? 0 : std::trunc(arguments[0].number());
    const double bounded = std::min(std::max(seed, -9223372036854775808.0), 9223372036854774784.0);
    return Value(seeded_random(static_cast<std::int64_t>(bounded)));
  }
  const auto bytes = context.evaluator.fresh_bytes();
  std::uint64_t drawn = 0;
  std::memcpy(&drawn, bytes.data(), sizeof drawn);
  return Value(static_cast<double>(drawn >> 11U) / 9007199254740992.0);
}

Value uuid(const CallContext& context, std::span<Value>) { return make_string(uuid_v4(context.evaluator.fresh_bytes()).value); }

Value parse(const CallContext& context, std::span<Value> arguments) {
  if (arguments[0].is_undefined()) return {};
  auto parsed = Json::parse(std::string(arguments[0].text()));
  if (!parsed) refuse(parsed.error().message, arguments[0]);
  return context.evaluator.keep(parsed->rebuilt());
}

}  // namespace

void list_step_functions_functions(std::vector<Builtin>& table) {
  table.insert(table.end(), {{"partition", "<an:a>", 2, partition},
                             {"range", "<nnn:a>", 3, range},
                             {"hash", "<ss:s>", 2, hash},
                             {"random", "<n?:n>", 1, random},
                             {"uuid", "<:s>", 0, uuid},
                             {"parse", "<s:x>", 1, parse}});
}

}  // namespace signalbox::jsonata::engine
