// Ranges are given by the values' names; a value without one was never computed.
#include "quantize/assign_params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ir/text.h"
#include "quantize/params.h"

namespace kinglet {
namespace {

using RangesByName = std::map<std::string, Range>;

class Plan {
 public:
  Plan(const std::string& text, const RangesByName& ranges) : graph_(Parse(text)) {
    Ranges by_id(graph_.values.size());
    for (std::size_t i = 0; i < by_id.size(); ++i) {
      const auto found = ranges.find(graph_.values[i].name);
      if (found != ranges.end()) by_id[i] = found->second;
    }
    plan_ = AssignParams(graph_, by_id);
  }

  QuantParams operator[](const std::string& name) const {
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.values[i].name == name) {
        return plan_.params[i].value_or(QuantParams{-1, 0});
      }
    }
    return {-2, 0};
  }
  [[nodiscard]] const ParamsPlan& plan() const { return plan_; }

 private:
  Graph graph_;
  ParamsPlan plan_;
};

constexpr Range kOne = {0, 1};
constexpr Range kTwo = {-2, 2};
constexpr Range kFour = {-4, 4};
constexpr Range kNine = {-9, 9};
const QuantParams kLogistic = {1 / 256.0F, -128};

TEST(AssignParams, GivesCalculatedResultsTheirOwnRange) {
  const Plan plan(
      "in input = x : float32[1x2]\ny : float32[1x2] = add(x, x)\n"
      "out output_0 = y\n",
      {{"x", kOne}, {"y", kTwo}});
  EXPECT_EQ(plan["x"], ActivationParams(kOne));
  EXPECT_EQ(plan["y"], ActivationParams(kTwo));
}

TEST(AssignParams, GivesFixedResultsWhatTheyAlwaysHave) {
  const Plan plan(
      "in input = x : float32[1x2]\na : float32[1x2] = logistic(x)\n"
      "b : float32[1x2] = softmax(a)\nc : float32[1x2] = tanh(b)\n"
      "out output_0 = c\n",
      {{"x", kOne}, {"a", kTwo}, {"b", kTwo}, {"c", kTwo}});
  EXPECT_EQ(plan["a"], kLogistic);
  EXPECT_EQ(plan["b"], kLogistic);
  EXPECT_EQ(plan["c"], (QuantParams{1 / 128.0F, 0}));
}

TEST(AssignParams, HandsParametersThroughWhatOnlyMovesOrSelects) {
  const Plan plan(
      "in input = x : float32[1x2x2x1]\n"
      "a : float32[1x2x2x1] = transpose(x) perm=[0,2,1,3]\n"
      "b : float32[1x1x1x1] = max_pool_2d(a) filter_h=2 filter_w=2\n"
      "c : float32[1x1] = reshape(b) shape=[1,1]\nout output_0 = c\n",
      {{"x", kFour}, {"a", kFour}, {"b", kOne}, {"c", kOne}});
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(plan[name], plan["x"]) << name;
}

TEST(AssignParams, HandsFixedParametersThroughAReshape) {
  const Plan plan(
      "in input = x : float32[1x2]\na : float32[1x2] = logistic(x)\n"
      "b : float32[2] = reshape(a) shape=[2]\nout output_0 = b\n",
      {{"x", kOne}, {"a", kOne}, {"b", kTwo}});
  EXPECT_EQ(plan["b"], kLogistic);
}

constexpr const char* kConcatenation =
    "in input = x : float32[1x2]\n"
    "a : float32[1x2] = exp(x)\nb : float32[1x2] = reshape(x) shape=[1,2]\n"
    "c : float32[1x4] = concatenation(a, b) axis=1\nout output_0 = c\n";

TEST(AssignParams, GivesSeveralOperandsTheRangeOfTheirResult) {
  const Plan plan(kConcatenation, {{"x", kTwo}, {"a", kOne}, {"b", kTwo}, {"c", kFour}});
  for (const char* name : {"x", "a", "b", "c"}) {
    EXPECT_EQ(plan[name], ActivationParams(kFour)) << name;
  }
}

