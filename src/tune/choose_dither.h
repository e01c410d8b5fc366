// Which results to compute several times with dither.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "quantize/dither_plan.h"
#include "tune/workshop.h"

namespace kinglet {

/// What rounding a tensor costs.
struct RoundingLoss {
  double once = 0;
  double in_parts = 0;  ///< to kMostCopies-ths of its steps
};

using LossesByName = std::map<std::string, RoundingLoss>;

struct DitherLimits {
  std::int64_t macs = 0;   ///< most multiply-accumulates, all in all
  bool of_outputs = true;  ///< what a DEQUANTIZE reads can be copied
};

struct ChosenCopies {
  Copies copies;
  double left = 0;  ///< of the losses of what is computed in INT8
};

/// Copies of the results whose rounding costs most for the multiply-accumulates that they
/// add, as far as the limits allow. Results of a linear layer, two or four times, with
/// all that follows them up to what takes the copies together. K of them round to a K-th
/// of the steps, where their offsets spread over a whole step.
ChosenCopies ChooseCopies(const Graph& quantized, const LossesByName& losses,
                          const DitherLimits& limits);

/// A plan and what rounding single tensors costs with it, summed.
struct Dithered {
  Plan plan;
  double left = 0;
};

/// The plan with copies, beside fine inputs or for what those would cost, whichever
/// leaves less. Nothing where it exceeds the limits without copies.
std::optional<Dithered> WithDither(const Workshop& workshop, const Plan& plan,
                                   const DitherLimits& limits);

}  // namespace kinglet
