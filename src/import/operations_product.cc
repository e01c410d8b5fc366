// Products of matrices, and pictures of another size.
#include <fmt/format.h>

#include "import/building_blocks.h"
#include "import/layout.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// A constant [k,n] as the second operand makes it a fully connected operation.
std::vector<ValueId> Matmul(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"x1", "a"});
  const ValueId y = operation.Operand(1, {"x2", "b"});
  const bool swaps_x = operation.Flag(2, {"transpose_a"}, false);
  const bool swaps_y = operation.Flag(3, {"transpose_b"}, false);
  const Value& second = context.graph()[y];
  if (operation.ShapeOf(x).size() < 2 || second.shape.size() < 2) {
    context.Refuse("a vector as operand");
  }
  if (second.constant != nullptr && second.shape.size() == 2 && !swaps_x) {
    const Tensor weights =
        swaps_y ? *second.constant : Permuted(*second.constant, {1, 0});
    return {operation.Node(FullyConnected{}, {x, context.Constant("kernel", weights)})};
  }
  return {operation.Node(BatchMatMul{.adj_x = swaps_x, .adj_y = swaps_y}, {x, y})};
}

std::vector<ValueId> ResizeTo(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"images"});
  const Json& size = operation.Argument(1, {"size"});
  const std::string method = operation.Text(2, {"interpolation", "method"}, "bilinear");
  const Ints perm = operation.Text(-1, {"data_format"}, "") == "channels_first"
                        ? PermToLast(1, operation.ShapeOf(x).size())
                        : Ints{};
  for (const char* flag : {"antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
                           "preserve_aspect_ratio"}) {
    if (operation.Flag(-1, {flag}, false)) context.Refuse(fmt::format("'{}'", flag));
  }
  for (const char* unused : {"fill_mode", "fill_value"}) operation.Argument(-1, {unused});
  if (!size.is_array() || size.size() != 2 || !size[0].is_number_integer() ||
      !size[1].is_number_integer()) {
    context.Refuse("a size that the model computes");
  }
  const auto resized = [&](auto op) {
    op.out_h = size[0].get<std::int64_t>();
    op.out_w = size[1].get<std::int64_t>();
    op.half_pixel_centers = true;
    const ValueId picture = Transposed(context, x, perm, "to_channels_last");
    const ValueId y = operation.Node(op, {picture}, perm.empty() ? "" : "resize");
    return Transposed(context, y, Inverse(perm), "");
  };
  if (method == "bilinear") return {resized(ResizeBilinear{})};
  if (method == "nearest") return {resized(ResizeNearestNeighbor{})};
  context.Refuse(fmt::format("interpolation '{}'; use bilinear or nearest", method));
}

}  // namespace

const std::vector<OperationRow>& ProductOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Matmul",
       {"linalg.matmul", "matmul"},
       Matmul,
       "BATCH_MATMUL, with a constant FULLY_CONNECTED"},
      {"Resize", {"image.resize"}, ResizeTo, "RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR"},
  };
  return kRows;
}

}  // namespace kinglet
