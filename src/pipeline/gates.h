// The least agreement that a user asks for.
#pragma once

#include <string>

#include "verify/comparison.h"

namespace kinglet {

/// @throws kGate when the mean or the 5th percentile of the cosine is below its least
/// value; `remedy` ends the message.
void CheckCosineGates(const Comparison& comparison, double least_mean, double least_p05,
                      const std::string& remedy);

}  // namespace kinglet
