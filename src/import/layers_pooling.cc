// Pools over windows and over the whole picture or series.
#include <fmt/format.h>

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

/// Window i of `out` covers the input from floor(i in / out) to ceil((i + 1) in / out).
/// Where all windows are alike it is a pool.
template <typename Pool, std::size_t kAxes>
std::vector<ValueId> BuildAdaptivePool(const LayerContext& context) {
  const ImageForm form(context, kAxes);
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  const Ints out = context.PerAxis("output_size", kAxes, 1);
  Pool pool;
  pool.filter_w = pool.stride_w = in[2] / out.back();
  bool is_even = in[2] % out.back() == 0;
  if (kAxes == 2) {
    pool.filter_h = pool.stride_h = in[1] / out[0];
    is_even = is_even && in[1] % out[0] == 0;
  }
  if (!is_even) {
    context.Refuse(fmt::format(
        "windows of unequal size; use an output_size that divides {}x{}", in[1], in[2]));
  }
  return {form.Out(context.Node(pool, {x}))};
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

/// The mean of the steps that the mask lets count.
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
  const Sum over{{.axes = axes, .keep_dims = context.Flag("keepdims", false)}};
  return {context.Node(Div{}, {context.Node(over, {kept}, "sum"),
                               context.Node(over, {counts}, "number")})};
}

const std::vector<std::string_view> kPoolKeys = {"pool_size", "strides", "padding",
                                                 "data_format"};
const std::vector<std::string_view> kGlobalKeys = {"keepdims", "data_format"};
constexpr const char* kAdaptiveSeries =
    "RESHAPE, a pool, RESHAPE, where output_size divides the input's; else refused";
constexpr const char* kAdaptivePicture =
    "a pool, where output_size divides the input's; else refused";
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
       "MEAN; under a mask SELECT_V2, SUM, SUM, DIV", kGlobalKeys, MaskUse::kUsed},
      {"GlobalAveragePooling2D", BuildGlobalPool<Mean, 2>, "MEAN", kGlobalKeys},
      {"GlobalMaxPooling1D", BuildGlobalPool<ReduceMax, 1>, "REDUCE_MAX", kGlobalKeys},
      {"GlobalMaxPooling2D", BuildGlobalPool<ReduceMax, 2>, "REDUCE_MAX", kGlobalKeys},
  };
  return kRows;
}

}  // namespace kinglet
