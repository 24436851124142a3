#include "jsonata/functions/library.h"

#include "jsonata/signature.h"

#include <algorithm>
#include <deque>

namespace signalbox::jsonata::engine {
namespace {

/// Sorted by name.
class Library {
 public:
  explicit Library(Profile profile) {
    list_string_functions(table_);
    list_matching_functions(table_);
    list_encoding_functions(table_);
    list_number_functions(table_);
    list_aggregate_functions(table_);
    list_array_functions(table_);
    list_object_functions(table_);
    list_higher_order_functions(table_);
    list_general_functions(table_);
    list_date_functions(table_);
    if (profile == Profile::Plain) list_plain_functions(table_);
    else list_step_functions_functions(table_);
    std::ranges::sort(table_, {}, &Builtin::name);
    for (Builtin& builtin : table_) {
      if (!builtin.signature.empty()) builtin.checked = &signatures_.emplace_back(builtin.signature, 0U);
    }
  }

  [[nodiscard]] const Builtin* find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(table_, name, {}, &Builtin::name);
    return found != table_.end() && found->name == name ? &*found : nullptr;
  }

 private:
  std::vector<Builtin> table_;
  std::deque<Signature> signatures_;
};

}  // namespace

const Builtin* find_plain_builtin(std::string_view name) {
  static const Library library(Profile::Plain);
  return library.find(name);
}

const Builtin* find_step_functions_builtin(std::string_view name) {
  static const Library library(Profile::StepFunctions);
  return library.find(name);
}

}  // namespace signalbox::jsonata::engine
