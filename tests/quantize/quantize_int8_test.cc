// Graphs are compared as text. Ranges stand behind the values' names: x 0..1.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "ir/text.h"
#include "quantize/params.h"
#include "quantize/quantize.h"
#include "tests/support/operations.h"

namespace kinglet {
namespace {

using RangesByName = std::map<std::string, Range>;

Ranges ById(const Graph& graph, const RangesByName& by_name) {
  Ranges ranges(graph.values.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto found = by_name.find(graph.values[i].name);
    if (found != by_name.end()) ranges[i] = found->second;
  }
  return ranges;
}

QuantizedGraph Quantized(const std::string& text, const RangesByName& ranges,
                         bool per_tensor = false) {
  const Graph graph = Parse(text);
  QuantizedGraph quantized =
      QuantizeInt8(graph, ById(graph, ranges), {.per_tensor = per_tensor});
  EXPECT_EQ(StructureProblem(quantized.graph), std::nullopt);
  return quantized;
}

// Ranges whose scales are powers of two.
constexpr Range kUnit = {0, 255.0F / 256};
constexpr Range kEight = {0, 255.0F / 32};

constexpr const char* kDense =
    "in input = x : float32[1x2]\n"
    "const w : float32[2x2] = 1 -127 0.5 0\nconst b : float32[2] = 1 -1\n"
    "y : float32[1x2] = fully_connected(x, w, b) activation=relu6\nout output_0 = y\n";

// The kernel stops at a divisor of zero, whatever samples the range is from.
TEST(QuantizeInt8, KeepsDivisorsAStepAboveZero) {
  const auto quantized = Quantized(
      "in a = x : float32[1x2]\nin b = d : float32[1x2]\n"
      "y : float32[1x2] = div(x, d)\nout output_0 = y\n",
      {{"x", kUnit}, {"d", {1, kEight.max}}, {"y", {0, 255.0F / 1024}}});
  EXPECT_EQ(Print(quantized.graph),
            Print(Parse("in a = x : float32[1x2]\nin b = d : float32[1x2]\n"
                        "const d_1 : int8[] q{0.03125/-128} = -127\n"
                        "\"x/int8\" : int8[1x2] q{0.00390625/-128} = quantize(x)\n"
                        "\"d/int8\" : int8[1x2] q{0.03125/-128} = quantize(d)\n"
                        "\"d/above_zero\" : int8[1x2] q{0.03125/-128} = "
                        "maximum(\"d/int8\", d_1)\n"
                        "y : int8[1x2] q{0.0009765625/-128} = "
                        "div(\"x/int8\", \"d/above_zero\")\n"
                        "output_0 : float32[1x2] = dequantize(y)\n"
                        "out output_0 = output_0\n")));
}

/// Operators of x / (largest + c), in steps of a 256th and of a 128th.
std::size_t OperatorsOfQuotient(const std::string& c, float lowest) {
  return Quantized(
             fmt::format("in a = x : float32[1x2]\nconst c : float32[] = {}\n"
                         "m : float32[1x1] = reduce_max(x) axes=[1] keep_dims=true\n"
                         "d : float32[1x1] = add(m, c)\n"
                         "y : float32[1x2] = div(x, d)\nout output_0 = y\n",
                         c),
             {{"x", {lowest, lowest + kUnit.max}},
              {"m", {lowest, lowest + kUnit.max}},
              {"d", {0.5F, 2 * kUnit.max}},
              {"y", {0, 0.25F * kUnit.max}}})
      .graph.nodes.size();
}

// What can't be seen gives way to the step above zero; what reaches it does as well.
TEST(QuantizeInt8, AsksForAMaximumOnlyWhereASumMayBeZero) {
  constexpr std::size_t kWithMaximum = 6;
  EXPECT_EQ(OperatorsOfQuotient("1e-6", 0), kWithMaximum - 1);
  EXPECT_EQ(OperatorsOfQuotient("0.5", 0), kWithMaximum - 1);
  EXPECT_EQ(OperatorsOfQuotient("0.003", 0), kWithMaximum);
  EXPECT_EQ(OperatorsOfQuotient("0.5", -0.5F), kWithMaximum);
  EXPECT_EQ(OperatorsOfQuotient("-0.001", 0), kWithMaximum);
}

TEST(QuantizeInt8, PutsADenseLayerBetweenQuantizeAndDequantize) {
  const auto quantized = Quantized(kDense, {{"x", kUnit}, {"y", kEight}});
  EXPECT_EQ(
      Print(quantized.graph),
      Print(Parse("in input = x : float32[1x2]\n"
                  "const w : int8[2x2] q{1/0 0.003937008/0 axis=0} = 1 -127 127 0\n"
                  "const b : int32[2] q{0.00390625/0 1.5378937e-05/0 axis=0} = 256 "
                  "-65024\n"
                  "\"x/int8\" : int8[1x2] q{0.00390625/-128} = quantize(x)\n"
                  "y : int8[1x2] q{0.03125/-128} = fully_connected(\"x/int8\", w, b) "
                  "activation=relu6\n"
                  "output_0 : float32[1x2] = dequantize(y)\n"
                  "out output_0 = output_0\n")));
  EXPECT_TRUE(quantized.float_operators.empty());
}

TEST(QuantizeInt8, GivesATensorOneScaleWhenAsked) {
  const auto quantized = Quantized(kDense, {{"x", kUnit}, {"y", kEight}}, true);
  const Value& weights = Input(quantized.graph, 1, 1);
  const Value& bias = Input(quantized.graph, 1, 2);
  EXPECT_EQ(weights.quantization->scales, std::vector<float>{1});
  EXPECT_EQ(bias.quantization->scales, std::vector<float>{1 / 256.0F});
}

TEST(QuantizeInt8, WritesTheRaisedScaleWithTheWeightsThatItMakes) {
  const auto quantized = Quantized(
      "in input = x : float32[1x1]\nconst w : float32[2x1] = 0 2\n"
      "const b : float32[2] = 6 0\n"
      "y : float32[1x2] = fully_connected(x, w, b)\nout output_0 = y\n",
      {{"x", kUnit}, {"y", kEight}});
  const Value& weights = Input(quantized.graph, 1, 1);
  const Value& bias = Input(quantized.graph, 1, 2);
  EXPECT_GT(weights.quantization->scales[0], 1e-6F);
  EXPECT_EQ(weights.quantization->scales[0], bias.quantization->scales[0] * 256);
  EXPECT_EQ(weights.constant->Data<std::int8_t>()[1], 127);
  EXPECT_NEAR(bias.constant->Data<std::int32_t>()[0], 1073741823, 65);
}

TEST(QuantizeInt8, SharesOneQuantizeAndOneDequantize) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
      "b : float32[1x2] = mul(x, a)\nout output_0 = b\nout output_1 = b\n",
      {{"x", kUnit}, {"a", kUnit}, {"b", kUnit}});
  EXPECT_EQ(Operations(quantized.graph), "quantize tanh mul dequantize");
  EXPECT_EQ(quantized.graph.outputs[0].value, quantized.graph.outputs[1].value);
}

