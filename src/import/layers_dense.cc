// Dense, EinsumDense and Embedding.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/convolution.h"
#include "import/einsum.h"
#include "import/layer_checks.h"
#include "import/layer_table.h"
#include "import/layout.h"

namespace kinglet {
namespace {

/// The variable 0. Of a layer that Keras quantized to INT8 what its integers stand for:
/// q / scale, the scales (the last variable) one for each index of the `scaled` axes that
/// begin at `first`.
Tensor KernelOf(const LayerContext& context, const Shape& shape, std::size_t first,
                std::size_t scaled) {
  if (!IsInt8Policy(context.Entry("dtype"))) return context.Variable("", 0, shape);
  const Tensor stored = context.Variable("", 0, shape, DType::kInt8);
  const Tensor scales = context.VariableOfAnyShape("", context.VariableCount("") - 1);
  std::size_t count = 1;
  for (std::size_t i = first; i < first + scaled; ++i) {
    count *= static_cast<std::size_t>(shape[i]);
  }
  if (scales.size() != count) context.Refuse("INT8 weights with scales of another form");
  std::size_t inner = 1;
  for (std::size_t i = first + scaled; i < shape.size(); ++i) {
    inner *= static_cast<std::size_t>(shape[i]);
  }
  Tensor kernel(DType::kFloat32, shape);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    kernel.Data<float>()[i] = static_cast<float>(stored.Data<std::int8_t>()[i]) /
                              scales.Data<float>()[i / inner % count];
  }
  return kernel;
}

void ExpectKernelAndBias(const LayerContext& context, bool has_bias) {
  const std::size_t scale = IsInt8Policy(context.Entry("dtype")) ? 1 : 0;
  context.ExpectVariables("", 1 + (has_bias ? 1 : 0) + scale);
}

std::vector<ValueId> BuildDense(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() < 2) context.Refuse("an input without batch");
  const std::int64_t units = context.Int("units", 0);
  const bool has_bias = context.Flag("use_bias", true);
  ExpectKernelAndBias(context, has_bias);
  const Tensor kernel = KernelOf(context, {in.back(), units}, 1, 1);
  std::vector<ValueId> inputs = {x, context.Constant("kernel", Permuted(kernel, {1, 0}))};
  if (has_bias) {
    inputs.push_back(context.Constant("bias", context.Variable("", 1, {units})));
  }
  return {ApplyActivation(context, context.Entry("activation"),
                          context.Node(FullyConnected{}, inputs))};
}

/// "abc,cd->abd" with every "..." spelled out in letters of its own.
EinsumSpec DenseSpec(const LayerContext& context, std::size_t rank) {
  const auto spec = ParseEinsum(context.Text("equation", ""), {rank, std::nullopt});
  if (!spec.has_value() || spec->inputs.size() != 2 || spec->HasRepeats()) {
    context.Refuse(fmt::format("equation '{}'", context.Text("equation", "")));
  }
  return *spec;
}

/// Sizes of the kernel's axes: of the input's where a letter is the input's, else of
/// `output_shape`, which leaves out the batch.
Shape EinsumKernelShape(const LayerContext& context, const EinsumSpec& spec,
                        const Shape& in) {
  const Json& stored = context.Entry("output_shape");
  const Json sizes = stored.is_array() ? stored : Json::array({stored});
  Shape shape;
  for (const char letter : spec.inputs[1]) {
    const std::size_t at_input = spec.inputs[0].find(letter);
    if (at_input != std::string::npos) {
      shape.push_back(in[at_input]);
      continue;
    }
    const std::size_t at_output = spec.output.find(letter);
    const std::size_t missing = spec.output.size() - sizes.size();
    const bool is_given = at_output != std::string::npos && at_output >= missing &&
                          sizes.size() <= spec.output.size() &&
                          sizes[at_output - missing].is_number_integer();
    if (!is_given) context.Refuse("an output_shape that leaves sizes open");
    shape.push_back(sizes[at_output - missing].get<std::int64_t>());
  }
  return shape;
}

/// The bias over the axes of its letters, as a tensor that broadcasts to the output.
ValueId WithEinsumBias(const LayerContext& context, const EinsumSpec& spec, ValueId y) {
  const std::string letters = context.Text("bias_axes", "");
  if (letters.empty()) return y;
  const Shape out = context.ShapeOf(y);
  Shape shape;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool has_axis = letters.find(spec.output[i]) != std::string::npos;
    if (has_axis || !shape.empty()) shape.push_back(has_axis ? out[i] : 1);
  }
  const ValueId bias = context.Constant("bias", context.Variable("", 1, shape));
  return context.Node(Add{}, {y, bias}, "bias_add");
}

