// The core of a conversion: a float graph and calibration samples to the bytes of a
// .tflite file, checked by reading them back and running them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calibrate/data_check.h"
#include "ir/graph.h"
#include "kinglet/options.h"
#include "kinglet/recipe_steps.h"
#include "pipeline/sample_set.h"
#include "tune/recipe.h"

namespace kinglet {

struct QuantizationRequest {
  QuantizationMode mode = QuantizationMode::kPtq;
  bool per_tensor = false;
  Recipe recipe = Recipe::kDefault;
  RecipeSteps steps = {};
  MixedPrecision mixed = {};      ///< with kPtq
  bool measure_rounding = false;  ///< with kPtq, also where `mixed` asks for nothing
  /// INT8 parameters of the inputs, by position, where they are decided; empty: none.
  std::vector<std::optional<QuantParams>> input_params = {};
  bool int8_outputs = false;  ///< as TuneRequest has it
  std::size_t workers = 1;
};

struct ConvertedGraph {
  Graph optimized;                           ///< the float graph that was quantized
  Graph written;                             ///< as read back from `bytes`
  std::vector<std::byte> bytes;              ///< of the .tflite file
  std::map<std::string, Range> ranges;       ///< calibrated, by value name
  std::vector<std::string> float_operators;  ///< without an integer form, or better so
  std::vector<std::string> warnings;
  std::vector<std::string> notes;            ///< what other options would bring
  std::optional<DataFindings> data;          ///< where samples calibrated
  std::optional<Stability> stability;        ///< of a recipe's choice
  std::vector<TrialRecord> trials;           ///< what the recipe compared
  std::vector<std::string> int16_operators;  ///< that were asked for
  std::vector<RoundingRecord> rounding;      ///< what rounding single tensors costs
};

/// True when the mode needs calibration samples.
bool NeedsCalibration(QuantizationMode mode);

/// REQUIRES: samples of the graph's input types, at least one when the mode needs any.
/// @throws kData when the model computes NaN or infinity on every sample.
ConvertedGraph ConvertGraph(const Graph& graph, std::span<const Sample> calibration,
                            const QuantizationRequest& request,
                            const ProgressListener& listener);

}  // namespace kinglet
