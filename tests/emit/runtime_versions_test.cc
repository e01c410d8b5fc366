#include "emit/runtime_versions.h"

#include <gtest/gtest.h>

namespace kinglet {
namespace {

using tflite::BuiltinOperator_ADD;
using tflite::BuiltinOperator_CONV_2D;
using tflite::BuiltinOperator_FULLY_CONNECTED;
using tflite::BuiltinOperator_RESHAPE;

TEST(OldestRuntime, IsTheNewestThatAnOperatorNeeds) {
  EXPECT_EQ(OldestRuntime({}), "1.13.0");
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_RESHAPE, 1}}), "1.13.0");
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_ADD, 2}}), "1.14.0");
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_ADD, 2}, {BuiltinOperator_CONV_2D, 5}}),
            "2.4.0");
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_CONV_2D, 5}, {BuiltinOperator_ADD, 2}}),
            "2.4.0");
}

TEST(OldestRuntime, ComparesMinorVersionsAsNumbers) {
  EXPECT_EQ(OldestRuntime(
                {{BuiltinOperator_CONV_2D, 6}, {BuiltinOperator_FULLY_CONNECTED, 12}}),
            "2.17.0");
}

TEST(OldestRuntime, CountsAVersionBetweenTwoRowsAsTheLower) {
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_CONV_2D, 4}}), "1.14.0");
  EXPECT_EQ(OldestRuntime({{BuiltinOperator_CONV_2D, 1}}), "1.13.0");
}

}  // namespace
}  // namespace kinglet
