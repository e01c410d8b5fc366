// Element types, shapes and tensors: what every stage hands to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace kinglet {

enum class DType : std::uint8_t {
  kFloat32,
  kFloat16,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kBool,
};

/// Bytes of one element.
std::size_t SizeOf(DType dtype);

/// "float32", "int8", ...
std::string_view NameOf(DType dtype);

/// Sizes per axis, outermost first; empty for a scalar. Every size is known and positive.
using Shape = std::vector<std::int64_t>;

/// Product of the sizes; 1 for a scalar. What exceeds 64 bits is the largest number.
std::int64_t ElementCount(const Shape& shape);

/// "1x257x256x1"; "scalar" for an empty shape.
std::string ToString(const Shape& shape);

template <typename T>
constexpr DType DTypeOf() {
  if constexpr (std::is_same_v<T, float>) return DType::kFloat32;
  if constexpr (std::is_same_v<T, std::int8_t>) return DType::kInt8;
  if constexpr (std::is_same_v<T, std::int16_t>) return DType::kInt16;
  if constexpr (std::is_same_v<T, std::int32_t>) return DType::kInt32;
  if constexpr (std::is_same_v<T, std::int64_t>) return DType::kInt64;
  if constexpr (std::is_same_v<T, std::uint8_t>) return DType::kUint8;
  if constexpr (std::is_same_v<T, bool>) return DType::kBool;
}

/// A dense row-major array that owns its bytes.
class Tensor {
 public:
  Tensor() = default;
  /// All zero.
  Tensor(DType dtype, Shape shape)
      : dtype_(dtype),
        shape_(std::move(shape)),
        bytes_(static_cast<std::size_t>(ElementCount(shape_)) * SizeOf(dtype)) {}

  /// REQUIRES: as many values as `shape` has elements.
  template <typename T>
  static Tensor Of(Shape shape, std::span<const T> values) {
    Tensor tensor(DTypeOf<T>(), std::move(shape));
    Check(tensor.size() == values.size(), "as many values as elements");
    std::memcpy(tensor.bytes_.data(), values.data(), tensor.bytes_.size());
    return tensor;
  }

  [[nodiscard]] DType dtype() const { return dtype_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  /// Number of elements.
  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(ElementCount(shape_));
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }

  /// REQUIRES: T is the element type (float16 is read as std::uint16_t bits by RawData).
  template <typename T>
  [[nodiscard]] std::span<const T> Data() const {
    Check(DTypeOf<T>() == dtype_, "element type of the tensor");
    return {reinterpret_cast<const T*>(bytes_.data()), size()};
  }
  template <typename T>
  [[nodiscard]] std::span<T> Data() {
    Check(DTypeOf<T>() == dtype_, "element type of the tensor");
    return {reinterpret_cast<T*>(bytes_.data()), size()};
  }

  /// The same bytes under another shape. REQUIRES: equal element counts.
  [[nodiscard]] Tensor Reshaped(Shape shape) const {
    Check(ElementCount(shape) == ElementCount(shape_), "equal element counts");
    Tensor tensor = *this;
    tensor.shape_ = std::move(shape);
    return tensor;
  }

  bool operator==(const Tensor&) const = default;

 private:
  DType dtype_ = DType::kFloat32;
  Shape shape_ = {0};
  std::vector<std::byte> bytes_;
};

/// body(i, first, count) for every stretch of elements, in order, whose index on `axis`
/// is i.
template <typename Body>
void ForStretches(const Shape& shape, std::size_t axis, const Body& body) {
  std::size_t outer = 1;
  for (std::size_t a = 0; a < axis; ++a) outer *= static_cast<std::size_t>(shape[a]);
  std::size_t count = 1;
  for (std::size_t a = axis + 1; a < shape.size(); ++a) {
    count *= static_cast<std::size_t>(shape[a]);
  }
  const auto size = static_cast<std::size_t>(shape[axis]);
  for (std::size_t stretch = 0; stretch < outer * size; ++stretch) {
    body(stretch % size, stretch * count, count);
  }
}

/// The elements of a float32 tensor.
inline std::span<const float> AsFloats(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

}  // namespace kinglet
