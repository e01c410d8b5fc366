#include "import/building_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace kinglet {

std::int64_t AxisOf(const LayerContext& context, std::int64_t axis, std::size_t rank) {
  const auto axes = static_cast<std::int64_t>(rank);
  if (axis < -axes || axis >= axes) {
    context.Corrupt(fmt::format("axis {} of a tensor with {} axes", axis, axes));
  }
  return axis < 0 ? axis + axes : axis;
}

Ints AxesOf(const LayerContext& context, const Json& entry, const Ints& missing,
            std::size_t rank) {
  if (entry.is_null()) return missing;
  Ints axes;
  for (const Json& axis : entry.is_array() ? entry : Json::array({entry})) {
    if (!axis.is_number_integer()) context.Corrupt("an axis that is no integer");
    axes.push_back(AxisOf(context, axis.get<std::int64_t>(), rank));
  }
  std::ranges::sort(axes);
  if (std::ranges::adjacent_find(axes) != axes.end()) context.Corrupt("an axis twice");
  return axes;
}

ValueId Reshaped(const LayerContext& context, ValueId x, Shape shape,
                 const std::string& suffix) {
  if (context.ShapeOf(x) == shape) return x;
  return context.Node(Reshape{std::move(shape)}, {x}, suffix);
}

ValueId Transposed(const LayerContext& context, ValueId x, const Ints& perm,
                   const std::string& suffix) {
  if (std::ranges::is_sorted(perm)) return x;
  return context.Node(Transpose{perm}, {x}, suffix);
}

ValueId Reversed(const LayerContext& context, ValueId x, const Ints& axes,
                 const std::string& suffix) {
  for (std::size_t first = 0, end = 0; first < axes.size(); first = end) {
    end = first + 1;
    while (end < axes.size() && axes[end] == axes[end - 1] + 1) ++end;
    const Ints run(axes.begin() + static_cast<std::ptrdiff_t>(first),
                   axes.begin() + static_cast<std::ptrdiff_t>(end));
    const bool is_last = end == axes.size();
    x = context.Node(ReverseV2{run}, {x},
                     is_last ? suffix : fmt::format("{}/{}", suffix, first));
  }
  return x;
}

ValueId Sliced(const LayerContext& context, ValueId x, std::int64_t axis,
               std::int64_t begin, std::int64_t end, const std::string& suffix) {
  const Shape shape = context.ShapeOf(x);
  const auto at = static_cast<std::size_t>(axis);
  if (begin == 0 && end == shape[at]) return x;
  StridedSlice op{
      .begin = Ints(shape.size(), 0), .end = shape, .strides = Ints(shape.size(), 1)};
  op.begin[at] = begin;
  op.end[at] = end;
  return context.Node(op, {x}, suffix);
}

ValueId Times(const LayerContext& context, ValueId x, float factor,
              const std::string& suffix) {
  if (factor == 1.0F) return x;
  return context.Node(Mul{}, {x, context.Scalar(suffix + "/factor", factor)}, suffix);
}

ValueId Plus(const LayerContext& context, ValueId x, float offset,
             const std::string& suffix) {
  if (offset == 0.0F) return x;
  return context.Node(Add{}, {x, context.Scalar(suffix + "/offset", offset)}, suffix);
}

Shape Along(const Shape& x, const Ints& axes) {
  Shape shape;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool is_in =
        std::ranges::find(axes, static_cast<std::int64_t>(i)) != axes.end();
    if (is_in || !shape.empty()) shape.push_back(is_in ? x[i] : 1);
  }
  return shape;
}

ValueId MappedPerChannel(const LayerContext& context, ValueId x,
                         const std::vector<float>& factor,
                         const std::vector<float>& offset, const std::string& suffix) {
  constexpr std::size_t kImageRank = 4;
  const std::string part = suffix.empty() ? "" : suffix + "/";
  if (context.ShapeOf(x).size() != kImageRank || factor.empty() || offset.empty()) {
    if (!factor.empty()) {
      const ValueId factors = context.Vector(part + "factor", factor);
      x = context.Node(Mul{}, {x, factors}, offset.empty() ? suffix : part + "mul");
    }
    if (offset.empty()) return x;
    return context.Node(Add{}, {x, context.Vector(part + "offset", offset)}, suffix);
  }
  const Shape shape = {1, 1, 1, static_cast<std::int64_t>(factor.size())};
  const ValueId taps = context.Constant(
      part + "factor", Tensor::Of<float>(shape, std::span<const float>(factor)));
  return context.Node(DepthwiseConv2d{},
                      {x, taps, context.Vector(part + "offset", offset)}, suffix);
}

ValueId AsFloats(const LayerContext& context, ValueId x, const std::string& suffix) {
  if (context.graph()[x].dtype == DType::kFloat32) return x;
  return context.Node(Cast{DType::kFloat32}, {x}, suffix);
}

ValueId AsWhole(const LayerContext& context, ValueId x, const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  const ValueId whole = context.Node(Round{}, {x}, part + "whole");
  return context.Node(Cast{DType::kInt32}, {whole}, suffix);
}

ValueId Raised(const LayerContext& context, ValueId x, float power,
               const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  if (power == 1) return x;
  if (power == 2) return context.Node(Mul{}, {x, x}, suffix);
  if (power == 3) {
    const ValueId square = context.Node(Mul{}, {x, x}, part + "square");
    return context.Node(Mul{}, {square, x}, suffix);
  }
  if (power == 0.5F) return context.Node(Sqrt{}, {x}, suffix);
  if (power == -0.5F) return context.Node(Rsqrt{}, {x}, suffix);
  return context.Node(Pow{}, {x, context.Scalar(part + "power", power)}, suffix);
}

