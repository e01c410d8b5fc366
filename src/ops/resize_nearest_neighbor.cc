// ResizeNearestNeighbor: the element that lies nearest.
#include <numeric>

#include "ops/define.h"
#include "ops/resize.h"
#include "ops/table_copy.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {
namespace {

Kernel Compile(const ResizeNearestNeighbor& op, const NodeView& view) {
  const Shape& in = view.Input(0).shape;
  std::vector<Ints> positions = {
      Ints(static_cast<std::size_t>(in[0])), NearestPositions(ResizeH(op, in[1])),
      NearestPositions(ResizeW(op, in[2])), Ints(static_cast<std::size_t>(in[3]))};
  std::iota(positions.front().begin(), positions.front().end(), 0);
  std::iota(positions.back().begin(), positions.back().end(), 0);
  return TableCopyKernel(positions, view);
}

TfliteOp Form(const ResizeNearestNeighbor& op, const NodeView& view,
              flatbuffers::FlatBufferBuilder& builder) {
  const auto options = tflite::CreateResizeNearestNeighborOptions(
      builder, op.align_corners, op.half_pixel_centers);
  const bool newer = op.half_pixel_centers || op.align_corners;
  return {.code = tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR,
          .version = VersionFor(view, {newer ? 3 : 1, newer ? 3 : 2, 4}),
          .options_type = tflite::BuiltinOptions_ResizeNearestNeighborOptions,
          .options = options.Union(),
          .inputs = Operands(view, {IntVector({op.out_h, op.out_w})})};
}

}  // namespace

const OpDef& ResizeNearestNeighbor::Def() {
  static const OpDef kDef = Define<ResizeNearestNeighbor>({
      .infer = InferResize<ResizeNearestNeighbor>,
      .types = AnyType(),
      .compile = Compile,
      .quantization = {.range = RangeRule::kSameAsInputs},
      .tflite = Form,
      .codes = {tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR},
      .parse = ParseResize<ResizeNearestNeighbor, tflite::ResizeNearestNeighborOptions>,
  });
  return kDef;
}

}  // namespace kinglet
