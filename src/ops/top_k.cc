// TopK: the k largest along the last axis and their positions. INT8 compares integers.
#include <algorithm>
#include <numeric>

#include "kernels/arguments.h"
#include "ops/define.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const TopK& op, std::span<const TensorType> inputs) {
  Shape out = inputs[0].shape;
  if (out.empty() || op.k < 1 || op.k > out.back()) {
    return std::to_string(op.k) + " of input " + ToString(out);
  }
  out.back() = op.k;
  return std::vector<TensorType>{{inputs[0].dtype, out}, {DType::kInt32, out}};
}

template <typename T>
void TopOfRow(const T* in, Size columns, Size k, T* values, std::int32_t* positions) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(columns));
  std::iota(order.begin(), order.end(), 0);
  std::partial_sort(order.begin(), order.begin() + k, order.end(),
                    [in](std::int32_t a, std::int32_t b) {
                      return in[a] > in[b] || (in[a] == in[b] && a < b);
                    });
  for (Size i = 0; i < k; ++i) {
    positions[i] = order[static_cast<std::size_t>(i)];
    values[i] = in[positions[i]];
  }
}

template <typename T>
Kernel CompileOf(const TopK& op, const NodeView& view) {
  const Size columns = view.Input(0).shape.back();
  const Size rows = ElementCount(view.Input(0).shape) / columns;
  return [columns, rows, k = op.k](const Buffers& buffers) {
    for (Size r = 0; r < rows; ++r) {
      TopOfRow(buffers.In<T>(0) + r * columns, columns, k, buffers.Out<T>(0) + r * k,
               buffers.Out<std::int32_t>(1) + r * k);
    }
  };
}

Kernel Compile(const TopK& op, const NodeView& view) {
  switch (view.Input(0).dtype) {
    case DType::kInt8:
      return CompileOf<std::int8_t>(op, view);
    case DType::kInt32:
      return CompileOf<std::int32_t>(op, view);
    default:
      Check(view.Input(0).dtype == DType::kFloat32, "numbers");
      return CompileOf<float>(op, view);
  }
}

TfliteOp Form(const TopK& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  return {.code = tflite::BuiltinOperator_TOPK_V2,
          .version = VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_TopKV2Options,
          .options = tflite::CreateTopKV2Options(builder).Union(),
          .inputs = Operands(view, {IntScalar(op.k)})};
}

Parsed ParseTopK(const TfliteSource& source) {
  const auto k = IntOf(source, 1);
  if (!k.has_value()) return "its k is not constant";
  return ParsedOp{TopK{*k}};
}

}  // namespace

const OpDef& TopK::Def() {
  static const OpDef kDef = Define<TopK>({
      .infer = Infer,
      .types = {DType::kFloat32, DType::kInt8, DType::kInt32},
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_TOPK_V2},
      .parse = ParseTopK,
  });
  return kDef;
}

}  // namespace kinglet
