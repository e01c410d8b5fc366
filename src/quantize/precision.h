// How each operation of a graph is to compute.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "calibrate/ranges.h"
#include "ops/op_def.h"

namespace kinglet {

enum class Precision : std::uint8_t {
  kInt8,   ///< INT8 activations
  kInt16,  ///< INT16 activations, symmetric, and biases of 64 bits
  kFloat,
};

/// By node; empty: INT8 throughout.
using Precisions = std::vector<Precision>;

struct QuantizeOptions {
  bool per_tensor = false;  ///< one scale a weight tensor
  Precisions precisions = {};
  /// The extremes: ranges of INT16 tensors, which have steps to spare, and whether a
  /// divisor comes near zero. Empty: as of the others.
  Ranges wide_ranges = {};
  /// INT8 parameters of the graph's inputs, by position, where something else has decided
  /// on them; empty: none.
  std::vector<std::optional<QuantParams>> input_params = {};
  /// Room for the fine plane of inputs that can have one (fine_inputs.h).
  bool room_for_fine_inputs = false;
};

}  // namespace kinglet
