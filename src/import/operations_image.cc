// keras.ops.image: pictures cut, padded, in grey and blurred.
#include <cmath>

#include "import/building_blocks.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// The axes of height and width.
std::pair<std::size_t, std::size_t> PictureAxes(const Operation& operation, ValueId x) {
  constexpr std::size_t kRank = 4;
  if (operation.ShapeOf(x).size() != kRank) {
    operation.context().Refuse("of anything but pictures");
  }
  const std::size_t first = operation.HasChannelsFirst() ? 2 : 1;
  return {first, first + 1};
}

/// What is cut off or added before and behind an axis: two of both sides and the size
/// that results are given.
struct Borders {
  std::int64_t before;
  std::int64_t after;
};

Borders BordersOf(const Operation& operation, std::int64_t change, const char* before,
                  const char* after, const char* target) {
  auto first = operation.Int(-1, {before});
  auto second = operation.Int(-1, {after});
  const auto size = operation.Int(-1, {target});
  if (!size.has_value() && (!first.has_value() || !second.has_value())) {
    operation.context().Corrupt("two of both sides and the size are needed");
  }
  if (size.has_value() && !first.has_value() && !second.has_value()) {
    operation.context().Corrupt("one side is needed");
  }
  if (!first.has_value()) first = change - *second;
  if (!second.has_value()) second = change - *first;
  if (*first < 0 || *second < 0) operation.context().Corrupt("a side below 0");
  return {*first, *second};
}

std::int64_t Target(const Operation& operation, const char* name, std::int64_t missing) {
  return operation.Int(-1, {name}).value_or(missing);
}

std::vector<ValueId> CropTo(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"images"});
  const Shape in = operation.ShapeOf(x);
  const auto [row, column] = PictureAxes(operation, x);
  const Borders vertical =
      BordersOf(operation, in[row] - Target(operation, "target_height", in[row]),
                "top_cropping", "bottom_cropping", "target_height");
  const Borders horizontal =
      BordersOf(operation, in[column] - Target(operation, "target_width", in[column]),
                "left_cropping", "right_cropping", "target_width");
  const ValueId rows = Sliced(context, x, static_cast<std::int64_t>(row), vertical.before,
                              in[row] - vertical.after, "rows");
  return {Sliced(context, rows, static_cast<std::int64_t>(column), horizontal.before,
                 in[column] - horizontal.after, "")};
}

std::vector<ValueId> PadTo(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"images"});
  const Shape in = operation.ShapeOf(x);
  const auto [row, column] = PictureAxes(operation, x);
  const Borders vertical =
      BordersOf(operation, Target(operation, "target_height", in[row]) - in[row],
                "top_padding", "bottom_padding", "target_height");
  const Borders horizontal =
      BordersOf(operation, Target(operation, "target_width", in[column]) - in[column],
                "left_padding", "right_padding", "target_width");
  Pad op{.before = Ints(in.size(), 0), .after = Ints(in.size(), 0)};
  op.before[row] = vertical.before;
  op.after[row] = vertical.after;
  op.before[column] = horizontal.before;
  op.after[column] = horizontal.after;
  return {operation.Node(op, {x})};
}

/// With the channels last, for what `apply` makes of x.
template <typename Apply>
ValueId ChannelsLast(const Operation& operation, ValueId x, const Apply& apply) {
  if (!operation.HasChannelsFirst()) return apply(x, "");
  const Ints perm = PermToLast(1, operation.ShapeOf(x).size());
  const ValueId y = apply(Transposed(operation.context(), x, perm, "to_channels_last"),
                          "channels_last");
  return Transposed(operation.context(), y, Inverse(perm), "");
}

std::vector<ValueId> Greyscale(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"images"});
  const auto [row, column] = PictureAxes(operation, x);
  const std::size_t channels = row == 1 ? column + 1 : row - 1;
  if (operation.ShapeOf(x)[channels] == 1) return {x};
  const std::vector<float> weights = {0.2989F, 0.5870F, 0.1140F};
  const Tensor kernel = Tensor::Of<float>({1, 3}, std::span<const float>(weights));
  return {ChannelsLast(operation, x, [&](ValueId picture, const std::string& name) {
    return operation.Node(FullyConnected{},
                          {picture, operation.context().Constant("kernel", kernel)},
                          name);
  })};
}

/// The bell curve at `size` places around the middle, with sum 1.
std::vector<double> BellCurve(std::int64_t size, double sigma) {
  std::vector<double> curve;
  double sum = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const double x = (static_cast<double>(i) - static_cast<double>(size - 1) / 2) / sigma;
    curve.push_back(std::exp(-x * x / 2));
    sum += curve.back();
  }
  for (double& value : curve) value /= sum;
  return curve;
}

/// Keras has the first of both numbers along the width.
std::vector<ValueId> Blur(const Operation& operation) {
  const LayerContext& context = operation.context();
  const ValueId x = operation.Operand(0, {"images"});
  const auto [row, column] = PictureAxes(operation, x);
  const std::int64_t channels = operation.ShapeOf(x)[row == 1 ? column + 1 : row - 1];
  const Ints sizes = operation.Integers(1, {"kernel_size"}).value_or(Ints{3, 3});
  const Json& sigma = operation.Argument(2, {"sigma"});
  const bool has_two = sizes.size() == 2 && sigma.is_array() && sigma.size() == 2;
  if (!has_two) context.Refuse("with other than two sizes and two widths of the curve");
  const std::vector<double> across = BellCurve(sizes[0], sigma[0].get<double>());
  const std::vector<double> down = BellCurve(sizes[1], sigma[1].get<double>());
  if (sizes[0] != sizes[1]) context.Refuse("with a kernel that is no square");
  std::vector<float> taps;
  for (const double vertical : down) {
    for (const double horizontal : across) {
      taps.insert(taps.end(), static_cast<std::size_t>(channels),
                  static_cast<float>(vertical * horizontal));
    }
  }
  const Tensor kernel =
      Tensor::Of<float>({1, sizes[1], sizes[0], channels}, std::span<const float>(taps));
  return {ChannelsLast(operation, x, [&](ValueId picture, const std::string& name) {
    return operation.Node(
        DepthwiseConv2d{.padding = Padding::kSame},
        {picture, context.Constant("kernel", kernel), context.ZeroBias(channels)}, name);
  })};
}

}  // namespace

const std::vector<OperationRow>& ImageOperations() {
  static const std::vector<OperationRow> kRows = {
      {"CropImages", {}, CropTo, "STRIDED_SLICE"},
      {"PadImages", {}, PadTo, "PAD"},
      {"RGBToGrayscale", {}, Greyscale, "FULLY_CONNECTED"},
      {"GaussianBlur", {}, Blur, "DEPTHWISE_CONV_2D"},
  };
  return kRows;
}

}  // namespace kinglet
