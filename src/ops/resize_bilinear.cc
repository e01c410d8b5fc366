// ResizeBilinear: the four neighbours of a place, weighted by how near they are.
#include "ops/define.h"
#include "ops/float_kernels.h"
#include "ops/problems.h"
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

/// One output pixel of integers, with twenty more bits.
template <typename T>
T* Mix(const T* in, Size width, Size channels, const FixedPlace& row,
       const FixedPlace& column, T* out) {
  const auto at = [&](std::int64_t y, std::int64_t x) {
    return in + (y * width + x) * channels;
  };
  const T* a = at(row.low, column.low);
  const T* b = at(row.high, column.low);
  const T* c = at(row.low, column.high);
  const T* d = at(row.high, column.high);
  const std::int64_t y = row.fraction;
  const std::int64_t x = column.fraction;
  constexpr std::int64_t kOne = FixedPlace::kOne;
  for (Size i = 0; i < channels; ++i) {
    const std::int64_t sum = a[i] * (kOne - y) * (kOne - x) + b[i] * y * (kOne - x) +
                             c[i] * (kOne - y) * x + d[i] * y * x;
    const std::int64_t half = kOne * kOne / 2;
    out[i] = static_cast<T>((sum > 0 ? sum + half : sum - half) / (kOne * kOne));
  }
  return out + channels;
}

/// Mixes every output pixel of type T.
template <typename T, typename Places>
Kernel MixAll(Places rows, Places columns, const Shape& in) {
  return
      [rows = std::move(rows), columns = std::move(columns), in](const Buffers& buffers) {
        const Size sample = in[1] * in[2] * in[3];
        T* out = buffers.Out<T>();
        for (Size n = 0; n < in[0]; ++n) {
          const T* x = buffers.In<T>(0) + n * sample;
          for (const auto& row : rows) {
            for (const auto& column : columns)
              out = Mix(x, in[2], in[3], row, column, out);
          }
        }
      };
}

Kernel Compile(const ResizeBilinear& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  const ResizeAxis h = ResizeH(op, in[1]);
  const ResizeAxis w = ResizeW(op, in[2]);
  switch (view.Output().dtype) {
    case DType::kInt8:
      return MixAll<std::int8_t>(FixedPlaces(h), FixedPlaces(w), in);
    case DType::kInt16:
      return MixAll<std::int16_t>(FixedPlaces(h), FixedPlaces(w), in);
    default:
      CheckFloat(view);
      return MixAll<float>(BilinearPlaces(h), BilinearPlaces(w), in);
  }
}

TfliteOp Form(const ResizeBilinear& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateResizeBilinearOptions(
      builder, 0, 0, op.align_corners, op.half_pixel_centers);
  const bool newer = op.half_pixel_centers;
  return {.code = tflite::BuiltinOperator_RESIZE_BILINEAR,
          .version = VersionFor(view, {newer ? 3 : 1, newer ? 3 : 2, 4}),
          .options_type = tflite::BuiltinOptions_ResizeBilinearOptions,
          .options = options.Union(),
          .inputs = Operands(view, {IntVector({op.out_h, op.out_w})})};
}

}  // namespace

const OpDef& ResizeBilinear::Def() {
  static const OpDef kDef = Define<ResizeBilinear>({
      .infer = InferResize<ResizeBilinear>,
      .types = Reals(),
      .problem = ScaleProblem,
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RESIZE_BILINEAR},
      .parse = ParseResize<ResizeBilinear, tflite::ResizeBilinearOptions>,
  });
  return kDef;
}

}  // namespace kinglet
