#include "base/wildcard.h"

#include <catch2/catch.hpp>

#include <string>

using signalbox::Escapes;
using signalbox::fits_wildcards;
using signalbox::Wildcards;

TEST_CASE("a star stands for any characters, everything else for itself") {
  CHECK(fits_wildcards("", ""));
  CHECK_FALSE(fits_wildcards("", "a"));
  CHECK(fits_wildcards("*", ""));
  CHECK(fits_wildcards("a*c", "ac"));
  CHECK(fits_wildcards("a*c", "abcbc"));
  CHECK_FALSE(fits_wildcards("a*c", "abcb"));
  CHECK(fits_wildcards("*ab*ab", "xabaabab"));
  CHECK(fits_wildcards("**", "x"));
  CHECK_FALSE(fits_wildcards("abc", "ab"));
  CHECK_FALSE(fits_wildcards("ab?", "abc"));
  CHECK(fits_wildcards("a\\*", "a\\b"));
}

TEST_CASE("a backslash takes wildcards and backslashes literally, and only those") {
  const Wildcards escaping{.escapes = Escapes::Special};
  CHECK(fits_wildcards("a\\*b", "a*b", escaping));
  CHECK_FALSE(fits_wildcards("a\\*b", "axb", escaping));
  CHECK(fits_wildcards("a\\\\b", "a\\b", escaping));
  CHECK(fits_wildcards("a\\nb", "a\\nb", escaping));
  CHECK(fits_wildcards("a\\", "a\\", escaping));
  CHECK(fits_wildcards("*\\**", "x*y", escaping));
}

TEST_CASE("a backslash takes whatever comes next literally, if that is wanted") {
  const Wildcards escaping{.escapes = Escapes::Any};
  CHECK(fits_wildcards("a\\nb\\*", "anb*", escaping));
  CHECK_FALSE(fits_wildcards("a\\nb", "a\\nb", escaping));
  CHECK(fits_wildcards("a\\", "a\\", escaping));
}

TEST_CASE("one character, and letters without regard to case, if wanted") {
  CHECK(fits_wildcards("a?c", "abc", {.one = '?'}));
  CHECK_FALSE(fits_wildcards("a?c", "ac", {.one = '?'}));
  CHECK(fits_wildcards("A*z", "abZ", {.without_case = true}));
  CHECK_FALSE(fits_wildcards("A*z", "abZ"));
  CHECK_FALSE(fits_wildcards("ab", std::string("a\0", 2)));
}

TEST_CASE("many stars in vain cost the product of the lengths, not more") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  CHECK_FALSE(fits_wildcards(pattern + "b", std::string(20'000, 'a')));
}