TEST(AssignParams, LetsTheLastOfAChainOfConcatenationsDecide) {
  const Plan plan(
      "in input = x : float32[1x2]\n"
      "a : float32[1x2] = exp(x)\n"
      "c : float32[1x2] = maximum(a, a)\n"
      "d : float32[1x2] = minimum(c, c)\nout output_0 = d\n",
      {{"x", kTwo}, {"a", kNine}, {"c", kFour}, {"d", kOne}});
  for (const char* name : {"a", "c", "d"}) {
    EXPECT_EQ(plan[name], ActivationParams(kOne)) << name;
  }
}

TEST(AssignParams, LeavesAMapBetweenFloatsInFloat) {
  const auto quantized = [](const std::string& text) {
    return Plan("in input = x : float32[1x2]\n" + text,
                {{"x", kFour}, {"a", kFour}, {"y", kFour}, {"z", kFour}})
        .plan()
        .quantized_nodes;
  };
  const std::string elu = "a : float32[1x2] = elu(x)\n";
  const std::string map = "y : float32[1x2] = leaky_relu(a) alpha=0.5\n";
  const std::string y = "out output_0 = y\n";
  using testing::ElementsAre;
  EXPECT_THAT(quantized(elu + map + y), ElementsAre(false, false));
  EXPECT_THAT(quantized(elu + map + "z : float32[1x2] = sin(y)\nout output_0 = z\n"),
              ElementsAre(false, false, false));
  // Something that computes in integers on either side, or more than a map.
  EXPECT_THAT(
      quantized(elu + map + "z : float32[1x2] = add(y, y)\n" + y + "out output_1 = z\n"),
      ElementsAre(false, true, true));
  EXPECT_THAT(quantized("a : float32[1x2] = tanh(x)\n" + map + y),
              ElementsAre(true, true));
  EXPECT_THAT(quantized(elu + "y : float32[1x2] = add(a, x)\n" + y),
              ElementsAre(false, true));
  EXPECT_THAT(quantized(elu + "y : float32[1x1] = mean(a) axes=[1] keep_dims=true\n" + y),
              ElementsAre(false, true));
}

// TensorFlow has ELU in float everywhere, which rounds nothing where its operand comes in
// float or its result goes out so, as behind a reshape.
TEST(AssignParams, HasEluInIntegersBetweenIntegersAlone) {
  const auto quantized = [](const std::string& text) {
    return Plan("in input = x : float32[1x2]\n" + text,
                {{"x", kFour}, {"a", kOne}, {"y", kFour}, {"r", kFour}, {"z", kOne}})
        .plan()
        .quantized_nodes;
  };
  const std::string tanh = "a : float32[1x2] = tanh(x)\n";
  const std::string elu = "y : float32[1x2] = elu(a)\n";
  const std::string reshape = "r : float32[2] = reshape(y) shape=[2]\n";
  using testing::ElementsAre;
  EXPECT_THAT(quantized(tanh + elu + "z : float32[1x2] = tanh(y)\nout output_0 = z\n"),
              ElementsAre(true, true, true));
  EXPECT_THAT(
      quantized(tanh + elu + reshape + "z : float32[2] = tanh(r)\nout output_0 = z\n"),
      ElementsAre(true, true, true, true));
  EXPECT_THAT(quantized("y : float32[1x2] = elu(x)\n"
                        "z : float32[1x2] = add(y, y)\nout output_0 = z\n"),
              ElementsAre(false, true));
  EXPECT_THAT(quantized(tanh + elu + "out output_0 = y\n"), ElementsAre(true, false));
  EXPECT_THAT(quantized(tanh + elu + reshape + "out output_0 = r\n"),
              ElementsAre(true, false, false));
}

// Below, x is cut to -4..0 by the minimum; its other reader needs 0..2 as well.
TEST(AssignParams, LeavesAnOperandOfAComparisonToItsOtherReaders) {
  const std::string text =
      "in input = x : float32[1x2]\nconst c : float32[1] = 0\n"
      "m : float32[1x2] = minimum(x, c)\ny : float32[1x2] = exp(m)\n";
  const RangesByName ranges = {{"x", kFour}, {"m", {-4, 0}}, {"y", kOne}, {"z", kOne}};
  const Plan shared(text +
                        "z : float32[1x2] = tanh(x)\nout output_0 = y\n"
                        "out output_1 = z\n",
                    ranges);
  EXPECT_EQ(shared["x"], ActivationParams(kFour));
  EXPECT_EQ(shared["m"], ActivationParams(kFour));
  const Plan alone(text + "out output_0 = y\n", ranges);
  EXPECT_EQ(alone["x"], ActivationParams({-4, 0}));
}