ValueId WithSignOf(const LayerContext& context, ValueId magnitude, ValueId x,
                   const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  const ValueId is_below =
      context.Node(Relational{Relation::kLess}, {x, context.Scalar(part + "zero", 0)},
                   part + "is_below");
  const ValueId opposite = Times(context, magnitude, -1, part + "opposite");
  return context.Node(Select{}, {is_below, opposite, magnitude}, suffix);
}

ValueId OddPolynomial(const LayerContext& context, ValueId x,
                      std::span<const float> coefficients, const std::string& suffix) {
  const ValueId square = context.Node(Mul{}, {x, x}, suffix + "/square");
  ValueId sum = context.Scalar(suffix + "/0", coefficients[0]);
  for (std::size_t i = 1; i < coefficients.size(); ++i) {
    const std::string part = fmt::format("{}/{}", suffix, i);
    sum = context.Node(Mul{}, {square, sum}, part + "/product");
    sum = Plus(context, sum, coefficients[i], part);
  }
  return context.Node(Mul{}, {sum, x}, suffix);
}

ValueId AsCondition(const LayerContext& context, ValueId x) {
  const DType dtype = context.graph()[x].dtype;
  if (dtype == DType::kBool) return x;
  return context.Node(Relational{Relation::kNotEqual},
                      {AsFloats(context, x, "number"), context.Scalar("zero", 0)},
                      "is_set");
}

ValueId AnyOver(const LayerContext& context, ValueId bools, const Ints& axes,
                const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  const ValueId unset = context.Node(LogicalNot{}, {bools}, part + "unset");
  const ValueId none =
      context.Node(ReduceAll{{.axes = axes, .keep_dims = true}}, {unset}, part + "none");
  return context.Node(LogicalNot{}, {none}, suffix);
}

ValueId DividedByNorm(const LayerContext& context, ValueId x, const Ints& axes,
                      double smallest, const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  const ValueId square = context.Node(Mul{}, {x, x}, part + "square");
  const ValueId sum =
      context.Node(Sum{{.axes = axes, .keep_dims = true}}, {square}, part + "sum");
  const ValueId floored = context.Node(
      Maximum{}, {sum, context.Scalar(part + "smallest", static_cast<float>(smallest))},
      part + "maximum");
  const ValueId inverse = context.Node(Rsqrt{}, {floored}, part + "rsqrt");
  return context.Node(Mul{}, {x, inverse}, suffix);
}

Shape WithoutAxes(Shape x, const Ints& axes) {
  for (std::size_t i = axes.size(); i-- > 0;) x.erase(x.begin() + axes[i]);
  return x;
}

Shape SizesAt(const Shape& x, const Ints& axes) {
  Shape sizes;
  for (const std::int64_t axis : axes) {
    sizes.push_back(x[static_cast<std::size_t>(axis)]);
  }
  return sizes;
}

Ints PermToLast(std::int64_t axis, std::size_t rank) {
  Ints perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  perm.erase(perm.begin() + axis);
  perm.push_back(axis);
  return perm;
}

Ints Inverse(const Ints& perm) {
  Ints inverse(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) {
    inverse[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  }
  return inverse;
}

ValueId OverAxis(const LayerContext& context, ValueId x, std::int64_t axis, const Op& op,
                 const std::string& suffix) {
  const std::size_t rank = context.ShapeOf(x).size();
  const Ints perm = PermToLast(AxisOf(context, axis, rank), rank);
  const std::string prefix = suffix.empty() ? "" : suffix + "/";
  const bool is_last = std::ranges::is_sorted(perm);
  const ValueId moved = Transposed(context, x, perm, prefix + "to_last");
  const ValueId y = context.Node(op, {moved}, is_last ? suffix : prefix + "over_last");
  return Transposed(context, y, Inverse(perm), suffix);
}

bool IsChannelsFirst(const LayerContext& context) {
  const std::string format = context.Text("data_format", "channels_last");
  if (format == "channels_first") return true;
  if (format != "channels_last") {
    context.Refuse(fmt::format("data_format '{}'", format));
  }
  return false;
}

ImageForm::ImageForm(const LayerContext& context, std::size_t spatial_axes)
    : ImageForm(context, context.ShapeOf(context.Input()), spatial_axes,
                IsChannelsFirst(context)) {}

ImageForm::ImageForm(const LayerContext& context, const Shape& shape,
                     std::size_t spatial_axes, bool channels_first)
    : context_(context), spatial_axes_(spatial_axes), channels_first_(channels_first) {
  if (shape.size() != spatial_axes + 2) {
    context.Refuse(fmt::format("an input of shape {}, where {} axes are needed",
                               ToString(shape), spatial_axes + 2));
  }
}

ValueId ImageForm::In(ValueId x) const {
  if (channels_first_) {
    x = Transposed(context_, x, PermToLast(1, spatial_axes_ + 2), "to_channels_last");
  }
  if (spatial_axes_ == 2) return x;
  const Shape series = context_.ShapeOf(x);
  return Reshaped(context_, x, {series[0], 1, series[1], series[2]}, "expand");
}

ValueId ImageForm::Out(ValueId y) const {
  if (spatial_axes_ == 1) {
    const Shape image = context_.ShapeOf(y);
    y = Reshaped(context_, y, {image[0], image[2], image[3]}, "squeeze");
  }
  if (!channels_first_) return y;
  return Transposed(context_, y, Inverse(PermToLast(1, spatial_axes_ + 2)),
                    "to_channels_first");
}

}  // namespace kinglet
