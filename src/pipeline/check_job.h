// Mistakes in what a conversion is asked for.
#pragma once

#include "pipeline/convert.h"

namespace kinglet {

/// Finds those that need no file to be seen.
/// @throws kUsage.
void CheckJob(const ConvertJob& job);

}  // namespace kinglet