TEST(QuantizeInt8, QuantizesConstantOperandsByTheirOwnRange) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\nconst c : float32[2] = -0.1 -0.1\n"
      "y : float32[1x2] = add(x, c)\nout output_0 = y\n",
      {{"x", kUnit}, {"y", kUnit}});
  const Value& constant = Input(quantized.graph, 1, 1);
  EXPECT_EQ(constant.quantization->scales, std::vector<float>{0.1F / 255});
  EXPECT_EQ(constant.quantization->zero_points, std::vector<std::int64_t>{127});
  EXPECT_EQ(constant.constant->Data<std::int8_t>()[0], -128);
}

TEST(QuantizeInt8, QuantizesConstantsBesideAnOperandByTheCommonScale) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\nconst c : float32[2] = 0.5 9\n"
      "y : float32[1x2] = maximum(x, c)\nout output_0 = y\n",
      {{"x", kUnit}, {"y", kUnit}});
  const Value& constant = Input(quantized.graph, 1, 1);
  EXPECT_EQ(constant.quantization, Input(quantized.graph, 1, 0).quantization);
  EXPECT_EQ(constant.constant->Data<std::int8_t>()[0], 0);
  EXPECT_EQ(constant.constant->Data<std::int8_t>()[1], 127) << "saturated";
}

