// ResizeBilinear: the four neighbours of a place, weighted by how near they are.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/resize.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

/// One output pixel; the order of the sum is that of the format's own kernel.
/// @returns where the next goes.
float* Mix(const float* in, Size width, Size channels, const Place& row,
           const Place& column, float* out) {
  const auto at = [&](std::int64_t y, std::int64_t x) {
    return in + (y * width + x) * channels;
  };
  const float* a = at(row.low, column.low);
  const float* b = at(row.high, column.low);
  const float* c = at(row.low, column.high);
  const float* d = at(row.high, column.high);
  const float y = row.fraction;
  const float x = column.fraction;
  for (Size i = 0; i < channels; ++i) {
    out[i] = a[i] * (1.0F - y) * (1.0F - x) + b[i] * y * (1.0F - x) +
             c[i] * (1.0F - y) * x + d[i] * y * x;
  }
  return out + channels;
}

Kernel Compile(const ResizeBilinear& op, const NodeView& view) {
  CheckFloat(view);
  const Shape& in = view.Input(0).shape;
  return [rows = BilinearPlaces(ResizeH(op, in[1])),
          columns = BilinearPlaces(ResizeW(op, in[2])), in](const Buffers& buffers) {
    const Size channels = in[3];
    const Size sample = in[1] * in[2] * channels;
    float* out = buffers.Out<float>();
    for (Size n = 0; n < in[0]; ++n) {
      const float* x = buffers.In<float>(0) + n * sample;
      for (const Place& row : rows) {
        for (const Place& column : columns) {
          out = Mix(x, in[2], channels, row, column, out);
        }
      }
    }
  };
}

TfliteOp Form(const ResizeBilinear& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateResizeBilinearOptions(
      builder, 0, 0, op.align_corners, op.half_pixel_centers);
  const bool newer = op.half_pixel_centers;
  return {.code = tflite::BuiltinOperator_RESIZE_BILINEAR,
          .version = newer ? 3 : VersionFor(view, {}),
          .options_type = tflite::BuiltinOptions_ResizeBilinearOptions,
          .options = options.Union(),
          .inputs = Operands(view, {IntVector({op.out_h, op.out_w})})};
}

}  // namespace

const OpDef& ResizeBilinear::Def() {
  static const OpDef kDef = Define<ResizeBilinear>({
      .infer = InferResize<ResizeBilinear>,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RESIZE_BILINEAR},
      .parse = ParseResize<ResizeBilinear, tflite::ResizeBilinearOptions>,
  });
  return kDef;
}

}  // namespace kinglet
