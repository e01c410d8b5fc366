// Gather: slices of x at computed places of an axis. A place outside is moved to the
// nearer end.
#include <algorithm>

#include "ops/define.h"
#include "ops/positions.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Inferred Infer(const Gather& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  const Shape& indices = inputs[1].shape;
  const bool fits = op.axis >= 0 && op.axis < std::ssize(in) && op.batch_dims >= 0 &&
                    op.batch_dims <= op.axis && op.batch_dims <= std::ssize(indices) &&
                    std::equal(in.begin(), in.begin() + op.batch_dims, indices.begin());
  if (!fits || !IsPosition(inputs[1].dtype)) {
    return "places " + ToString(indices) + " in input " + ToString(in);
  }
  Shape out(in.begin(), in.begin() + op.axis);
  out.insert(out.end(), indices.begin() + op.batch_dims, indices.end());
  out.insert(out.end(), in.begin() + op.axis + 1, in.end());
  return std::vector<TensorType>{{inputs[0].dtype, out}};
}

Kernel Compile(const Gather& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const Shape& indices = view.Input(1).shape;
  const auto product = [](auto first, auto last) {
    return ElementCount(Shape(first, last));
  };
  const GatherPlan plan{
      .batches = product(in.begin(), in.begin() + op.batch_dims),
      .outer = product(in.begin() + op.batch_dims, in.begin() + op.axis),
      .places = in[static_cast<std::size_t>(op.axis)],
      .indices = product(indices.begin() + op.batch_dims, indices.end()),
      .bytes = product(in.begin() + op.axis + 1, in.end()) *
               static_cast<Size>(SizeOf(view.Input(0).dtype))};
  return [plan, dtype = view.Input(1).dtype](const Buffers& buffers) {
    plan.Run(buffers.inputs[0], Positions(buffers.inputs[1], dtype), buffers.outputs[0]);
  };
}

TfliteOp Form(const Gather& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options =
      tflite::CreateGatherOptions(builder, static_cast<std::int32_t>(op.axis),
                                  static_cast<std::int32_t>(op.batch_dims));
  return {.code = tflite::BuiltinOperator_GATHER,
          .version = op.batch_dims != 0 ? 5 : VersionFor(view, {.int16 = 4}),
          .options_type = tflite::BuiltinOptions_GatherOptions,
          .options = options.Union(),
          .inputs = Operands(view)};
}

Parsed ParseGather(const TfliteSource& source) {
  const auto* options = source.OptionsAs<tflite::GatherOptions>();
  if (options == nullptr) return ParsedOp{Gather{}, 2};
  const std::size_t rank = source.inputs[0]->shape.size();
  return ParsedOp{Gather{NormalizedAxis(options->axis(), rank), options->batch_dims()},
                  2};
}

}  // namespace

const OpDef& Gather::Def() {
  static const OpDef kDef = Define<Gather>({
      .min_inputs = 2,
      .max_inputs = 2,
      .infer = Infer,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_GATHER},
      .parse = ParseGather,
  });
  return kDef;
}

}  // namespace kinglet