TEST(QuantizeInt8, RequantizesTheEdgeThatDisagrees) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\na : float32[1x2] = logistic(x)\n"
      "c : float32[1x4] = concatenation(x, a) axis=1\nout output_0 = c\n",
      {{"x", kEight}, {"a", kUnit}, {"c", kEight}});
  EXPECT_EQ(Operations(quantized.graph),
            "quantize logistic quantize concatenation dequantize");
  EXPECT_EQ(quantized.graph.nodes[2].inputs[0], quantized.graph.nodes[1].outputs[0]);
  EXPECT_EQ(Input(quantized.graph, 3, 0).quantization->scales,
            Input(quantized.graph, 3, 1).quantization->scales);
}

TEST(QuantizeInt8, LeavesAnIslandWithoutRangesInFloat) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n"
      "b : float32[1x2] = exp(a)\nc : float32[1x2] = log(b)\n"
      "d : float32[1x2] = tanh(c) @head\nout output_0 = d\n",
      {{"x", kUnit}, {"a", kUnit}, {"c", kEight}, {"d", kUnit}});
  EXPECT_EQ(Operations(quantized.graph),
            "quantize tanh dequantize exp log quantize tanh dequantize");
  EXPECT_EQ(quantized.float_operators, (std::vector<std::string>{"b (exp)", "c (log)"}));
}

TEST(QuantizeInt8, ReadsTheFloatInputWhereAnIslandDoes) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\na : float32[1x2] = exp(x)\n"
      "b : float32[1x2] = tanh(x)\nout output_0 = a\nout output_1 = b\n",
      {{"x", kUnit}, {"b", kUnit}});
  EXPECT_EQ(Operations(quantized.graph), "exp quantize tanh dequantize");
  EXPECT_EQ(quantized.graph.nodes[0].inputs[0], quantized.graph.inputs[0].value);
}

TEST(QuantizeInt8, LeavesIntegerTensorsAndInputsThatAreOutputsAlone) {
  const auto quantized =
      Quantized("in input = x : float32[1x2]\nout output_0 = x\n", {{"x", kUnit}});
  EXPECT_EQ(Print(quantized.graph), "in input = x : float32[1x2]\nout output_0 = x\n");
}

DType TypeOfCompared(const std::string& kind, const std::string& compared) {
  const auto quantized = Quantized(
      fmt::format("in input = x : float32[2]\nconst c : float32[] = 0.25\n"
                  "e : float32[2] = exp(x)\nr : float32[2] = reshape(x) shape=[2]\n"
                  "b : bool[2] = relational({}, c) kind={}\n"
                  "y : float32[2] = select(b, e, c)\nout output_0 = y\n",
                  compared, kind),
      {{"x", kUnit}, {"e", kUnit}, {"r", kUnit}, {"y", kUnit}});
  const auto node = std::ranges::find_if(quantized.graph.nodes, [](const Node& n) {
    return std::holds_alternative<Relational>(n.op);
  });
  const DType type = quantized.graph[node->inputs[0]].dtype;
  EXPECT_EQ(quantized.graph[node->inputs[1]].dtype, type);
  return type;
}

TEST(QuantizeInt8, ComparesForEqualityAndWhatIsThereInFloatInFloat) {
  EXPECT_EQ(TypeOfCompared("not_equal", "e"), DType::kFloat32);
  EXPECT_EQ(TypeOfCompared("less", "e"), DType::kInt8);
  EXPECT_EQ(TypeOfCompared("less", "x"), DType::kFloat32) << "an input";
  EXPECT_EQ(TypeOfCompared("less", "r"), DType::kFloat32) << "in another form";
}

TEST(QuantizeInt8, ChoosesInFloatWhatAQuotientInFloatDividesBy) {
  const auto quantized = Quantized(
      "in input = x : float32[2]\nconst one : float32[] = 1\nconst zero : float32[] = 0\n"
      "b : bool[2] = relational(x, zero) kind=equal\n"
      "d : float32[2] = select(b, one, x)\ny : float32[2] = div(x, d)\nout output_0 = "
      "y\n",
      {{"x", {-1, 1}}, {"d", {-1, 1}}, {"y", {-1, 1}}});
  EXPECT_EQ(Operations(quantized.graph), "relational select div");
}

