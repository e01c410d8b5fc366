// Sums of INT16 in files: the format has another kernel for scales that are powers of
// two.
#pragma once

#include "ops/tflite_parse.h"

namespace kinglet {

/// Both operands and the result are INT16 with scales that are powers of two, all but a
/// thousandth of an octave.
bool HavePowerScales(const TfliteSource& source);

/// As ParseBinary, where the file doesn't ask for that other kernel.
template <typename Typed, typename Options>
Parsed ParseSum(const TfliteSource& source) {
  const auto* options = source.OptionsAs<Options>();
  const bool may_shift = options == nullptr || options->pot_scale_int16();
  if (may_shift && HavePowerScales(source)) {
    return "sums of INT16 by shifts (pot_scale_int16) are not supported";
  }
  return ParseBinary<Typed, Options>(source);
}

}  // namespace kinglet