std::vector<ValueId> BuildEinsumDense(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  const EinsumSpec spec = DenseSpec(context, in.size());
  ExpectKernelAndBias(context, !context.Text("bias_axes", "").empty());
  const Shape shape = EinsumKernelShape(context, spec, in);
  std::size_t contracted = 0;
  while (contracted < shape.size() &&
         spec.inputs[0].find(spec.inputs[1][contracted]) != std::string::npos) {
    ++contracted;
  }
  const Tensor kernel = KernelOf(context, shape, contracted, shape.size() - contracted);
  const ValueId y = EinsumWithWeights(context, spec, x, kernel, "");
  return {ApplyActivation(context, context.Entry("activation"),
                          WithEinsumBias(context, spec, y))};
}

/// Rows of the table by integer.
ValueId Looked(const LayerContext& context, const Tensor& table) {
  ValueId ids = context.Input();
  if (context.graph()[ids].dtype == DType::kFloat32) {
    ids = context.Node(Cast{DType::kInt32}, {ids}, "ids");
  }
  return context.Node(Gather{.axis = 0}, {context.Constant("embeddings", table), ids});
}

std::vector<ValueId> BuildEmbedding(const LayerContext& context) {
  const std::int64_t rows = context.Int("input_dim", 0);
  const std::int64_t size = context.Int("output_dim", 0);
  context.ExpectVariables("", IsInt8Policy(context.Entry("dtype")) ? 2 : 1);
  const Tensor table = KernelOf(context, {rows, size}, 0, 1);
  return {Looked(context, table)};
}

/// Features to the logits of rows, each a product with the table's row or, where weights
/// are not tied, with a column of a kernel of its own.
ValueId Reversed(const LayerContext& context, std::int64_t rows, std::int64_t size,
                 bool is_tied) {
  const Tensor kernel = is_tied ? context.Variable("", 0, {rows, size})
                                : Permuted(context.Variable("", 1, {size, rows}), {1, 0});
  const bool is_capped = !context.Entry("logit_soft_cap").is_null();
  const ValueId logits = context.Node(
      FullyConnected{}, {context.Input(), context.Constant("reverse_kernel", kernel)},
      is_capped ? "logits" : "");
  if (!is_capped) return logits;
  const auto cap = static_cast<float>(context.Number("logit_soft_cap", 1));
  if (cap == 0) context.Corrupt("a logit_soft_cap of 0");
  const ValueId tanh =
      context.Node(Tanh{}, {Times(context, logits, 1 / cap, "over_cap")}, "tanh");
  return Times(context, tanh, cap, "cap");
}

std::vector<ValueId> BuildReversibleEmbedding(const LayerContext& context) {
  if (context.Flag("mask_zero", false)) context.Refuse("'mask_zero'; use an Embedding");
  const std::string dtype = context.Text("reverse_dtype", "float32");
  if (dtype != "float32") context.Refuse(fmt::format("reverse_dtype {}", dtype));
  const bool is_tied = context.Flag("tie_weights", true);
  context.ExpectVariables("", is_tied ? 1 : 2);
  const std::int64_t rows = context.Int("input_dim", 0);
  const std::int64_t size = context.Int("output_dim", 0);
  if (context.Argument(1, "reverse") == true) {
    return {Reversed(context, rows, size, is_tied)};
  }
  return {Looked(context, context.Variable("", 0, {rows, size}))};
}

}  // namespace

const std::vector<LayerRow>& DenseLayers() {
  static const std::vector<LayerRow> kRows = {
      {"Dense",
       BuildDense,
       "FULLY_CONNECTED",
       {"units", "activation", "use_bias", "quantization_config", "lora_rank",
        "lora_alpha"}},
      {"EinsumDense",
       BuildEinsumDense,
       "FULLY_CONNECTED, or BATCH_MATMUL, between reshapes and transpositions",
       {"equation", "output_shape", "bias_axes", "activation", "quantization_config",
        "lora_rank", "lora_alpha"}},
      {"Embedding",
       BuildEmbedding,
       "GATHER",
       {"input_dim", "output_dim", "mask_zero", "input_length", "quantization_config",
        "lora_rank", "lora_alpha"}},
      {"ReversibleEmbedding",
       BuildReversibleEmbedding,
       "GATHER; in reverse FULLY_CONNECTED, with a cap MUL, TANH, MUL behind it",
       {"input_dim", "output_dim", "mask_zero", "tie_weights", "reverse_dtype",
        "logit_soft_cap", "quantization_config"}},
  };
  return kRows;
}

}  // namespace kinglet
