#pragma once
// What nearly every test of a module without I/O reads, precompiled once for all of them.
#include <base/precompiled.h>
#include <catch2/catch.hpp>
