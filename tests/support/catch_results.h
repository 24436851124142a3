#pragma once
/// Lets Catch print a Result of anything: `REQUIRE(engine.start("m"))` says why it failed.

#include "signalbox/result.h"

#include <catch2/catch.hpp>

#include <string>

namespace Catch {

template <class T>
struct StringMaker<boost::system::result<T, signalbox::Error>> {
  static std::string convert(const boost::system::result<T, signalbox::Error>& result) {
    return result.has_value() ? "a value" : "error: " + result.error().message + " " + result.error().where;
  }
};

}  // namespace Catch