// Behind a reshape, so that the shared operand has no range of its own that counts.
TEST(AssignParams, LeavesAMovedOperandOfAComparisonToItsOtherReaders) {
  const Plan plan(
      "in input = x : float32[1x2]\nconst c : float32[1] = 1\n"
      "const d : float32[1] = -1\ny : float32[2] = reshape(x) shape=[2]\n"
      "m : float32[2] = minimum(y, c)\nn : float32[2] = maximum(m, d)\n"
      "z : float32[2] = sub(y, n)\nout output_0 = z\n",
      {{"x", kFour}, {"y", kFour}, {"m", kOne}, {"n", kOne}, {"z", kTwo}});
  EXPECT_EQ(plan["x"], ActivationParams(kFour));
  EXPECT_EQ(plan["y"], ActivationParams(kFour));
  EXPECT_EQ(plan["m"], ActivationParams(kOne));
  EXPECT_EQ(plan["n"], ActivationParams(kOne));
}

TEST(AssignParams, LeavesBothOperandsOfAMinimumToTheirOtherReaders) {
  const std::string text =
      "in input = x : float32[1x2]\ny : float32[1x2] = exp(x)\n"
      "m : float32[1x2] = minimum(x, y)\n";
  const RangesByName ranges = {{"x", kFour}, {"y", kNine}, {"m", kOne}, {"z", kTwo}};
  const Plan shared(text +
                        "z : float32[1x2] = add(y, y)\nout output_0 = m\n"
                        "out output_1 = z\n",
                    ranges);
  EXPECT_EQ(shared["x"], ActivationParams(kFour));  // the exponential reads it as well
  EXPECT_EQ(shared["y"], ActivationParams(kNine));
  EXPECT_EQ(shared["m"], ActivationParams(kOne));
  const Plan alone(text + "out output_0 = m\n", ranges);
  EXPECT_EQ(alone["y"], ActivationParams(kOne));
}

// One that would hardly be cut gives way, and another reader finds it cut: it keeps that.
TEST(AssignParams, GivesAnOperandOfAChoiceAndAMinimumTheWiderRange) {
  const Plan plan(
      "in input = x : float32[1x2]\ny : float32[1x2] = exp(x)\n"
      "z : float32[1x2] = log(x)\nb : bool[1x2] = relational(y, z) kind=greater\n"
      "s : float32[1x2] = select(b, y, z)\nm : float32[1x2] = minimum(y, z)\n"
      "out output_0 = s\nout output_1 = m\n",
      {{"x", kOne}, {"y", kFour}, {"z", kFour}, {"s", {-3.9F, 4}}, {"m", kOne}});
  for (const char* name : {"y", "z", "s"}) {
    EXPECT_EQ(plan[name], ActivationParams({-3.9F, 4})) << name;
  }
  EXPECT_EQ(plan["m"], ActivationParams(kOne));
}

// What the result lacks, no reader misses.
TEST(AssignParams, CutsWhatEveryReaderCuts) {
  const Plan parts(
      "in input = x : float32[1x4]\n"
      "a : float32[1x1] = strided_slice(x) begin=[0,0] end=[1,1] strides=[1,1]\n"
      "b : float32[1x1] = strided_slice(x) begin=[0,1] end=[1,2] strides=[1,1]\n"
      "c : float32[1x2] = concatenation(a, b) axis=1\nout output_0 = c\n",
      {{"x", kFour}, {"a", kOne}, {"b", kOne}, {"c", kOne}});
  EXPECT_EQ(parts["x"], ActivationParams(kOne));
  const Plan compared(
      "in input = x : float32[1x2]\nconst c : float32[1] = 0\n"
      "b : bool[1x2] = relational(x, c) kind=greater\ny : float32[1x2] = select(b, x, "
      "c)\n"
      "out output_0 = y\n",
      {{"x", kFour}, {"y", {0, 4}}});
  EXPECT_EQ(compared["x"], ActivationParams({0, 4}));
}

