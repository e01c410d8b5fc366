// What the two changes of a picture's size share.
#pragma once

#include "ops/op_def.h"
#include "ops/tflite_form.h"
#include "ops/tflite_parse.h"

namespace kinglet {

/// One axis of a resized picture.
struct ResizeAxis {
  std::int64_t in = 1;
  std::int64_t out = 1;
  bool align_corners = false;
  bool half_pixel_centers = false;

  /// Input elements per output element.
  [[nodiscard]] float Scale() const;
};

template <typename Typed>
ResizeAxis ResizeH(const Typed& op, std::int64_t in) {
  return {in, op.out_h, op.align_corners, op.half_pixel_centers};
}
template <typename Typed>
ResizeAxis ResizeW(const Typed& op, std::int64_t in) {
  return {in, op.out_w, op.align_corners, op.half_pixel_centers};
}

/// The input that lies nearest to each output.
Ints NearestPositions(const ResizeAxis& axis);

/// Where an output lies: `fraction` of the way from one input to another.
struct Place {
  std::int64_t low = 0;
  std::int64_t high = 0;
  float fraction = 0.0F;
};
std::vector<Place> BilinearPlaces(const ResizeAxis& axis);

/// The same with fractions of 2^10, as integer kernels have it. At the ends a fraction
/// may be negative; then both inputs are the same.
struct FixedPlace {
  static constexpr std::int64_t kOne = 1 << 10;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t fraction = 0;
};
std::vector<FixedPlace> FixedPlaces(const ResizeAxis& axis);

template <typename Typed>
Inferred InferResize(const Typed& op, std::span<const TensorType> inputs) {
  const Shape& in = inputs[0].shape;
  if (in.size() != 4) return "input of rank " + std::to_string(in.size()) + ", not 4";
  if (op.out_h < 1 || op.out_w < 1) return "an empty result";
  return std::vector<TensorType>{{inputs[0].dtype, {in[0], op.out_h, op.out_w, in[3]}}};
}

template <typename Typed, typename Options>
Parsed ParseResize(const TfliteSource& source) {
  const auto* options = source.OptionsAs<Options>();
  const auto size = IntsOf(source, 1);
  if (!size.has_value() || size->size() != 2) return "its size is not constant";
  Typed op{{.out_h = (*size)[0], .out_w = (*size)[1]}};
  if (options != nullptr) op.align_corners = options->align_corners();
  if (options != nullptr) op.half_pixel_centers = options->half_pixel_centers();
  return ParsedOp{op};
}

}  // namespace kinglet
