// Changes of the element type.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// Float to integer, or integer to integer with another scale: the type and the scale are
/// those of the output value.
struct Quantize {
  static constexpr std::string_view kName = "quantize";
  DType dtype = DType::kInt8;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("dtype", &Quantize::dtype));
  }
  bool operator==(const Quantize&) const = default;
  static const OpDef& Def();
};
/// Integer to float32.
struct Dequantize : Plain<Dequantize> {
  static constexpr std::string_view kName = "dequantize";
  bool operator==(const Dequantize&) const = default;
  static const OpDef& Def();
};

/// Numbers of another type; a float loses its fraction, a bool is 0 or 1.
struct Cast {
  static constexpr std::string_view kName = "cast";
  DType dtype = DType::kFloat32;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("dtype", &Cast::dtype));
  }
  bool operator==(const Cast&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
