// docs/layers.md is what the program prints.
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace kinglet {
namespace {

TEST(Layers, AreDocumentedAsTheProgramListsThem) {
  const ProgramResult result = RunProgram("layers");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, TextOf(KINGLET_SOURCE_DIR "/docs/layers.md"))
      << "update with: kinglet layers > docs/layers.md";
}

}  // namespace
}  // namespace kinglet
