// Functions that move and pad.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// The batch stays as it is, or it is what the other axes leave: parts of samples, as
/// windows of a recording, join the batch and leave it whole.
std::vector<ValueId> ReshapeTo(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const Shape in = operation.ShapeOf(x);
  Shape out = operation.Integers(1, {"newshape", "shape"}).value_or(Ints{});
  const auto open = std::ranges::find(out, -1);
  const bool leaves_batch_open = open == out.begin();
  if (open != out.end()) {
    *open = 1;
    *open = ElementCount(in) / std::max<std::int64_t>(ElementCount(out), 1);
  }
  const std::int64_t samples = in.empty() ? 1 : in[0];
  if (ElementCount(out) != ElementCount(in) || out.empty() ||
      (out[0] != samples && !leaves_batch_open)) {
    operation.context().Refuse(fmt::format("{} to {}, which moves samples of the batch",
                                           ToString(in), ToString(out)));
  }
  return {Reshaped(operation.context(), x, out, "")};
}

ValueId Moved(const Operation& operation, ValueId x, const Ints& perm) {
  if (perm.empty() || perm[0] != 0) {
    operation.context().Refuse("moves the axis of the batch");
  }
  return Transposed(operation.context(), x, perm, "");
}

std::vector<ValueId> TransposeBy(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  if (operation.Flag(-1, {"conjugate"}, false)) operation.context().Refuse("'conjugate'");
  Ints perm = operation.Integers(1, {"axes", "perm"}).value_or(Ints{});
  for (std::int64_t& axis : perm) {
    axis = AxisOf(operation.context(), axis, operation.ShapeOf(x).size());
  }
  return {Moved(operation, x, perm)};
}

std::vector<ValueId> SwapAxes(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const std::size_t rank = operation.ShapeOf(x).size();
  Ints perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  const auto at = [&](int place, const char* name) {
    const std::int64_t axis = operation.Int(place, {name}).value_or(0);
    return static_cast<std::size_t>(AxisOf(operation.context(), axis, rank));
  };
  std::swap(perm[at(1, "axis1")], perm[at(2, "axis2")]);
  return {Moved(operation, x, perm)};
}

std::vector<ValueId> MoveAxis(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const std::size_t rank = operation.ShapeOf(x).size();
  const Ints from = operation.Integers(1, {"source"}).value_or(Ints{});
  const Ints to = operation.Integers(2, {"destination"}).value_or(Ints{});
  if (from.size() != to.size()) operation.context().Corrupt("axes to fewer places");
  std::map<std::int64_t, std::int64_t> moved;  // axes by the place where they go
  Ints perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t axis = AxisOf(operation.context(), from[i], rank);
    moved[AxisOf(operation.context(), to[i], rank)] = axis;
    std::erase(perm, axis);
  }
  if (moved.size() + perm.size() != rank) operation.context().Corrupt("an axis twice");
  for (const auto& [place, axis] : moved) perm.insert(perm.begin() + place, axis);
  return {Moved(operation, x, perm)};
}

std::vector<ValueId> ExpandDims(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  Shape shape = operation.ShapeOf(x);
  Ints axes = operation.Integers(1, {"axis"}).value_or(Ints{});
  const std::size_t rank = shape.size() + axes.size();
  for (std::int64_t& axis : axes) axis = AxisOf(operation.context(), axis, rank);
  std::ranges::sort(axes);
  for (const std::int64_t axis : axes) {
    if (axis == 0) operation.context().Refuse("an axis in front of the batch");
    shape.insert(shape.begin() + axis, 1);
  }
  return {Reshaped(operation.context(), x, shape, "")};
}

std::vector<ValueId> Squeeze(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const Shape in = operation.ShapeOf(x);
  auto axes = operation.Integers(1, {"axis"});
  if (!axes.has_value()) {
    operation.context().Refuse("without an axis, which may take the batch away");
  }
  for (std::int64_t& axis : *axes) axis = AxisOf(operation.context(), axis, in.size());
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool is_gone =
        std::ranges::find(*axes, static_cast<std::int64_t>(i)) != axes->end();
    if (is_gone && (i == 0 || in[i] != 1)) {
      operation.context().Refuse("an axis that is not of size 1, or the batch");
    }
    if (!is_gone) out.push_back(in[i]);
  }
  return {Reshaped(operation.context(), x, out, "")};
}

