// Loops over arrays of any element type, for what has no vector kernel.
#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "kernels/strided_copy.h"
#include "ops/op_def.h"

namespace kinglet {

/// The elements of a result, each with the indices of the operands' elements that NumPy
/// broadcasting puts there.
template <std::size_t kOperands>
class Broadcasting {
 public:
  /// REQUIRES: every operand broadcasts to `out`.
  Broadcasting(const Shape& out, const std::array<Shape, kOperands>& operands)
      : sizes_(out.begin(), out.end()), strides_(out.size()) {
    for (std::size_t k = 0; k < kOperands; ++k) {
      const std::vector<Size> strides = StridesOf(operands[k]);
      const std::size_t added = out.size() - operands[k].size();
      for (std::size_t i = 0; i < operands[k].size(); ++i) {
        strides_[added + i][k] = operands[k][i] == 1 ? 0 : strides[i];
      }
    }
    if (sizes_.empty()) {
      sizes_ = {1};
      strides_ = {{}};
    }
  }

  /// body(index of the result, indices of the operands), in row-major order.
  template <typename Body>
  void ForEach(const Body& body) const {
    const Size columns = sizes_.back();
    const std::array<Size, kOperands>& step = strides_.back();
    Size rows = 1;
    for (std::size_t i = 0; i + 1 < sizes_.size(); ++i) rows *= sizes_[i];
    Size to = 0;
    for (Size row = 0; row < rows; ++row) {
      std::array<Size, kOperands> at = StartOf(row);
      for (Size i = 0; i < columns; ++i) {
        body(to++, std::as_const(at));
        for (std::size_t k = 0; k < kOperands; ++k) at[k] += step[k];
      }
    }
  }

 private:
  [[nodiscard]] std::array<Size, kOperands> StartOf(Size row) const {
    std::array<Size, kOperands> start{};
    for (std::size_t i = sizes_.size() - 1; i-- > 0;) {
      for (std::size_t k = 0; k < kOperands; ++k) {
        start[k] += row % sizes_[i] * strides_[i][k];
      }
      row /= sizes_[i];
    }
    return start;
  }

  std::vector<Size> sizes_;
  std::vector<std::array<Size, kOperands>> strides_;  ///< per axis; 0: broadcast
};

/// out = function(a, b), broadcast.
template <typename In, typename Out = In, typename Function>
Kernel Broadcast2Kernel(Function function, const NodeView& view) {
  const Broadcasting<2> walk(view.Output().shape,
                             {view.Input(0).shape, view.Input(1).shape});
  return [walk, function](const Buffers& buffers) {
    const In* a = buffers.In<In>(0);
    const In* b = buffers.In<In>(1);
    Out* out = buffers.Out<Out>();
    walk.ForEach([&](Size i, const std::array<Size, 2>& at) {
      out[i] = function(a[at[0]], b[at[1]]);
    });
  };
}

/// function(an element of so many bytes): for what only moves elements.
template <typename Function>
auto ForElement(std::size_t bytes, const Function& function) {
  switch (bytes) {
    case sizeof(std::uint8_t):
      return function(std::uint8_t{});
    case sizeof(std::uint16_t):
      return function(std::uint16_t{});
    case sizeof(std::uint32_t):
      return function(std::uint32_t{});
    default:
      return function(std::uint64_t{});
  }
}

}  // namespace kinglet
