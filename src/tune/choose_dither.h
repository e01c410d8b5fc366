// Which results to compute several times with dither.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "quantize/dither_plan.h"
#include "tune/workshop.h"

namespace kinglet {

/// What rounding a tensor costs, by its name.
using LossesByName = std::map<std::string, double>;

/// On the variant of the plan.
LossesByName RoundingLossesByName(const Workshop& workshop, const Plan& plan);

struct DitherLimits {
  std::int64_t macs = 0;   ///< most multiply-accumulates, all in all
  bool of_outputs = true;  ///< what a DEQUANTIZE reads can be copied
};

/// Copies of the results whose rounding costs most for the multiply-accumulates that they
/// add, as far as the limits allow. Results of a linear layer, two or four times, with
/// all that follows them up to what takes the copies together; K of them leave 1/K^2 of
/// the rounding.
Copies ChooseCopies(const Graph& quantized, const LossesByName& losses,
                    const DitherLimits& limits);

/// The plan with those copies.
Plan WithDither(const Workshop& workshop, const Plan& plan, const LossesByName& losses,
                const DitherLimits& limits);

/// What rounding costs with the plan's copies and fine inputs.
double LossLeft(const Plan& plan, const LossesByName& losses);

}  // namespace kinglet
