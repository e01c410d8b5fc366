#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(DropSlicedAxes, LeavesTheAxisOutWhileSlicing) {
  ExpectRewrite(DropSlicedAxes,
                "in x = x : float32[1x5x3]\n"
                "s : float32[1x1x3] = strided_slice(x) begin=[0,2,0] end=[1,3,3] "
                "strides=[1,1,1]\n"
                "y : float32[1x3] = reshape(s) shape=[1,3]\nout output_0 = y\n",
                "in x = x : float32[1x5x3]\n"
                "y : float32[1x3] = strided_slice(x) begin=[0,2,0] end=[1,3,3] "
                "strides=[1,1,1] dropped=[1]\nout output_0 = y\n");
}

TEST(DropSlicedAxes, LeavesSeveralAxesOut) {
  ExpectRewrite(DropSlicedAxes,
                "in x = x : float32[1x5x4x3]\n"
                "s : float32[1x1x4x1] = strided_slice(x) begin=[0,4,0,1] end=[1,3,4,2] "
                "strides=[1,-1,1,1]\n"
                "y : float32[1x4] = reshape(s) shape=[1,4]\nout output_0 = y\n",
                "in x = x : float32[1x5x4x3]\n"
                "y : float32[1x4] = strided_slice(x) begin=[0,4,0,1] end=[1,3,4,2] "
                "strides=[1,-1,1,1] dropped=[1,3]\nout output_0 = y\n");
}

TEST(DropSlicedAxes, LeavesOtherReshapes) {
  ExpectUnchanged(DropSlicedAxes,
                  "in x = x : float32[1x5x4]\n"
                  "s : float32[1x2x4] = strided_slice(x) begin=[0,2,0] end=[1,4,4] "
                  "strides=[1,1,1]\n"
                  "y : float32[1x8] = reshape(s) shape=[1,8]\nout output_0 = y\n");
}

TEST(DropSlicedAxes, LeavesASliceWithAnotherReader) {
  ExpectUnchanged(DropSlicedAxes,
                  "in x = x : float32[1x5x3]\n"
                  "s : float32[1x1x3] = strided_slice(x) begin=[0,2,0] end=[1,3,3] "
                  "strides=[1,1,1]\n"
                  "y : float32[1x3] = reshape(s) shape=[1,3]\n"
                  "out output_0 = y\nout output_1 = s\n");
}

TEST(DropSlicedAxes, TurnsOverWhatAReductionDoesWithItsAxes) {
  ExpectRewrite(DropSlicedAxes,
                "in x = x : float32[1x5x4x3]\n"
                "m : float32[1x1x1x3] = mean(x) axes=[1,2] keep_dims=true\n"
                "y : float32[1x3] = reshape(m) shape=[1,3]\n"
                "s : float32[1x4x3] = sum(x) axes=[1]\n"
                "z : float32[1x1x4x3] = reshape(s) shape=[1,1,4,3]\n"
                "out output_0 = y\nout output_1 = z\n",
                "in x = x : float32[1x5x4x3]\n"
                "y : float32[1x3] = mean(x) axes=[1,2]\n"
                "z : float32[1x1x4x3] = sum(x) axes=[1] keep_dims=true\n"
                "out output_0 = y\nout output_1 = z\n");
}

TEST(DropSlicedAxes, LeavesAReductionWhoseReshapeDoesMore) {
  ExpectUnchanged(DropSlicedAxes,
                  "in x = x : float32[1x5x4x3]\n"
                  "m : float32[1x1x4x3] = reduce_max(x) axes=[1] keep_dims=true\n"
                  "y : float32[1x12] = reshape(m) shape=[1,12]\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