TEST(AssignParams, GivesAnOperandOfTwoToTheLaterOne) {
  const Plan plan(
      "in input = x : float32[1x2]\n"
      "a : float32[1x2] = exp(x)\nb : float32[1x2] = log(x)\n"
      "c : float32[1x4] = concatenation(a, b) axis=1\n"
      "d : float32[1x4] = concatenation(b, b) axis=1\n"
      "out output_0 = c\nout output_1 = d\n",
      {{"x", kOne}, {"a", kOne}, {"b", kOne}, {"c", kFour}, {"d", kTwo}});
  EXPECT_EQ(plan["a"], ActivationParams(kFour));
  EXPECT_EQ(plan["b"], ActivationParams(kTwo));
  EXPECT_EQ(plan["c"], ActivationParams(kFour));
  EXPECT_EQ(plan["d"], ActivationParams(kTwo));
}

TEST(AssignParams, LeavesAFixedOperandOfAConcatenationAlone) {
  const Plan plan(
      "in input = x : float32[1x2]\na : float32[1x2] = logistic(x)\n"
      "b : float32[1x2] = reshape(a) shape=[1,2]\n"
      "c : float32[1x4] = concatenation(a, x) axis=1\nout output_0 = c\n"
      "out output_1 = b\n",
      {{"x", kTwo}, {"a", kOne}, {"b", kOne}, {"c", kTwo}});
  EXPECT_EQ(plan["a"], kLogistic);
  EXPECT_EQ(plan["b"], kLogistic);
  EXPECT_EQ(plan["c"], ActivationParams(kTwo));
}

TEST(AssignParams, HandsParametersThroughAChoiceByIndices) {
  const Plan plan(
      "in input = x : float32[3x2]\nin ids = i : int32[2]\n"
      "a : float32[2x2] = gather(x, i)\nout output_0 = a\n",
      {{"x", kFour}, {"a", kOne}});
  EXPECT_EQ(plan["a"], ActivationParams(kFour));
  EXPECT_EQ(plan.plan().quantized_nodes, std::vector<bool>{true});
}

TEST(AssignParams, GivesRowsOfAConstantTableTheirOwnRange) {
  const Plan plan(
      "in ids = i : int32[2]\nconst t : float32[3x1] = 1 2 9\n"
      "a : float32[2x1] = gather(t, i)\nout output_0 = a\n",
      {{"a", kTwo}});
  EXPECT_EQ(plan["a"], ActivationParams(kTwo));
}

TEST(AssignParams, GivesBothSidesOfAChoiceTheRangeOfItsResult) {
  const Plan plan(
      "in input = x : float32[1x2]\nconst k : float32[1] = 0\n"
      "b : bool[1x2] = relational(x, k) kind=greater\na : float32[1x2] = exp(x)\n"
      "y : float32[1x2] = select(b, x, a)\nout output_0 = y\n",
      {{"x", kTwo}, {"a", kOne}, {"y", kFour}});
  for (const char* name : {"x", "a", "y"}) {
    EXPECT_EQ(plan[name], ActivationParams(kFour)) << name;
  }
}

TEST(AssignParams, GivesAllPartsOfASplitTheScaleOfTheWhole) {
  const Plan plan(
      "in input = x : float32[1x2]\n"
      "a : float32[1x1], b : float32[1x1] = split(x) axis=1 sizes=[1,1]\n"
      "out output_0 = a\nout output_1 = b\n",
      {{"x", kFour}, {"a", kOne}, {"b", kTwo}});
  EXPECT_EQ(plan["a"], ActivationParams(kFour));
  EXPECT_EQ(plan["b"], ActivationParams(kFour));
}

TEST(AssignParams, LeavesNodesWithoutRangesInFloat) {
  const Plan plan(
      "in input = x : float32[1x2]\na : float32[1x2] = exp(x)\n"
      "b : float32[1x2] = exp(a)\nc : float32[1x2] = exp(b)\n"
      "out output_0 = c\n",
      {{"x", kOne}, {"b", kOne}, {"c", kOne}});
  EXPECT_EQ(plan.plan().quantized_nodes, (std::vector<bool>{false, false, true}));
}

