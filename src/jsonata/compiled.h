#pragma once
/// A parsed expression and all that it owns.

#include "jsonata/node.h"
#include "jsonata/regex.h"
#include "jsonata/signature.h"
#include "jsonata/symbols.h"
#include "jsonata/syntax.h"
#include "signalbox/jsonata.h"

#include <memory>
#include <string>
#include <vector>

namespace signalbox::jsonata {

struct Expression::Compiled {
  Compiled(std::string_view source, Profile in_profile, engine::Symbols known)
      : text(source), profile(in_profile), arena(1024 + source.size() * 12), symbols(std::move(known)) {}

  std::string text;
  Profile profile;
  engine::Arena arena;
  engine::Symbols symbols;
  std::vector<std::unique_ptr<const engine::Regex>> regexes;
  std::vector<std::unique_ptr<const engine::Signature>> signatures;
  std::vector<Reference> references;
  const engine::Node* root = nullptr;
};

}  // namespace signalbox::jsonata

namespace signalbox::jsonata::engine {

/// Fills root, references and the rest of `compiled` from its text. Errors: S0…, Unsupported.
void compile(Expression::Compiled& compiled);

}  // namespace signalbox::jsonata::engine
