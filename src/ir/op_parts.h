// What the attribute structs of the operations are made of.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

struct OpDef;

/// Name and member pointer of an attribute: what the text form and the tests walk over.
template <typename Op, typename T>
struct Attribute {
  constexpr Attribute(std::string_view its_name, T Op::*its_member)
      : name(its_name), member(its_member) {}
  std::string_view name;
  T Op::*member;
};

/// Where a window that leaves the input reads zeros (pools: nothing). kSame: output
/// ceil(in / stride), the odd zero at the end; kValid: no padding.
enum class Padding : std::uint8_t { kSame, kValid };

/// A clamp that an operation applies to its result; kRelu0To1 only ever stands alone.
enum class Activation : std::uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kRelu0To1 };

/// How two operands are compared.
enum class Relation : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

/// What lies beyond an edge: the elements mirrored without the edge itself, or with it.
enum class Mirror : std::uint8_t { kReflect, kSymmetric };

/// Per axis, outermost first.
using Ints = std::vector<std::int64_t>;

/// Operations without attributes.
template <typename Derived>
struct Plain {
  static constexpr auto Attributes() { return std::tuple<>(); }
  bool operator==(const Plain&) const = default;
};

}  // namespace kinglet
