#include "ops/wide_sums.h"

#include <cmath>

namespace kinglet {
namespace {

bool HasPowerScale(const Value& value) {
  if (value.dtype != DType::kInt16 || !value.quantization.has_value() ||
      value.quantization->scales.size() != 1) {
    return false;
  }
  const float power = std::log2(value.quantization->scales[0]);
  return std::fabs(power - std::round(power)) < 1e-3F;
}

}  // namespace

bool HavePowerScales(const TfliteSource& source) {
  return source.inputs.size() == 2 && source.inputs[0] != nullptr &&
         source.inputs[1] != nullptr && HasPowerScale(*source.inputs[0]) &&
         HasPowerScale(*source.inputs[1]) && HasPowerScale(source.output);
}

}  // namespace kinglet
