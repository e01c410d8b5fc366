// Pools and changes of a picture's size.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// x[1,h,w,c] -> [1,h',w',c].
template <typename Derived>
struct Pool2d {
  Padding padding = Padding::kValid;
  std::int64_t stride_h = 1;
  std::int64_t stride_w = 1;
  std::int64_t filter_h = 1;
  std::int64_t filter_w = 1;
  Activation activation = Activation::kNone;
  static constexpr auto Attributes() {
    using I = Attribute<Derived, std::int64_t>;
    return std::tuple(
        Attribute<Derived, Padding>{"padding", &Derived::padding},
        I{"stride_h", &Derived::stride_h}, I{"stride_w", &Derived::stride_w},
        I{"filter_h", &Derived::filter_h}, I{"filter_w", &Derived::filter_w},
        Attribute<Derived, Activation>{"activation", &Derived::activation});
  }
  bool operator==(const Pool2d&) const = default;
};
/// Mean of the cells of the window that lie in the input.
struct AveragePool2d : Pool2d<AveragePool2d> {
  static constexpr std::string_view kName = "average_pool_2d";
  bool operator==(const AveragePool2d&) const = default;
  static const OpDef& Def();
};
struct MaxPool2d : Pool2d<MaxPool2d> {
  static constexpr std::string_view kName = "max_pool_2d";
  bool operator==(const MaxPool2d&) const = default;
  static const OpDef& Def();
};

/// x[n,h,w,c] -> [n,out_h,out_w,c]. Output i lies at input i * scale, scale = in / out;
/// with `half_pixel_centers` at (i + 1/2) * scale - 1/2; with `align_corners` the scale
/// is (in - 1) / (out - 1).
template <typename Derived>
struct Resize {
  std::int64_t out_h = 1;
  std::int64_t out_w = 1;
  bool align_corners = false;
  bool half_pixel_centers = false;
  static constexpr auto Attributes() {
    using I = Attribute<Derived, std::int64_t>;
    using B = Attribute<Derived, bool>;
    return std::tuple(I{"out_h", &Derived::out_h}, I{"out_w", &Derived::out_w},
                      B{"align_corners", &Derived::align_corners},
                      B{"half_pixel_centers", &Derived::half_pixel_centers});
  }
  bool operator==(const Resize&) const = default;
};
/// Between its four neighbours.
struct ResizeBilinear : Resize<ResizeBilinear> {
  static constexpr std::string_view kName = "resize_bilinear";
  bool operator==(const ResizeBilinear&) const = default;
  static const OpDef& Def();
};
/// The input that lies nearest; align_corners rounds halves up, the others cut.
struct ResizeNearestNeighbor : Resize<ResizeNearestNeighbor> {
  static constexpr std::string_view kName = "resize_nearest_neighbor";
  bool operator==(const ResizeNearestNeighbor&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
