// Pools over windows and over the whole picture or series.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "import/building_blocks.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

Padding PoolPadding(const LayerContext& context) {
  const std::string padding = context.Text("padding", "valid");
  if (padding == "same") return Padding::kSame;
  if (padding != "valid") context.Refuse(fmt::format("padding '{}'", padding));
  return Padding::kValid;
}

template <typename Pool, std::size_t kAxes>
std::vector<ValueId> BuildPool(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const Ints filter = context.PerAxis("pool_size", kAxes, 2);
  const bool has_strides = !context.Entry("strides").is_null();
  const Ints stride = has_strides ? context.PerAxis("strides", kAxes, 1) : filter;
  Pool pool;
  pool.padding = PoolPadding(context);
  pool.filter_w = filter.back();
  pool.stride_w = stride.back();
  if (kAxes == 2) {
    pool.filter_h = filter[0];
    pool.stride_h = stride[0];
  }
  return {form.Out(context.Node(pool, {form.In(context.Input())}))};
}

/// A pool of `size` elements along axis 1 or 2 of [n,h,w,c].
template <typename Pool>
Pool PoolAlong(std::size_t axis, std::int64_t size, std::int64_t stride) {
  Pool pool;
  (axis == 1 ? pool.filter_h : pool.filter_w) = size;
  (axis == 1 ? pool.stride_h : pool.stride_w) = stride;
  return pool;
}

/// Windows of unequal size: pools of each size at every place, of which those that are
/// wanted are taken.
template <typename Pool>
ValueId PooledUnevenly(const LayerContext& context, ValueId x, std::size_t axis,
                       std::int64_t out, const std::string& name) {
  const std::int64_t in = context.ShapeOf(x)[axis];
  const auto begin_of = [&](std::int64_t i) { return i * in / out; };
  const auto size_of = [&](std::int64_t i) {
    return ((i + 1) * in + out - 1) / out - begin_of(i);
  };
  std::map<std::int64_t, std::int64_t> first;  // by size, place of its first window
  for (std::int64_t i = 0; i < out; ++i) first[size_of(i)] = 0;
  std::vector<ValueId> pools;
  std::int64_t count = 0;
  for (auto& [size, place] : first) {
    place = count;
    count += in - size + 1;
    pools.push_back(context.Node(PoolAlong<Pool>(axis, size, 1), {x},
                                 fmt::format("{}/windows_of_{}", name, size)));
  }
  const auto along = static_cast<std::int64_t>(axis);
  const ValueId all = pools.size() == 1
                          ? pools[0]
                          : context.Node(Concatenation{along}, pools, name + "/windows");
  std::vector<std::int32_t> wanted;
  for (std::int64_t i = 0; i < out; ++i) {
    wanted.push_back(static_cast<std::int32_t>(first[size_of(i)] + begin_of(i)));
  }
  const ValueId places = context.Constant(
      name + "/places",
      Tensor::Of<std::int32_t>({out}, std::span<const std::int32_t>(wanted)));
  return context.Node(Gather{.axis = along}, {all, places}, name);
}

/// Window i of `out` along an axis covers the input from floor(i in / out) to
/// ceil((i + 1) in / out).
template <typename Pool>
ValueId PooledTo(const LayerContext& context, ValueId x, std::size_t axis,
                 std::int64_t out, const std::string& name) {
  const std::int64_t in = context.ShapeOf(x)[axis];
  if (in == out) return x;
  if (in % out != 0) return PooledUnevenly<Pool>(context, x, axis, out, name);
  return context.Node(PoolAlong<Pool>(axis, in / out, in / out), {x}, name);
}

/// Where the windows of both axes are alike it is one pool.
template <typename Pool, std::size_t kAxes>
std::vector<ValueId> BuildAdaptivePool(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  Ints out = context.PerAxis("output_size", kAxes, 1);
  if (kAxes == 1) out.insert(out.begin(), 1);  // a series has a height of 1
  if (std::ranges::min(out) < 1) context.Corrupt("an output_size below 1");
  if (in[1] % out[0] == 0 && in[2] % out[1] == 0) {
    Pool pool;
    pool.filter_h = pool.stride_h = in[1] / out[0];
    pool.filter_w = pool.stride_w = in[2] / out[1];
    return {form.Out(context.Node(pool, {x}))};
  }
  const ValueId rows = PooledTo<Pool>(context, x, 1, out[0], "rows");
  return {form.Out(PooledTo<Pool>(context, rows, 2, out[1], "columns"))};
}

