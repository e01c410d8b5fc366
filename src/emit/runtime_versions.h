// Which TensorFlow Lite runtime first knew an operator in a version.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schema/tflite_generated.h"

namespace kinglet {

/// The oldest runtime that loads a file with these operators and versions: "2.5.0".
std::string OldestRuntime(
    const std::vector<std::pair<tflite::BuiltinOperator, int>>& operators);

}  // namespace kinglet
