#pragma once
// What nearly every test of a module with I/O reads, precompiled once for all of them.
#include <http/precompiled.h>
#include <catch2/catch.hpp>