TEST(QuantizeInt8, LeavesIndicesAndConditionsAsTheyAre) {
  const auto quantized = Quantized(
      "in input = x : float32[2x2]\nin ids = i : int32[2]\n"
      "a : float32[2x2] = gather(x, i)\nm : int32[2] = arg_max(a) axis=1\n"
      "b : bool[2x2] = relational(a, x) kind=less\n"
      "y : float32[2x2] = select(b, a, x)\nout output_0 = y\nout output_1 = m\n",
      {{"x", kUnit}, {"a", kUnit}, {"y", kUnit}});
  EXPECT_EQ(Operations(quantized.graph),
            "quantize gather arg_max relational select dequantize");
  EXPECT_TRUE(quantized.float_operators.empty());
  EXPECT_EQ(Input(quantized.graph, 1, 1).dtype, DType::kInt32);
  EXPECT_EQ(Input(quantized.graph, 4, 0).dtype, DType::kBool);
  EXPECT_EQ(quantized.graph[quantized.graph.outputs[1].value].dtype, DType::kInt32);
}

TEST(QuantizeInt8, DoesNotCallOperationsOnIntegersFloat) {
  const auto quantized = Quantized(
      "in ids = i : int32[2]\nj : int32[2] = add(i, i)\nout output_0 = j\n", {});
  EXPECT_EQ(Operations(quantized.graph), "add");
  EXPECT_TRUE(quantized.float_operators.empty());
}

TEST(QuantizeInt8, GivesTheSlopesOfAPreluOneSymmetricScale) {
  const auto quantized = Quantized(
      "in input = x : float32[1x2]\nconst a : float32[2] = 127 -1\n"
      "y : float32[1x2] = prelu(x, a)\nout output_0 = y\n",
      {{"x", kUnit}, {"y", kUnit}});
  const Value& slopes = Input(quantized.graph, 1, 1);
  EXPECT_EQ(slopes.quantization->scales, std::vector<float>{1});
  EXPECT_EQ(slopes.quantization->zero_points, std::vector<std::int64_t>{0});
  EXPECT_EQ(slopes.constant->Data<std::int8_t>()[1], -1);
}

TEST(QuantizeInt8, StoresATableInTheScaleOfWhatIsReadFromIt) {
  const auto quantized = Quantized(
      "in ids = i : int32[2]\nconst t : float32[3x1] = 0.5 0 9\n"
      "a : float32[2x1] = gather(t, i)\nout output_0 = a\n",
      {{"a", kUnit}});
  const Value& table = Input(quantized.graph, 0, 0);
  EXPECT_EQ(table.quantization->scales, std::vector<float>{1 / 256.0F});
  EXPECT_EQ(table.constant->Data<std::int8_t>()[0], 0);
}

// The concatenation makes another scale of the first. The second has the scale of a sum
// that rule 4.7 gives a wider one.
TEST(QuantizeInt8, QuantizesAnInputAsWasDecidedElsewhere) {
  const std::string ends = "y : float32[1x4] = concatenation(x, a) axis=1\nout o = y\n";
  const struct {
    std::string text;
    QuantParams given;
  } cases[] = {{"in input = x : float32[1x2]\na : float32[1x2] = tanh(x)\n", {0.25F, 3}},
               {"in input = x : float32[1x2]\nin other = b : float32[1x2]\n"
                "a : float32[1x2] = add(b, b)\n",
                ActivationParams(kUnit)}};
  for (const auto& [text, given] : cases) {
    const Graph graph = Parse(text + ends);
    const Ranges ranges =
        ById(graph, {{"x", kUnit}, {"a", kUnit}, {"b", {0, 1e8F}}, {"y", kUnit}});
    const Graph quantized = QuantizeInt8(graph, ranges, {.input_params = {given}}).graph;
    const auto reads = [&](const Node& node) {
      return node.inputs[0] == quantized.inputs[0].value;
    };
    ASSERT_EQ(std::ranges::count_if(quantized.nodes, reads), 1);
    const Node& reader = *std::ranges::find_if(quantized.nodes, reads);
    EXPECT_EQ(quantized[reader.outputs[0]].quantization,
              (Quantization{{given.scale}, {given.zero_point}, 0}));
  }
}

}  // namespace
}  // namespace kinglet
