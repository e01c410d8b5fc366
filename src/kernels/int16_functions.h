// Functions of 16-bit activations, in tables of 513 numbers with lines between them
// (docs/numerics.md, rule 8.13).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <type_traits>

#include "kernels/int_arguments.h"

namespace kinglet {

/// Of int16 to int16: the numbers are those at every 128th input, moved so that the error
/// halfway to the next is spread.
class InterpolationTable {
 public:
  /// f over the real inputs [in.low, in.high] of -32768 and 32767; `out` likewise.
  /// Float: what it is computed in.
  template <typename Float>
  struct Interval {
    Float low;
    Float high;
  };
  template <typename Float>
  using Function = std::function<Float(Float)>;
  template <typename Float>
  InterpolationTable(Interval<Float> in, std::type_identity_t<Interval<Float>> out,
                     const std::type_identity_t<Function<Float>>& f);

  [[nodiscard]] std::int16_t operator()(std::int16_t x) const;

 private:
  std::array<std::int16_t, 513> entries_{};
};

/// What int16 of this scale (and zero point 0) stand for.
InterpolationTable::Interval<float> IntervalOf(float scale);

/// 1 / (1 + e^-x) and tanh x of x = scale * q, as fractions of 2^15.
class Int16Logistic {
 public:
  explicit Int16Logistic(float scale);
  [[nodiscard]] std::int16_t operator()(std::int16_t q) const;

 private:
  std::int32_t multiplier_ = 3;
  int shift_ = 0;
};
class Int16Tanh {
 public:
  explicit Int16Tanh(float scale);
  [[nodiscard]] std::int16_t operator()(std::int16_t q) const;

 private:
  std::int32_t multiplier_ = 3;
  int shift_ = 0;
};

/// Softmax over rows. Immutable and safe to run from many threads.
class Int16Softmax {
 public:
  /// Softmax of beta * scale * q.
  Int16Softmax(float beta, float scale);

  /// Results as fractions of 2^15.
  void Run(Size rows, Size columns, const std::int16_t* in, std::int16_t* out) const;

 private:
  Multiplier to_table_;
  InterpolationTable exponential_;
  InterpolationTable reciprocal_;
};

}  // namespace kinglet
