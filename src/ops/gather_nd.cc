// GatherNd: slices of x at computed places of its first axes. A place outside is moved to
// the nearer end.
#include <cstring>

#include "ops/define.h"
#include "ops/positions.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const GatherNd& /*op*/, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const Shape& indices = inputs[1].shape;
  if (indices.empty() || indices.back() > std::ssize(in) ||
      !IsPosition(inputs[1].dtype)) {
    return "places " + ToString(indices) + " in input " + ToString(in);
  }
  Shape out(indices.begin(), indices.end() - 1);
  out.insert(out.end(), in.begin() + indices.back(), in.end());
  return std::vector<TensorType>{{inputs[0].dtype, out}};
}

Kernel Compile(const GatherNd& /*op*/, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const auto depth = static_cast<std::size_t>(view.Input(1).shape.back());
  const Size slices = ElementCount(view.Input(1).shape) / view.Input(1).shape.back();
  const Size bytes = ElementCount(view.Output().shape) / slices *
                     static_cast<Size>(SizeOf(view.Input(0).dtype));
  return [in, depth, slices, bytes, dtype = view.Input(1).dtype](const Buffers& buffers) {
    const Positions positions(buffers.inputs[1], dtype);
    for (Size i = 0; i < slices; ++i) {
      Size slice = 0;
      for (std::size_t k = 0; k < depth; ++k) {
        slice = slice * in[k] +
                positions.At(i * static_cast<Size>(depth) + static_cast<Size>(k), in[k]);
      }
      std::memcpy(buffers.outputs[0] + i * bytes, buffers.inputs[0] + slice * bytes,
                  static_cast<std::size_t>(bytes));
    }
  };
}

}  // namespace

const OpDef& GatherNd::Def() {
  static const OpDef kDef = Define<GatherNd>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = PlainForm<GatherNd, tflite::BuiltinOperator_GATHER_ND, 1>,
      .codes = {tflite::BuiltinOperator_GATHER_ND},
      .parse = ParsePlain<GatherNd>,
  });
  return kDef;
}

}  // namespace kinglet