template <std::size_t kAxes>
Ints SpatialAxes(const LayerContext& context) {
  if (context.ShapeOf(context.Input()).size() != kAxes + 2) {
    context.Refuse(fmt::format("an input of shape {}, where {} axes are needed",
                               ToString(context.ShapeOf(context.Input())), kAxes + 2));
  }
  const std::int64_t first = IsChannelsFirst(context) ? 2 : 1;
  return kAxes == 1 ? Ints{first} : Ints{first, first + 1};
}

template <typename Reduction, std::size_t kAxes>
std::vector<ValueId> BuildGlobalPool(const LayerContext& context) {
  const Reduction op{{.axes = SpatialAxes<kAxes>(context),
                      .keep_dims = context.Flag("keepdims", false)}};
  return {context.Node(op, {context.Input()})};
}

/// The mean of the steps that the mask lets count: of all with the others at zero, over
/// the part that counts.
std::vector<ValueId> BuildGlobalAverage1d(const LayerContext& context) {
  if (!context.Mask().has_value()) return BuildGlobalPool<Mean, 1>(context);
  const Ints axes = SpatialAxes<1>(context);
  const ValueId x = context.Input();
  Shape column = context.ShapeOf(*context.Mask());
  column.insert(axes[0] == 1 ? column.end() : column.begin() + 1, 1);
  const ValueId steps = Reshaped(context, *context.Mask(), column, "steps");
  const ValueId kept =
      context.Node(Select{}, {steps, x, context.Scalar("nothing", 0)}, "kept");
  const ValueId counts = context.Node(Cast{DType::kFloat32}, {steps}, "counts");
  const Mean over{{.axes = axes, .keep_dims = context.Flag("keepdims", false)}};
  return {context.Node(Div{}, {context.Node(over, {kept}, "of_all"),
                               context.Node(over, {counts}, "part")})};
}

const std::vector<std::string_view> kPoolKeys = {"pool_size", "strides", "padding",
                                                 "data_format"};
const std::vector<std::string_view> kGlobalKeys = {"keepdims", "data_format"};
constexpr const char* kAdaptiveSeries =
    "RESHAPE, a pool, RESHAPE; for windows of unequal size two pools, CONCATENATION, "
    "GATHER";
constexpr const char* kAdaptivePicture =
    "a pool; for windows of unequal size along each axis two pools, CONCATENATION, "
    "GATHER";
const std::vector<std::string_view> kAdaptiveKeys = {"output_size", "data_format"};

}  // namespace

const std::vector<LayerRow>& PoolingLayers() {
  static const std::vector<LayerRow> kRows = {
      {"AveragePooling1D", BuildPool<AveragePool2d, 1>,
       "RESHAPE, AVERAGE_POOL_2D, RESHAPE", kPoolKeys},
      {"AveragePooling2D", BuildPool<AveragePool2d, 2>, "AVERAGE_POOL_2D", kPoolKeys},
      {"MaxPooling1D", BuildPool<MaxPool2d, 1>, "RESHAPE, MAX_POOL_2D, RESHAPE",
       kPoolKeys},
      {"MaxPooling2D", BuildPool<MaxPool2d, 2>, "MAX_POOL_2D", kPoolKeys},
      {"AdaptiveAveragePooling1D", BuildAdaptivePool<AveragePool2d, 1>, kAdaptiveSeries,
       kAdaptiveKeys},
      {"AdaptiveAveragePooling2D", BuildAdaptivePool<AveragePool2d, 2>, kAdaptivePicture,
       kAdaptiveKeys},
      {"AdaptiveMaxPooling1D", BuildAdaptivePool<MaxPool2d, 1>, kAdaptiveSeries,
       kAdaptiveKeys},
      {"AdaptiveMaxPooling2D", BuildAdaptivePool<MaxPool2d, 2>, kAdaptivePicture,
       kAdaptiveKeys},
      {"GlobalAveragePooling1D", BuildGlobalAverage1d,
       "MEAN; under a mask SELECT_V2, MEAN, MEAN, DIV", kGlobalKeys, MaskUse::kUsed},
      {"GlobalAveragePooling2D", BuildGlobalPool<Mean, 2>, "MEAN", kGlobalKeys},
      {"GlobalMaxPooling1D", BuildGlobalPool<ReduceMax, 1>, "REDUCE_MAX", kGlobalKeys},
      {"GlobalMaxPooling2D", BuildGlobalPool<ReduceMax, 2>, "REDUCE_MAX", kGlobalKeys},
  };
  return kRows;
}

}  // namespace kinglet
