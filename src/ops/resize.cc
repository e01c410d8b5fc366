// Output i lies at (i + h) * scale - h, with h one half for half_pixel_centers (bilinear;
// the nearest neighbour doesn't take h off again) and scale = in / out, or with
// align_corners (in - 1) / (out - 1), all in float32.
#include "ops/resize.h"

#include <algorithm>
#include <cmath>

namespace kinglet {

float ResizeAxis::Scale() const {
  const bool corners = align_corners && out > 1;
  return static_cast<float>(corners ? in - 1 : in) /
         static_cast<float>(corners ? out - 1 : out);
}

Ints NearestPositions(const ResizeAxis& axis) {
  const float scale = axis.Scale();
  const float half = axis.half_pixel_centers ? 0.5F : 0.0F;
  Ints positions;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const float place = (static_cast<float>(i) + half) * scale;
    const float nearest = axis.align_corners ? std::round(place) : std::floor(place);
    positions.push_back(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), 0, axis.in - 1));
  }
  return positions;
}

std::vector<Place> BilinearPlaces(const ResizeAxis& axis) {
  const float scale = axis.Scale();
  std::vector<Place> places;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const auto output = static_cast<float>(i);
    const float place =
        axis.half_pixel_centers ? (output + 0.5F) * scale - 0.5F : output * scale;
    const auto low =
        std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(place)), 0);
    const auto high = std::min(static_cast<std::int64_t>(std::ceil(place)), axis.in - 1);
    places.push_back({std::min(low, axis.in - 1), std::max<std::int64_t>(high, 0),
                      place - static_cast<float>(low)});
  }
  return places;
}

std::vector<FixedPlace> FixedPlaces(const ResizeAxis& axis) {
  constexpr std::int64_t kOne = FixedPlace::kOne;
  const bool corners = axis.align_corners && axis.out > 1;
  const std::int64_t in = axis.in - (corners ? 1 : 0);
  const std::int64_t out = axis.out - (corners ? 1 : 0);
  const std::int64_t scale = (kOne * in + out / 2) / out;
  std::vector<FixedPlace> places;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    std::int64_t at = i * scale;
    if (axis.half_pixel_centers) at += scale / 2 - kOne / 2;
    const std::int64_t low = std::clamp<std::int64_t>(at / kOne, 0, axis.in - 1);
    const std::int64_t high = std::min((at + kOne - 1) / kOne, axis.in - 1);
    places.push_back({low, high, at - kOne * low});
  }
  return places;
}

}  // namespace kinglet
