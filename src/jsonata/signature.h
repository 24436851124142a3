#pragma once
/// What arguments a function takes: `<s-nn?:s>`.

#include "jsonata/value.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::jsonata::engine {

class Signature {
 public:
  /// Errors: S0401, S0402, at `position`.
  Signature(std::string_view text, std::uint32_t position);

  /// The arguments as the function shall see them: the context put in where one is left out, single values made arrays, missing ones undefined.
  /// Errors: T0410, T0411, T0412 without token and place.
  void apply(std::vector<Value>& arguments, const Value& context) const;

 private:
  struct Parameter {
    std::uint16_t types;  ///< bits, see type_bit
    bool optional = false;
    bool repeated = false;
    bool context = false;  ///< may be left out for the context
    bool array = false;
    char element = 0;  ///< type that all elements must have
  };
  [[nodiscard]] bool match(const std::vector<std::uint16_t>& types, std::size_t parameter, std::size_t argument,
                           std::vector<std::uint32_t>& taken) const;
  [[noreturn]] void refuse(const std::vector<Value>& arguments, const std::vector<std::uint16_t>& types) const;
  void take_array(const Parameter& parameter, Value& argument, std::size_t index) const;

  std::vector<Parameter> parameters_;
};

inline void check_signature(std::string_view text, std::uint32_t position) { (void)Signature(text, position); }

}  // namespace signalbox::jsonata::engine
