/// Any text either is refused or is carried byte for byte, and what is built from it reads back equal.

#include "signalbox/json.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = signalbox::Json::parse(text);
  if (!value) return 0;
  if (value->text() != text) std::abort();
  const signalbox::Json wrapped = value->is_object()  ? value->with("added", 1).without("added")
                                  : value->is_array() ? signalbox::Json(value->elements())
                                                      : *value;
  const auto again = signalbox::Json::parse(wrapped.text());
  if (!again || wrapped.text_bytes() != wrapped.text().size()) std::abort();
  // What had a member called "added" lost it.
  if (!(value->is_object() && value->find("added") != nullptr) && !(*again == *value)) std::abort();
  return 0;
}
