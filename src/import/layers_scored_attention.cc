// Attention without projections: the inputs are a list [query, value, key], key being
// value where it is left out.
#include <fmt/format.h>

#include "import/attention.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

AttentionOperands OperandsOfList(const LayerContext& context) {
  const std::vector<ValueId>& inputs = context.inputs();
  if (inputs.size() < 2 || inputs.size() > 3) context.Corrupt("not two or three inputs");
  for (const ValueId id : inputs) {
    if (context.ShapeOf(id).size() != 3) {
      context.Refuse("an input that is no [batch, steps, features]");
    }
  }
  return {inputs[0], inputs.size() == 3 ? inputs[2] : inputs[1], inputs[1]};
}

/// sum over features of scale * tanh(factor * (q + k)) for each pair of steps, the sum as
/// a fully connected operation of one output.
ValueId AdditiveScores(const LayerContext& context, const AttentionOperands& operands,
                       const Tensor& scale, float factor) {
  const Shape q = context.ShapeOf(operands.query);
  const Shape k = context.ShapeOf(operands.key);
  const ValueId rows =
      Reshaped(context, operands.query, {q[0], q[1], 1, q[2]}, "queries");
  const ValueId columns = Reshaped(context, operands.key, {k[0], 1, k[1], k[2]}, "keys");
  const ValueId sum = context.Node(Add{}, {rows, columns}, "sum");
  const ValueId tanh =
      context.Node(Tanh{}, {Times(context, sum, factor, "scale")}, "tanh");
  const ValueId scores =
      context.Node(FullyConnected{}, {tanh, context.Constant("scale", scale)}, "scores");
  return Reshaped(context, scores, {q[0], q[1], k[1]}, "scores/pairs");
}

/// The mask of input `index`, of the list that is the argument or what travels with it.
std::optional<ValueId> InputMask(const LayerContext& context, std::size_t index) {
  const Json& masks = MemberOrNull(context.call().kwargs, "mask");
  if (!masks.is_array() || index >= masks.size()) {
    return context.MaskOf(context.inputs()[index]);
  }
  return context.TensorOf(masks[index]);
}

/// The mask of the values and the causal one.
std::optional<ValueId> PairMask(const LayerContext& context,
                                const AttentionOperands& operands) {
  const std::optional<ValueId> mask = WithAxis(context, InputMask(context, 1), 1);
  const bool is_causal = MemberOrNull(context.call().kwargs, "use_causal_mask") == true ||
                         context.Flag("causal", false);
  if (!is_causal) return mask;
  return Both(context, mask,
              CausalMask(context, context.ShapeOf(operands.query)[1],
                         context.ShapeOf(operands.key)[1]));
}

/// Softmax of the scores, then the weighted sum of the values; steps that the mask of the
/// query leaves out are zero.
std::vector<ValueId> Applied(const LayerContext& context,
                             const AttentionOperands& operands, ValueId scores) {
  const ValueId weights = MaskedSoftmax(context, scores, PairMask(context, operands));
  const std::optional<ValueId> query_mask = WithAxis(context, InputMask(context, 0), 2);
  ValueId mixed = context.Node(BatchMatMul{}, {weights, operands.value},
                               query_mask.has_value() ? "mix" : "");
  if (query_mask.has_value()) {
    mixed = context.Node(Select{}, {*query_mask, mixed, context.Scalar("nothing", 0)});
  }
  std::vector<ValueId> results = {mixed};
  if (MemberOrNull(context.call().kwargs, "return_attention_scores") == true) {
    results.push_back(weights);
  }
  return results;
}

Tensor Filled(std::int64_t size, float value) {
  const std::vector<float> values(static_cast<std::size_t>(size), value);
  return Tensor::Of<float>({1, size}, std::span<const float>(values));
}

float ScalarVariable(const LayerContext& context, std::size_t index) {
  return context.Variable("", index, {}).Data<float>()[0];
}

std::vector<ValueId> BuildAttention(const LayerContext& context) {
  const AttentionOperands operands = OperandsOfList(context);
  const bool has_scale = context.Flag("use_scale", false);
  const std::string mode = context.Text("score_mode", "dot");
  if (mode != "dot" && mode != "concat") {
    context.Refuse(fmt::format("score_mode '{}'", mode));
  }
  context.ExpectVariables("", (has_scale ? 1 : 0) + (mode == "concat" ? 1 : 0));
  const float factor = has_scale ? ScalarVariable(context, 0) : 1;
  if (mode == "dot") {
    const ValueId products = context.Node(BatchMatMul{.adj_y = true},
                                          {operands.query, operands.key}, "scores");
    return Applied(context, operands, Times(context, products, factor, "scale"));
  }
  const float weight = ScalarVariable(context, has_scale ? 1 : 0);
  const Tensor scale = Filled(context.ShapeOf(operands.query).back(), weight);
  return Applied(context, operands, AdditiveScores(context, operands, scale, factor));
}

std::vector<ValueId> BuildAdditiveAttention(const LayerContext& context) {
  const AttentionOperands operands = OperandsOfList(context);
  const std::int64_t size = context.ShapeOf(operands.query).back();
  const bool has_scale = context.Flag("use_scale", true);
  context.ExpectVariables("", has_scale ? 1 : 0);
  const Tensor scale =
      has_scale ? context.Variable("", 0, {size}).Reshaped({1, size}) : Filled(size, 1);
  return Applied(context, operands, AdditiveScores(context, operands, scale, 1));
}

}  // namespace

const std::vector<LayerRow>& ScoredAttentionLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Attention",
       BuildAttention,
       "BATCH_MATMUL, SOFTMAX, BATCH_MATMUL",
       {"use_scale", "score_mode", "dropout", "causal", "seed"},
       MaskUse::kUsed},
      {"AdditiveAttention",
       BuildAdditiveAttention,
       "ADD, TANH, FULLY_CONNECTED, SOFTMAX, BATCH_MATMUL",
       {"use_scale", "dropout", "causal", "seed"},
       MaskUse::kUsed},
  };
  return kRows;
}

}  // namespace kinglet
