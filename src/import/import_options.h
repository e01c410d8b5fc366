// What an import can be told.
#pragma once

#include <map>
#include <string>

#include "base/tensor.h"
#include "kinglet/options.h"

namespace kinglet {

struct ImportOptions {
  FrontendNormalization frontend_normalization = FrontendNormalization::kAuto;
  std::map<std::string, Shape> input_shapes;  ///< by input name, batch included
};

}  // namespace kinglet
