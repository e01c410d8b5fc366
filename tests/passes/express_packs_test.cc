#include <gtest/gtest.h>

#include "passes/passes.h"
#include "tests/support/rewrite_testing.h"

namespace kinglet {
namespace {

TEST(ExpressPacks, ConcatenatesRowsAndReshapesOnce) {
  ExpectRewrite(ExpressPacks,
                "in a = a : float32[1x3]\nin b = b : float32[1x3]\n"
                "y : float32[1x2x3] = pack(a, b) axis=1\nout output_0 = y\n",
                "in a = a : float32[1x3]\nin b = b : float32[1x3]\n"
                "c : float32[1x6] = concatenation(a, b) axis=1\n"
                "y : float32[1x2x3] = reshape(c) shape=[1,2,3]\nout output_0 = y\n");
}

TEST(ExpressPacks, ConcatenatesBlocksBehindAxesOfSizeOne) {
  ExpectRewrite(ExpressPacks,
                "in a = a : float32[1x2x3]\n"
                "y : float32[1x3x2x3] = pack(a, a, a) axis=1\nout output_0 = y\n",
                "in a = a : float32[1x2x3]\n"
                "c : float32[1x6x3] = concatenation(a, a, a) axis=1\n"
                "y : float32[1x3x2x3] = reshape(c) shape=[1,3,2,3]\nout output_0 = y\n");
  ExpectRewrite(ExpressPacks,
                "in a = a : float32[1x1]\n"
                "y : float32[1x1x2] = pack(a, a) axis=2\nout output_0 = y\n",
                "in a = a : float32[1x1]\n"
                "c : float32[1x2] = concatenation(a, a) axis=1\n"
                "y : float32[1x1x2] = reshape(c) shape=[1,1,2]\nout output_0 = y\n");
}

TEST(ExpressPacks, JoinsTenAtATime) {
  ExpectRewrite(ExpressPacks,
                "in a = a : float32[1x3]\n"
                "y : float32[1x11x3] = pack(a, a, a, a, a, a, a, a, a, a, a) axis=1\n"
                "out output_0 = y\n",
                "in a = a : float32[1x3]\n"
                "c : float32[1x30] = concatenation(a, a, a, a, a, a, a, a, a, a) axis=1\n"
                "e : float32[1x33] = concatenation(c, a) axis=1\n"
                "y : float32[1x11x3] = reshape(e) shape=[1,11,3]\nout output_0 = y\n");
}

TEST(ExpressPacks, ReshapesEveryOperandBehindOtherAxes) {
  ExpectRewrite(ExpressPacks,
                "in a = a : float32[1x2x3]\nin b = b : float32[1x2x3]\n"
                "y : float32[1x2x2x3] = pack(a, b) axis=2\nout output_0 = y\n",
                "in a = a : float32[1x2x3]\nin b = b : float32[1x2x3]\n"
                "c : float32[1x2x1x3] = reshape(a) shape=[1,2,1,3]\n"
                "d : float32[1x2x1x3] = reshape(b) shape=[1,2,1,3]\n"
                "y : float32[1x2x2x3] = concatenation(c, d) axis=2\nout output_0 = y\n");
}

}  // namespace
}  // namespace kinglet
