#include "base/check.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace kinglet {

void CheckFailed(std::string_view what, const char* file, int line) {
  fmt::print(stderr, "{}:{}: check failed: {}\n", file, line, what);
  std::abort();
}

}  // namespace kinglet
