#pragma once
/// What every Store promises, checked on an empty one. Its tables are created by tests/unit/store/contract_tables.

#include "signalbox/store.h"

#include <string>
#include <vector>

namespace signalbox::testing {

inline constexpr Table contract_numbers{"contract_numbers", {KeyPart::Integer}};
inline constexpr Table contract_texts{"contract_texts", {KeyPart::Text}};
inline constexpr Table contract_mixed{"contract_mixed", {KeyPart::Text, KeyPart::Integer, KeyPart::Text}};
/// For stores that need their tables made.
inline constexpr const char* contract_schema =
    "CREATE TABLE contract_numbers (number INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "CREATE TABLE contract_texts (text TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE contract_mixed (name TEXT, number INTEGER, word TEXT, record BLOB NOT NULL, PRIMARY KEY (name, number, word)) WITHOUT "
    "ROWID;";

void check_store_contract(Store& store);

}  // namespace signalbox::testing
