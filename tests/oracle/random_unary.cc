// One operand, element by element.
#include "tests/oracle/random_operations.h"

namespace kinglet {
namespace {

/// The table kernels honour any scale of the result.
bool AddTanh(RandomGraph& graph) {
  if (graph.dtype() == DType::kInt16 || graph.dice().Chance(0.7)) {
    return AddFixed<Tanh>(graph);
  }
  return graph.Add(Tanh{}, {graph.Activation(AnyRank(graph))}, Around(graph, 0.01));
}

bool AddExp(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const double largest = std::exp(ScaleOf(graph, in) * 128);
  if (largest > 1e6) return false;
  return graph.Add(Exp{}, {in}, Around(graph, largest / 128));
}

bool AddLog(RandomGraph& graph) {
  return graph.Add(Log{}, {graph.Activation(AnyRank(graph))}, Around(graph, 0.03));
}

bool AddRelu(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  std::vector<Activation> kinds = {Activation::kRelu, Activation::kRelu6};
  if (graph.dtype() == DType::kInt8) kinds.push_back(Activation::kReluN1To1);
  return graph.Add(Relu{graph.dice().Choose(kinds)}, {in},
                   Around(graph, ScaleOf(graph, in)));
}

bool AddLeakyRelu(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  const auto alpha = static_cast<float>(graph.dice().Real(-0.5, 1.5));
  return graph.Add(LeakyRelu{alpha}, {in}, Around(graph, ScaleOf(graph, in)));
}

bool AddRequantize(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  return graph.Add(Quantize{graph.dtype()}, {in}, Around(graph, ScaleOf(graph, in)));
}

bool AddDequantize(RandomGraph& graph) {
  return graph.Add(Dequantize{}, {graph.Activation(AnyRank(graph))}, {});
}

bool AddQuantize(RandomGraph& graph) {
  const std::string name = "in_" + std::to_string(graph.graph().inputs.size());
  const ValueId in = graph.graph().AddValue({.name = name,
                                             .dtype = DType::kFloat32,
                                             .shape = {1, graph.dice().Int(1, 300)},
                                             .quantization = {},
                                             .constant = nullptr});
  graph.graph().inputs.push_back({name, in});
  return graph.Add(Quantize{graph.dtype()}, {in}, graph.ParamsNear(0.04));
}

template <typename Op>
bool AddRescaled(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  return graph.Add(Op{}, {in}, Around(graph, ScaleOf(graph, in)));
}

/// Of positive numbers only.
bool AddSqrt(RandomGraph& graph) {
  Quantization params = graph.Params();
  params.zero_points[0] = -128;
  const ValueId in = graph.Input({1, graph.dice().Int(1, 300)});
  graph.graph()[in].quantization = params;
  return graph.Add(Sqrt{}, {in}, Around(graph, std::sqrt(params.scales[0] / 127)));
}

/// The result's scale must not be smaller than a 128th of the input's.
bool AddHardSwish(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  return graph.Add(HardSwish{}, {in}, Around(graph, ScaleOf(graph, in)));
}

bool AddGelu(RandomGraph& graph) {
  const ValueId in = graph.Activation(AnyRank(graph));
  return graph.Add(Gelu{graph.dice().Chance(0.5)}, {in},
                   Around(graph, ScaleOf(graph, in)));
}

/// Of positive numbers only: the runtime refuses others.
bool AddRsqrt(RandomGraph& graph) {
  Quantization params = graph.Params();
  if (graph.dtype() == DType::kInt8) params.zero_points[0] = -128;
  const ValueId in = graph.Input({1, graph.dice().Int(1, 300)});
  graph.graph()[in].quantization = params;
  return graph.Add(Rsqrt{}, {in}, Around(graph, 1 / (std::sqrt(params.scales[0]) * 127)));
}

}  // namespace

std::vector<RandomOperation> UnaryOperations() {
  return {
      {"logistic", AddFixed<Logistic>},
      {"tanh", AddTanh},
      {"exp", AddExp},
      {"log", AddLog},
      {"relu", AddRelu},
      {"leaky_relu", AddLeakyRelu},
      {"abs", AddRescaled<Abs>},
      {"elu", AddRescaled<Elu>, false, true},
      {"gelu", AddGelu},
      {"hard_swish", AddHardSwish, false},
      {"rsqrt", AddRsqrt, false},
      {"sqrt", AddSqrt, false},
      {"requantize", AddRequantize},
      {"quantize", AddQuantize},
      {"dequantize", AddDequantize},
  };
}

}  // namespace kinglet
