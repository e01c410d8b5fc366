// Changes of a picture's size. Pixels are squares: output i lies at (i + 1/2) in / out -
// 1/2 of the input.
#include <fmt/format.h>

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
  const ValueId x = form.In(context.Input());
  const Shape in = context.ShapeOf(x);
  const std::int64_t height = context.Int("height", 0);
  const std::int64_t width = context.Int("width", 0);
  const bool keeps_ratio = in[1] * width == in[2] * height;
  for (const char* flag : {"crop_to_aspect_ratio", "pad_to_aspect_ratio"}) {
    if (context.Flag(flag, false) && !keeps_ratio) {
      context.Refuse(fmt::format("'{}' with another aspect ratio", flag));
    }
  }
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
      {"Resizing",
       BuildResizing,
       "RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR; refused where it would blur, crop or "
       "pad",
       {"height", "width", "interpolation", "crop_to_aspect_ratio", "pad_to_aspect_ratio",
        "fill_mode", "fill_value", "antialias", "data_format"}},
  };
  return kRows;
}

}  // namespace kinglet
