// Against roundings in double precision.
#include "quantize/dither.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ir/text.h"
#include "run/executor.h"
#include "tests/support/operations.h"

namespace kinglet {
namespace {

constexpr int kPlaces = 3;
constexpr double kCoarseStep = 0.1;   // of y
constexpr double kFineStep = 0.0125;  // of z

/// y is x in steps of 0.1, not below zero; z is what `reader` makes of it in finer steps.
Graph TwoLayers(const std::string& reader, const std::string& more = "") {
  return Parse(
      "in input = x : int8[1x3x1x1] q{0.01/0}\n"
      "const w : int8[1x1x1x1] q{0.01/0} = 100\n"
      "const b : int32[1] q{0.0001/0} = 0\n"
      "y : int8[1x3x1x1] q{0.1/-128} = conv_2d(x, w, b) activation=relu\n"
      "const c : int32[1] q{0.001/0} = -400\n" +
      reader + more + "out output_0 = z\n");
}

const char* const kDenseReader =
    "const v : int8[1x1] q{0.01/0} = 50\n"
    "z : int8[1x3x1x1] q{0.0125/0} = fully_connected(y, v, c)\n";

const char* const kPaddedReader =
    "const v : int8[1x3x1x1] q{0.01/0} = 50 50 50\n"
    "z : int8[1x3x1x1] q{0.0125/0} = conv_2d(y, v, c) padding=same\n";

Tensor Image(int first) {
  Tensor x(DType::kInt8, {1, kPlaces, 1, 1});
  for (int i = 0; i < kPlaces; ++i) {
    x.Data<std::int8_t>()[static_cast<std::size_t>(i)] =
        static_cast<std::int8_t>(first + 17 * i);
  }
  return x;
}

/// x rounded to a part of a step.
double Finely(std::int8_t x, int copies) {
  const double step = kCoarseStep / copies;
  return std::max(0.0, std::round(0.01 * x / step) * step);
}

/// 0.5 y - 0.4, y what `taps` places around hold.
int Expected(const Tensor& x, int place, int taps, int copies) {
  double sum = -0.4;
  for (int i = place - taps / 2; i <= place + taps / 2; ++i) {
    if (i < 0 || i >= kPlaces) continue;
    sum += 0.5 * Finely(x.Data<std::int8_t>()[static_cast<std::size_t>(i)], copies);
  }
  return static_cast<int>(std::clamp(std::round(sum / kFineStep), -128.0, 127.0));
}

void ExpectFineSteps(const char* reader, int taps, int copies) {
  const Graph graph = TwoLayers(reader);
  const Graph dithered = WithDitheredResults(graph, {{"y", copies}}).graph;
  ASSERT_EQ(StructureProblem(dithered), std::nullopt);
  const Executor executor(dithered);
  auto context = executor.NewContext();
  for (int first = -60; first <= 90; ++first) {
    const std::vector<Tensor> x = {Image(first)};
    const Tensor z = executor.Run(context, x)[0];
    for (int place = 0; place < kPlaces; ++place) {
      EXPECT_EQ(z.Data<std::int8_t>()[static_cast<std::size_t>(place)],
                Expected(x[0], place, taps, copies))
          << first << " " << place;
    }
  }
}

TEST(Dither, MakesStepsFinerForDenseLayers) {
  for (const int copies : {2, 4}) ExpectFineSteps(kDenseReader, 1, copies);
}

TEST(Dither, MakesStepsFinerForConvolutionsThatPad) {
  for (const int copies : {2, 4}) ExpectFineSteps(kPaddedReader, 3, copies);
}

TEST(Dither, KeepsTheOffsetsOfItsCopies) {
  const DitheredGraph dithered =
      WithDitheredResults(TwoLayers(kDenseReader), {{"y", 4}, {"nobody", 2}});
  ASSERT_EQ(dithered.copies.size(), 4U);
  double offset = -0.375;
  for (const auto& [name, copy] : dithered.copies) {
    EXPECT_EQ(copy.of, "y") << name;
    EXPECT_NEAR(copy.offset, offset * kCoarseStep, 1e-7) << name;
    offset += 0.25;
  }
}

TEST(Dither, IsFollowedUpToThoseWhoTakeCopiesTogether) {
  const Graph graph = TwoLayers(
      "t : int8[1x3x1x1] q{0.0078125/0} = tanh(y)\n"
      "const v : int8[1x1x1x1] q{0.01/0} = 50\n"
      "z : int8[1x3x1x1] q{0.0125/0} = conv_2d(t, v, c)\n");
  EXPECT_EQ(Operations(WithDitheredResults(graph, {{"y", 2}, {"t", 2}}).graph),
            "conv_2d conv_2d tanh tanh concatenation conv_2d");
  EXPECT_EQ(Operations(WithDitheredResults(graph, {{"y", 2}}).graph),
            "conv_2d tanh conv_2d");
  EXPECT_EQ(Operations(WithDitheredResults(graph, {{"t", 2}}).graph),
            "conv_2d tanh conv_2d");
}

TEST(Dither, LeavesTheResultAsItWasToOtherReaders) {
  const Graph graph = TwoLayers(kDenseReader, "out output_1 = y\n");
  const Graph dithered = WithDitheredResults(graph, {{"y", 2}}).graph;
  EXPECT_EQ(Operations(dithered),
            "conv_2d conv_2d conv_2d concatenation fully_connected");
  const std::vector<Tensor> x = {Image(23)};
  const auto outputs = [&x](const Graph& of) {
    const Executor executor(of);
    auto context = executor.NewContext();
    return executor.Run(context, x);
  };
  const Tensor y = outputs(graph)[0];
  const Tensor same = outputs(dithered)[0];
  EXPECT_TRUE(std::ranges::equal(y.Data<std::int8_t>(), same.Data<std::int8_t>()));
}

TEST(Dither, ComesBackAsTheMeanOfFloats) {
  const Graph graph = TwoLayers("z : float32[1x3x1x1] = dequantize(y)\n");
  const auto [dithered, copies, float_operators] = WithDitheredResults(graph, {{"y", 4}});
  EXPECT_EQ(float_operators, std::vector<std::string>{"z (mean)"});
  EXPECT_EQ(Operations(dithered),
            "conv_2d conv_2d conv_2d conv_2d concatenation dequantize mean");
  const Executor executor(dithered);
  auto context = executor.NewContext();
  const std::vector<Tensor> x = {Image(37)};
  const Tensor z = executor.Run(context, x)[0];
  for (std::size_t i = 0; i < kPlaces; ++i) {
    EXPECT_NEAR(z.Data<float>()[i], Finely(x[0].Data<std::int8_t>()[i], 4), 1e-6);
  }
}

/// A dead channel's scale is so small that a step is more than the bias can hold.
TEST(Dither, LeavesABiasThatWouldOverflow) {
  const Graph graph = Parse(
      "in input = x : int8[1x1] q{0.01/0}\nconst w : int8[1x1] q{1e-12/0} = 0\n"
      "const b : int32[1] q{1e-14/0} = 5\n"
      "y : int8[1x1] q{0.1/-128} = fully_connected(x, w, b)\n"
      "z : float32[1x1] = dequantize(y)\nout output_0 = z\n");
  const Graph dithered = WithDitheredResults(graph, {{"y", 2}}).graph;
  const Node& copy = dithered.nodes[0];
  EXPECT_EQ(dithered[copy.inputs[2]].constant->Data<std::int32_t>()[0], 5);
}

TEST(TakesCopies, IsForSumsOverAllChannelsThatStayIn32Bits) {
  const auto takes = [](const std::string& bias) {
    const Graph graph = Parse(
        "in input = x : int8[1x1] q{0.01/0}\nconst w : int8[1x1] q{0.01/0} = 1\n"
        "const b : int32[1] q{0.0001/0} = " +
        bias + "\ny : int8[1x1] q{0.1/0} = fully_connected(x, w, b)\nout output_0 = y\n");
    return TakesCopies(graph, graph.nodes[0], 0);
  };
  EXPECT_TRUE(takes("500000000"));
  EXPECT_FALSE(takes("536870000"));
  const Graph depthwise = Parse(
      "in input = x : int8[1x1x1x1] q{0.01/0}\n"
      "const w : int8[1x1x1x2] q{0.01/0} = 1 1\n"
      "y : int8[1x1x1x2] q{0.1/0} = depthwise_conv_2d(x, w)\nout output_0 = y\n");
  EXPECT_FALSE(TakesCopies(depthwise, depthwise.nodes[0], 0));
  EXPECT_TRUE(CanBeDithered(depthwise, depthwise.nodes[0]));
}

}  // namespace
}  // namespace kinglet
