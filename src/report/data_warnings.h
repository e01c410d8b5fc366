// What a user should know of the samples.
#pragma once

#include <string>
#include <vector>

#include "calibrate/data_check.h"
#include "tune/stability.h"
#include "verify/outside.h"

namespace kinglet {

/// Values of samples outside the ranges that a file was made for.
struct OutsideFindings {
  std::vector<OutsideRecord> tensors;  ///< with any, largest share first
  std::vector<double> samples;         ///< by sample: the share of all its values
  std::vector<std::string> names;      ///< of the samples
};

/// One sentence for each thing that was found; none where there is nothing to worry
/// about.
std::vector<std::string> WarningsOf(const DataFindings& findings);
std::vector<std::string> WarningsOf(const OutsideFindings& findings);
std::vector<std::string> WarningsOf(const Stability& stability);

}  // namespace kinglet