// Sums reach 2, and 16 bits of steps of 0.016 / 255 reach 2.04; with an operand of 0..1.1
// it is 2.2.
TEST(AssignParams, WidensASumOfMoreThan16Bits) {
  const char* text =
      "in input = x : float32[1x2]\ny : float32[1x2] = add(x, x) activation=relu\n"
      "z : float32[2] = reshape(y) shape=[2]\nout output_0 = z\n";
  const Range little = {0, 0.016F};
  const Plan fits(text, {{"x", {0, 1}}, {"y", little}, {"z", little}});
  EXPECT_EQ(fits["y"], ActivationParams(little));
  const Plan widened(text, {{"x", {0, 1.1F}}, {"y", little}, {"z", little}});
  EXPECT_FLOAT_EQ(widened["y"].scale, 4 * 1.1F / (32768 - 256));
  EXPECT_EQ(widened["z"], widened["y"]);
}

// 1 - 100 is below zero whatever x is: no reason for larger steps.
TEST(AssignParams, LeavesASumWhoseConstantIsCut) {
  const char* text =
      "in input = x : float32[1x2]\nconst c : float32[2] = 0 -100\n"
      "y : float32[1x2] = add(x, c) activation=relu\nout output_0 = y\n";
  const Range little = {0, 0.016F};
  const Plan plan(text, {{"x", kOne}, {"y", little}});
  EXPECT_EQ(plan["y"], ActivationParams(little));
}

// x in steps of 1/255, weights of 1/127: a sum has steps of 3.1e-5, 3937 times those of
// the smallest range.
TEST(AssignParams, WidensASquaredDifferenceThatTheKernelCouldNotRescale) {
  const std::string text =
      "in input = x : float32[1x2]\n"
      "y : float32[1x2] = squared_difference(x, x)\nout output_0 = y\n";
  const Plan widened(text, {{"x", kFour}, {"y", {0, 0}}});
  const float t = 2 * widened["x"].scale;
  EXPECT_FLOAT_EQ(widened["y"].scale, 2 * t * t / 16384);
  const Plan plain(text, {{"x", kFour}, {"y", kOne}});
  EXPECT_EQ(plain["y"], ActivationParams(kOne));
}

TEST(AssignParams, WidensALinearResultThatIsFinerThanItsSums) {
  const char* graph =
      "in input = x : float32[1x2]\nconst w : float32[1x2] = 1 -0.5\n"
      "const b : float32[1] = 0\n"
      "y : float32[1x1] = fully_connected(x, w, b)\nout output_0 = y\n";
  const Plan dead(graph, {{"x", kOne}, {"y", {0, 0}}});
  const float step = ActivationParams(kOne).scale * (2.0F / 254);
  EXPECT_EQ(dead["y"], (QuantParams{2 * step / 256, 0}));
  const Plan alive(graph, {{"x", kOne}, {"y", kTwo}});
  EXPECT_EQ(alive["y"], ActivationParams(kTwo));
}

// 2e-6 / 255 is half of 2^-26.
TEST(AssignParams, WidensWhatASoftmaxCouldNotRescale) {
  const std::string text =
      "in input = x : float32[1x2]\ny : float32[1x2] = add(x, x)\n"
      "z : float32[1x2] = softmax(y) beta=1\nout output_0 = z\n";
  const Range little = {0, 1e-5F};
  const Plan dead(text, {{"x", {0, 0}}, {"y", {0, 0}}, {"z", kOne}});
  EXPECT_EQ(dead["y"].scale, 0x1p-25F);
  const Plan alive(text, {{"x", {0, 0}}, {"y", little}, {"z", kOne}});
  EXPECT_EQ(alive["y"], ActivationParams(little));
}

TEST(AssignParams, WidensAHardSwishThatTheKernelCouldNotRescale) {
  const std::string text =
      "in input = x : float32[1x2]\ny : float32[1x2] = hard_swish(x)\n"
      "out output_0 = y\n";
  const Plan dead(text, {{"x", {-4, -3}}, {"y", {0, 0}}});
  EXPECT_EQ(dead["y"].scale, 2 * dead["x"].scale / 128);
  const Plan alive(text, {{"x", kFour}, {"y", kOne}});
  EXPECT_EQ(alive["y"], ActivationParams(kOne));
}

}  // namespace
}  // namespace kinglet
