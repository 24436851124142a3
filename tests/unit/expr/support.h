#pragma once
#include "signalbox/expressions.h"

#include <catch2/catch.hpp>

/// An evaluation with an input, a context object, variables and fixed randomness.
struct Around {
  explicit Around(std::string input_text) : input(parsed(std::move(input_text))) {}

  static signalbox::Json parsed(std::string text) {
    auto value = signalbox::Json::parse(std::move(text));
    if (!value) FAIL(value.error().message);
    return *value;
  }
  signalbox::EvaluationContext context() { return {input, context_object, variables, random, {}}; }

  signalbox::Json input;
  signalbox::Json context_object = parsed(R"({"Execution":{"Name":"run"},"StateMachine":{"Id":"arn:x","Name":"m"}})");
  signalbox::Json variables = parsed(R"({"v":{"a":[1,2]},"größe":3})");
  signalbox::RandomSource random{"key", "label"};
};
