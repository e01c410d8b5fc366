// Two operands, element by element, with broadcasting.
#include "tests/oracle/random_operations.h"

namespace kinglet {
namespace {

/// Another operand: an activation of the same shape, a constant, or one that broadcasts.
ValueId Partner(RandomGraph& graph, ValueId of) {
  Dice& dice = graph.dice();
  Shape shape = graph[of].shape;
  const double kind = dice.Real(0, 1);
  if (kind < 0.2) return of;
  if (kind < 0.5) return graph.Input(shape);
  if (kind < 0.7) return graph.Constant({shape.back()}, graph.Params());
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (dice.Chance(0.5)) shape[i] = 1;
  }
  return dice.Chance(0.5) ? graph.Input(shape) : graph.Constant(shape, graph.Params());
}

template <typename Op>
bool AddArithmetic(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  const double sum = ScaleOf(graph, a) + ScaleOf(graph, b);
  const bool is_mul = std::is_same_v<Op, Mul>;
  const double levels = graph.dtype() == DType::kInt8 ? 60.0 : 16000.0;
  const double natural = is_mul ? ScaleOf(graph, a) * ScaleOf(graph, b) * levels : sum;
  const std::vector<ValueId> operands =
      graph.dice().Chance(0.5) ? std::vector{a, b} : std::vector{b, a};
  return graph.Add(Op{{graph.dice().Choose(Activations())}}, operands,
                   Around(graph, natural));
}

/// Both operands and the result have the same parameters.
template <typename Op>
bool AddSelection(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  const bool is_constant = graph[b].constant != nullptr;
  const bool is_free = is_constant || graph[b].name.starts_with("in_");
  if (a != b && !is_free) return false;
  graph.graph()[b].quantization = graph[a].quantization;
  return graph.Add(Op{}, {a, b}, *graph[a].quantization);
}

/// The factor must stay below one.
bool AddSquaredDifference(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  const double larger = std::max(ScaleOf(graph, a), ScaleOf(graph, b));
  return graph.Add(SquaredDifference{}, {a, b},
                   Around(graph, larger * larger * TypicalLargest(graph) * 4));
}

/// Alpha has a value per channel.
bool AddPRelu(RandomGraph& graph) {
  const ValueId x = graph.Activation(4);
  Quantization params = graph.ParamsNear(std::exp2(graph.dice().Real(-10, -5)));
  if (graph.dice().Chance(0.7)) params.zero_points[0] = 0;
  const ValueId alpha = graph.Constant({1, 1, graph[x].shape[3]}, params);
  return graph.Add(PRelu{}, {x, alpha}, Around(graph, ScaleOf(graph, x)));
}

/// Scales must stay below one.
bool AddRelational(RandomGraph& graph) {
  const ValueId a = graph.Activation(AnyRank(graph));
  const ValueId b = Partner(graph, a);
  if (std::max(ScaleOf(graph, a), ScaleOf(graph, b)) >= 1) return false;
  const Relational op{graph.dice().Choose<Relation>(
      {Relation::kEqual, Relation::kNotEqual, Relation::kLess, Relation::kLessEqual,
       Relation::kGreater, Relation::kGreaterEqual})};
  return graph.Add(op, {a, b}, {});
}

}  // namespace

std::vector<RandomOperation> BinaryOperations() {
  return {
      {"add", AddArithmetic<Add>},
      {"sub", AddArithmetic<Sub>},
      {"mul", AddArithmetic<Mul>},
      {"squared_difference", AddSquaredDifference, false},
      {"prelu", AddPRelu, false},
      {"relational", AddRelational, false},
      {"maximum", AddSelection<Maximum>},
      {"minimum", AddSelection<Minimum>},
  };
}

}  // namespace kinglet