/// The width before and behind an axis: given for each axis, once for all, or as a
/// number.
std::pair<std::int64_t, std::int64_t> PadWidths(const Operation& operation,
                                                std::size_t axis, std::size_t rank) {
  const LayerContext& context = operation.context();
  const Json& widths = operation.Argument(1, {"pad_width", "paddings"});
  const bool is_list = widths.is_array() && !widths.empty() && widths[0].is_array();
  if (is_list && widths.size() != rank && widths.size() != 1) {
    context.Corrupt("as many pairs of widths as axes are needed");
  }
  const Json& of_axis = is_list ? widths[widths.size() == 1 ? 0 : axis] : widths;
  const bool is_pair = of_axis.is_array() && of_axis.size() == 2;
  const Json& before = is_pair ? of_axis[0] : of_axis;
  const Json& after = is_pair ? of_axis[1] : of_axis;
  if (!before.is_number_unsigned() || !after.is_number_unsigned()) {
    context.Refuse("widths that are computed by the model");
  }
  return {before.get<std::int64_t>(), after.get<std::int64_t>()};
}

std::vector<ValueId> PadBy(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, kTensor);
  const std::size_t rank = operation.ShapeOf(x).size();
  Ints before(rank, 0);
  Ints after(rank, 0);
  for (std::size_t i = 0; i < rank; ++i) {
    std::tie(before[i], after[i]) = PadWidths(operation, i, rank);
  }
  if (before[0] != 0 || after[0] != 0) context.Refuse("pads the batch");
  std::string mode = operation.Text(2, {"mode"}, "constant");
  std::ranges::transform(mode, mode.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  const auto value = operation.Number(3, {"constant_values"});
  if (mode == "reflect") {
    return {operation.Node(MirrorPad{before, after, Mirror::kReflect}, {x})};
  }
  if (mode == "symmetric") {
    return {operation.Node(MirrorPad{before, after, Mirror::kSymmetric}, {x})};
  }
  if (mode != "constant") context.Refuse(fmt::format("mode '{}'", mode));
  if (value.value_or(0) == 0) return {operation.Node(Pad{before, after}, {x})};
  const ValueId filler = context.Scalar("value", static_cast<float>(*value));
  return {operation.Node(PadV2{before, after}, {x, filler})};
}

constexpr std::string_view kRefusedOnBatch = "refused: it works on the axis of the batch";

/// What joins, stacks, splits or turns around the first axis.
std::vector<ValueId> OnBatch(const Operation& operation) {
  operation.context().Refuse(
      "works on the axis of the batch, which mixes its samples; use Flatten, or the "
      "function that takes an axis");
}

}  // namespace

const std::vector<OperationRow>& ShapeOperations() {
  static const std::vector<OperationRow> kRows = {
      {"Reshape", {"reshape"}, ReshapeTo, "RESHAPE"},
      {"Transpose", {"transpose"}, TransposeBy, "TRANSPOSE"},
      {"Swapaxes", {}, SwapAxes, "TRANSPOSE"},
      {"Moveaxis", {}, MoveAxis, "TRANSPOSE"},
      {"ExpandDims", {"expand_dims"}, ExpandDims, "RESHAPE"},
      {"Squeeze", {"squeeze"}, Squeeze, "RESHAPE"},
      {"Ravel", {}, OnBatch, kRefusedOnBatch},
      {"Flipud", {}, OnBatch, kRefusedOnBatch},
      {"Vstack", {}, OnBatch, kRefusedOnBatch},
      {"Vsplit", {}, OnBatch, kRefusedOnBatch},
      {"Pad", {"pad"}, PadBy, "PAD, PADV2, MIRROR_PAD"},
  };
  return kRows;
}

}  // namespace kinglet
