// Changes of a picture's size. Pixels are squares: output i lies at (i + 1/2) in / out -
// 1/2 of the input.
#include <fmt/format.h>

#include <algorithm>

#include "import/building_blocks.h"
#include "import/layer_table.h"

namespace kinglet {
namespace {

/// x as [n,h,w,c] with so many rows and columns.
ValueId Resized(const LayerContext& context, ValueId x, std::int64_t height,
                std::int64_t width, const std::string& interpolation) {
  const Shape& in = context.ShapeOf(x);
  if (height == in[1] && width == in[2]) return x;
  if (interpolation == "nearest") {
    ResizeNearestNeighbor op;
    op.out_h = height;
    op.out_w = width;
    op.half_pixel_centers = true;
    return context.Node(op, {x}, "resize");
  }
  if (interpolation == "bilinear") {
    ResizeBilinear op;
    op.out_h = height;
    op.out_w = width;
    op.half_pixel_centers = true;
    return context.Node(op, {x}, "resize");
  }
  context.Refuse(
      fmt::format("interpolation '{}'; use bilinear or nearest", interpolation));
}

/// The middle of so many rows and columns.
ValueId Middle(const LayerContext& context, ValueId x, std::int64_t height,
               std::int64_t width) {
  const Shape in = context.ShapeOf(x);
  const std::int64_t top = (in[1] - height) / 2;
  const std::int64_t left = (in[2] - width) / 2;
  const ValueId rows = Sliced(context, x, 1, top, top + height, "rows");
  return Sliced(context, rows, 2, left, left + width, "columns");
}

/// The largest middle that has about the ratio of height to width.
ValueId CroppedToRatio(const LayerContext& context, ValueId x, std::int64_t height,
                       std::int64_t width) {
  const Shape in = context.ShapeOf(x);
  const std::int64_t rows = std::clamp<std::int64_t>(in[2] * height / width, 1, in[1]);
  const std::int64_t columns = std::clamp<std::int64_t>(in[1] * width / height, 1, in[2]);
  return Middle(context, x, rows, columns);
}

/// Bars of the fill value on either side until the picture has about that ratio.
ValueId PaddedToRatio(const LayerContext& context, ValueId x, std::int64_t height,
                      std::int64_t width) {
  const Shape in = context.ShapeOf(x);
  const std::int64_t rows = std::max(in[2] * height / width, in[1]) - in[1];
  const std::int64_t columns = std::max(in[1] * width / height, in[2]) - in[2];
  const Ints bars = {0, rows / 2, columns / 2, 0};
  if (bars == Ints(4, 0)) return x;
  const auto value = static_cast<float>(context.Number("fill_value", 0));
  if (value == 0) return context.Node(Pad{bars, bars}, {x}, "bars");
  return context.Node(PadV2{bars, bars}, {x, context.Scalar("fill_value", value)},
                      "bars");
}

/// The middle of the picture; of one that is smaller, the middle of the same ratio,
/// resized.
std::vector<ValueId> BuildCenterCrop(const LayerContext& context) {
  const ImageForm form(context, 2);
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  const std::int64_t height = context.Int("height", 0);
  const std::int64_t width = context.Int("width", 0);
  if (height < 1 || width < 1) context.Corrupt("a size below 1");
  if (height <= in[1] && width <= in[2]) {
    return {form.Out(Middle(context, x, height, width))};
  }
  const ValueId cropped = CroppedToRatio(context, x, height, width);
  return {form.Out(Resized(context, cropped, height, width, "bilinear"))};
}

std::vector<ValueId> BuildUpSampling1d(const LayerContext& context) {
  const ValueId x = context.Input();
  const Shape in = context.ShapeOf(x);
  if (in.size() != 3) context.Refuse("an input that is no [batch, steps, channels]");
  const std::int64_t steps = in[1] * context.Int("size", 2);
  const ValueId rows = Reshaped(context, x, {in[0], in[1], 1, in[2]}, "expand");
  const ValueId more = Resized(context, rows, steps, 1, "nearest");
  return {Reshaped(context, more, {in[0], steps, in[2]}, "squeeze")};
}

std::vector<ValueId> BuildUpSampling2d(const LayerContext& context) {
  const ImageForm form(context, 2);
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  const Ints size = context.PerAxis("size", 2, 2);
  return {form.Out(Resized(context, x, in[1] * size[0], in[2] * size[1],
                           context.Text("interpolation", "nearest")))};
}

std::vector<ValueId> BuildResizing(const LayerContext& context) {
  const ImageForm form(context, 2);
  ValueId x = form.In(context.Input());
  const std::int64_t height = context.Int("height", 0);
  const std::int64_t width = context.Int("width", 0);
  if (height < 1 || width < 1) context.Corrupt("a size below 1");
  if (context.Flag("crop_to_aspect_ratio", false)) {
    x = CroppedToRatio(context, x, height, width);
  } else if (context.Flag("pad_to_aspect_ratio", false)) {
    x = PaddedToRatio(context, x, height, width);
  }
  const Shape in = context.ShapeOf(x);
  if (context.Flag("antialias", false) && (height < in[1] || width < in[2])) {
    context.Refuse("'antialias', which no operation of TensorFlow Lite has");
  }
  return {form.Out(
      Resized(context, x, height, width, context.Text("interpolation", "bilinear")))};
}

}  // namespace

const std::vector<LayerRow>& ResizeLayers() {
  static const std::vector<LayerRow> kRows = {
      {"UpSampling1D",
       BuildUpSampling1d,
       "RESHAPE, RESIZE_NEAREST_NEIGHBOR, RESHAPE",
       {"size"}},
      {"UpSampling2D",
       BuildUpSampling2d,
       "RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR; other interpolations are refused",
       {"size", "data_format", "interpolation"}},
      {"CenterCrop",
       BuildCenterCrop,
       "STRIDED_SLICE; where the input is smaller also RESIZE_BILINEAR",
       {"height", "width", "data_format"}},
      {"Resizing",
       BuildResizing,
       "STRIDED_SLICE or PAD for the ratio, RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR; "
       "refused with antialias where it shrinks",
       {"height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
        "fill_mode", "fill_value", "antialias", "data_format"}},
  };
  return kRows;
}

}  // namespace kinglet
