// Operations that move, repeat or leave out elements and compute nothing.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// The same elements in row-major order under another shape.
struct Reshape {
  static constexpr std::string_view kName = "reshape";
  Ints shape;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("shape", &Reshape::shape));
  }
  bool operator==(const Reshape&) const = default;
  static const OpDef& Def();
};

/// Output axis i is input axis perm[i].
struct Transpose {
  static constexpr std::string_view kName = "transpose";
  Ints perm;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("perm", &Transpose::perm));
  }
  bool operator==(const Transpose&) const = default;
  static const OpDef& Def();
};

/// Zeros around the input: `before` and `after` per axis.
struct Pad {
  static constexpr std::string_view kName = "pad";
  Ints before;
  Ints after;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("before", &Pad::before), Attribute("after", &Pad::after));
  }
  bool operator==(const Pad&) const = default;
  static const OpDef& Def();
};

/// As Pad, with the value that the second operand (a scalar) has.
struct PadV2 {
  static constexpr std::string_view kName = "pad_v2";
  Ints before;
  Ints after;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("before", &PadV2::before),
                      Attribute("after", &PadV2::after));
  }
  bool operator==(const PadV2&) const = default;
  static const OpDef& Def();
};

/// As Pad, with the elements inside mirrored.
struct MirrorPad {
  static constexpr std::string_view kName = "mirror_pad";
  Ints before;
  Ints after;
  Mirror mode = Mirror::kReflect;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("before", &MirrorPad::before),
                      Attribute("after", &MirrorPad::after),
                      Attribute("mode", &MirrorPad::mode));
  }
  bool operator==(const MirrorPad&) const = default;
  static const OpDef& Def();
};

/// Per axis the elements begin, begin + stride, ... below end (above, for a negative
/// stride; end -1 then means "through element 0"). Bounds are resolved: not negative.
/// The result is without the axes in `dropped`, rising, of which one element is taken.
struct StridedSlice {
  static constexpr std::string_view kName = "strided_slice";
  Ints begin;
  Ints end;
  Ints strides;
  Ints dropped = {};
  static constexpr auto Attributes() {
    return std::tuple(Attribute("begin", &StridedSlice::begin),
                      Attribute("end", &StridedSlice::end),
                      Attribute("strides", &StridedSlice::strides),
                      Attribute("dropped", &StridedSlice::dropped));
  }
  bool operator==(const StridedSlice&) const = default;
  static const OpDef& Def();
};

/// Inputs joined along `axis` (not negative).
struct Concatenation {
  static constexpr std::string_view kName = "concatenation";
  std::int64_t axis = 0;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Concatenation::axis));
  }
  bool operator==(const Concatenation&) const = default;
  static const OpDef& Def();
};

/// NumPy broadcasting to a shape.
struct BroadcastTo {
  static constexpr std::string_view kName = "broadcast_to";
  Ints shape;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("shape", &BroadcastTo::shape));
  }
  bool operator==(const BroadcastTo&) const = default;
  static const OpDef& Def();
};

/// Inputs of one shape, joined along a new `axis` (not negative).
struct Pack {
  static constexpr std::string_view kName = "pack";
  std::int64_t axis = 0;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Pack::axis));
  }
  bool operator==(const Pack&) const = default;
  static const OpDef& Def();
};

/// One result for each index of `axis` (not negative), which is gone.
struct Unpack {
  static constexpr std::string_view kName = "unpack";
  std::int64_t axis = 0;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Unpack::axis));
  }
  bool operator==(const Unpack&) const = default;
  static const OpDef& Def();
};

/// One result for each of `sizes`, cut along `axis` (not negative).
struct Split {
  static constexpr std::string_view kName = "split";
  std::int64_t axis = 0;
  Ints sizes;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Split::axis), Attribute("sizes", &Split::sizes));
  }
  bool operator==(const Split&) const = default;
  static const OpDef& Def();
};

/// The input repeated, so many times per axis.
struct Tile {
  static constexpr std::string_view kName = "tile";
  Ints multiples;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("multiples", &Tile::multiples));
  }
  bool operator==(const Tile&) const = default;
  static const OpDef& Def();
};

/// Elements in opposite order along `axes` (not negative).
struct ReverseV2 {
  static constexpr std::string_view kName = "reverse_v2";
  Ints axes;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axes", &ReverseV2::axes));
  }
  bool operator==(const ReverseV2&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
