#pragma once
/// Lets Catch print a Result, whatever it holds: its error, or that it has a value.

#include "signalbox/result.h"

#include <catch2/catch.hpp>

#include <string>

template <class T>
struct Catch::StringMaker<boost::system::result<T, signalbox::Error>> {
  static std::string convert(const boost::system::result<T, signalbox::Error>& result) {
    return result ? std::string("a value") : "error: " + result.error().message;
  }
};
