// Attention with heads: projections are fully connected operations over [n,steps,heads *
// size], the factor 1 / sqrt(size) is part of the query's. Heads are brought in front of
// the steps for the products.
#include <fmt/format.h>

#include <cmath>

#include "import/attention.h"
#include "import/layer_table.h"
#include "import/layout.h"
#include "import/steps_form.h"

namespace kinglet {
namespace {

/// Keras writes the sublayers with and without an underscore.
std::string SublayerPath(const LayerContext& context, const std::string& name) {
  return context.VariableCount(name) > 0 ? name : "_" + name;
}

/// Heads of a projection: [n,steps,...] -> [n,steps,heads * size].
struct Projection {
  std::string name;
  std::int64_t heads;
  std::int64_t size;
  float factor = 1;
};

Tensor Scaled(Tensor tensor, float factor) {
  for (float& value : tensor.Data<float>()) value *= factor;
  return tensor;
}

ValueId Projected(const LayerContext& context, ValueId x, const Projection& to) {
  const std::string path = SublayerPath(context, to.name + "_dense");
  const bool has_bias = context.Flag("use_bias", true);
  context.ExpectVariables(path, has_bias ? 2 : 1);
  const std::int64_t features = context.ShapeOf(x).back();
  const std::int64_t width = to.heads * to.size;
  const Tensor kernel = context.Variable(path, 0, {features, to.heads, to.size})
                            .Reshaped({features, width});
  std::vector<ValueId> inputs = {
      x,
      context.Constant(to.name + "/kernel", Scaled(Permuted(kernel, {1, 0}), to.factor))};
  if (has_bias) {
    const Tensor bias = context.Variable(path, 1, {to.heads, to.size}).Reshaped({width});
    inputs.push_back(context.Constant(to.name + "/bias", Scaled(bias, to.factor)));
  }
  return context.Node(FullyConnected{}, inputs, to.name);
}

/// [n,steps,heads,size] -> [n,steps,out]
ValueId ProjectedBack(const LayerContext& context, ValueId x, std::int64_t heads,
                      std::int64_t size, std::int64_t out) {
  const std::string path = SublayerPath(context, "output_dense");
  const bool has_bias = context.Flag("use_bias", true);
  context.ExpectVariables(path, has_bias ? 2 : 1);
  const Shape in = context.ShapeOf(x);
  const Tensor kernel =
      context.Variable(path, 0, {heads, size, out}).Reshaped({heads * size, out});
  std::vector<ValueId> inputs = {
      Reshaped(context, x, {in[0], in[1], heads * size}, "join_heads"),
      context.Constant("output/kernel", Permuted(kernel, {1, 0}))};
  if (has_bias) {
    inputs.push_back(context.Constant("output/bias", context.Variable(path, 1, {out})));
  }
  return context.Node(FullyConnected{}, inputs);
}

AttentionOperands OperandsOfCall(const LayerContext& context) {
  const auto query = context.TensorOf(context.Argument(0, "query"));
  const auto value = context.TensorOf(context.Argument(1, "value"));
  if (!query.has_value() || !value.has_value()) {
    context.Corrupt("a call without query and value");
  }
  const auto key = context.TensorOf(context.Argument(2, "key"));
  return {*query, key.value_or(*value), *value};
}

AttentionOperands OperandsOfSteps(const LayerContext& context) {
  const AttentionOperands operands = OperandsOfCall(context);
  for (const ValueId id : {operands.query, operands.key, operands.value}) {
    if (context.ShapeOf(id).size() != 3) {
      context.Refuse("an input that is no [batch, steps, features]");
    }
  }
  return operands;
}

/// The argument of that place, or what travels with the input.
std::optional<ValueId> StepMask(const LayerContext& context, std::size_t place,
                                const char* name, std::optional<ValueId> input) {
  const auto given = context.TensorOf(context.Argument(place, name));
  if (given.has_value() || !input.has_value()) return given;
  return context.MaskOf(*input);
}

/// All masks of a call as one that broadcasts to [n,queries,keys].
std::optional<ValueId> MaskOf(const LayerContext& context,
                              const AttentionOperands& operands) {
  const auto key = context.TensorOf(context.Argument(2, "key"));
  auto all = WithAxis(context, StepMask(context, 3, "query_mask", operands.query), 2);
  all = Both(context, all,
             WithAxis(context, StepMask(context, 4, "value_mask", operands.value), 1));
  all = Both(context, all, WithAxis(context, StepMask(context, 5, "key_mask", key), 1));
  auto given = context.TensorOf(context.Argument(6, "attention_mask"));
  if (given.has_value() && context.graph()[*given].dtype != DType::kBool) {
    given = context.Node(Cast{DType::kBool}, {*given}, "mask");
  }
  all = Both(context, all, given);
  if (context.Argument(9, "use_causal_mask") == true) {
    const ValueId causal = CausalMask(context, context.ShapeOf(operands.query)[1],
                                      context.ShapeOf(operands.value)[1]);
    all = Both(context, all, causal);
  }
  return all;
}

bool WantsScores(const LayerContext& context) {
  return context.Argument(7, "return_attention_scores") == true;
}

/// Whether Keras takes the way of its layer Softmax, which zeroes what a mask leaves out.
bool ZeroesMasked(const LayerContext& context) {
  return !context.IsKeras2() &&
         (context.Number("dropout", 0) > 0 || WantsScores(context));
}

/// [n,steps,heads * size] -> [n,heads,steps,size]
ValueId Heads(const LayerContext& context, ValueId x, std::int64_t heads,
              const std::string& name) {
  const Shape in = context.ShapeOf(x);
  const std::int64_t size = in[2] / heads;
  if (heads == 1) return Reshaped(context, x, {in[0], 1, in[1], size}, name);
  const ValueId apart =
      Reshaped(context, x, {in[0], in[1], heads, size}, name + "/split");
  return Transposed(context, apart, {0, 2, 1, 3}, name);
}

std::int64_t OutputSize(const LayerContext& context, std::int64_t missing) {
  const Json& shape = context.Entry("output_shape");
  const Json& size = shape.is_array() && shape.size() == 1 ? shape[0] : shape;
  if (size.is_null()) return missing;
  if (!size.is_number_integer()) context.Refuse("an output_shape of several axes");
  return size.get<std::int64_t>();
}

/// On [n,steps,features].
std::vector<ValueId> MultiHead(const LayerContext& context,
                               const AttentionOperands& operands,
                               std::optional<ValueId> mask) {
  const std::int64_t heads = context.Int("num_heads", 1);
  const std::int64_t size = context.Int("key_dim", 1);
  const std::int64_t value_size = context.Int("value_dim", size);
  const std::int64_t out = OutputSize(context, context.ShapeOf(operands.query).back());
  const auto factor = static_cast<float>(1 / std::sqrt(static_cast<double>(size)));
  const ValueId query =
      Heads(context, Projected(context, operands.query, {"query", heads, size, factor}),
            heads, "queries");
  const ValueId key = Heads(
      context, Projected(context, operands.key, {"key", heads, size}), heads, "keys");
  const ValueId value =
      Heads(context, Projected(context, operands.value, {"value", heads, value_size}),
            heads, "values");
  const Attended attended = AttendedByHeads(
      context, {query, key, value},
      {.mask = WithAxis(context, mask, 1), .zeroes_masked = ZeroesMasked(context)});
  const ValueId steps = Transposed(context, attended.mixed, {0, 2, 1, 3}, "from_heads");
  std::vector<ValueId> results = {ProjectedBack(context, steps, heads, value_size, out)};
  if (WantsScores(context)) results.push_back(attended.weights);
  return results;
}

std::vector<ValueId> BuildMultiHead(const LayerContext& context) {
  const AttentionOperands whole = OperandsOfCall(context);
  const Shape shape = context.ShapeOf(whole.query);
  const StepsForm form(context, shape);
  const AttentionOperands operands = {form.In(whole.query, "queries"),
                                      form.In(whole.key, "keys"),
                                      form.In(whole.value, "values")};
  const std::optional<ValueId> mask = MaskOf(context, form.IsPlain() ? operands : whole);
  if (!form.IsPlain() && (mask.has_value() || WantsScores(context))) {
    context.Refuse("a mask, or scores as result, over several axes");
  }
  std::vector<ValueId> results = MultiHead(context, operands, mask);
  results[0] = form.Out(results[0], shape);
  return results;
}

/// Several query heads share a key and a value: they are rows of one product.
std::vector<ValueId> BuildGroupedQuery(const LayerContext& context) {
  const AttentionOperands operands = OperandsOfSteps(context);
  const std::int64_t size = context.Int("head_dim", 1);
  const std::int64_t heads = context.Int("num_query_heads", 1);
  const std::int64_t groups = context.Int("num_key_value_heads", 1);
  if (groups < 1 || heads % groups != 0) {
    context.Corrupt(fmt::format("{} heads in {} groups", heads, groups));
  }
  const auto factor = static_cast<float>(1 / std::sqrt(static_cast<double>(size)));
  const ValueId flat = Projected(context, operands.query, {"query", heads, size, factor});
  const Shape in = context.ShapeOf(operands.query);
  const std::int64_t queries = in[1];
  const ValueId apart =
      Reshaped(context, flat, {in[0], queries, heads, size}, "queries/split");
  const ValueId query = Transposed(context, apart, {0, 2, 1, 3}, "queries");
  const ValueId key = Heads(
      context, Projected(context, operands.key, {"key", groups, size}), groups, "keys");
  const ValueId value =
      Heads(context, Projected(context, operands.value, {"value", groups, size}), groups,
            "values");
  const Attended attended =
      AttendedByHeads(context, {query, key, value},
                      {.mask = WithAxis(context, MaskOf(context, operands), 1),
                       .zeroes_masked = ZeroesMasked(context)});
  const ValueId steps = Transposed(context, attended.mixed, {0, 2, 1, 3}, "from_heads");
  std::vector<ValueId> results = {ProjectedBack(context, steps, heads, size, in.back())};
  if (WantsScores(context)) results.push_back(attended.weights);
  return results;
}

}  // namespace

const std::vector<LayerRow>& MultiHeadLayers() {
  static const std::vector<LayerRow> kRows = {
      {"MultiHeadAttention",
       BuildMultiHead,
       "FULLY_CONNECTED, BATCH_MATMUL, SOFTMAX, RESHAPE, TRANSPOSE; over other axes than "
       "the second without masks",
       {"num_heads", "key_dim", "value_dim", "dropout", "use_bias", "output_shape",
        "attention_axes", "seed", "query_shape", "key_shape", "value_shape"}},
      {"GroupQueryAttention",
       BuildGroupedQuery,
       "FULLY_CONNECTED, BATCH_MATMUL, SOFTMAX, RESHAPE, TRANSPOSE",
       {"head_dim", "num_query_heads", "num_key_value_heads", "dropout", "use_bias",
        "seed"}},
      {"GroupedQueryAttention",
       BuildGroupedQuery,
       "FULLY_CONNECTED, BATCH_MATMUL, SOFTMAX, RESHAPE, TRANSPOSE",
       {"head_dim", "num_query_heads", "num_key_value_heads", "dropout", "use_bias",
        "seed"}},
  };
  return kRows;
}

}  // namespace kinglet
