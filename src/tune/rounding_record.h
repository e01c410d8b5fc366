// What rounding single tensors costs, for reports.
#pragma once

#include <string>

#include "base/tensor.h"

namespace kinglet {

/// A tensor rounded to INT8 while all else stays in float.
struct RoundingRecord {
  std::string tensor;
  double share = 0;            ///< of the errors of all such tensors
  DType dtype = DType::kInt8;  ///< what it is in the file
};

}  // namespace kinglet
