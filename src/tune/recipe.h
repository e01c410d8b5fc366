// The recipes: from a float graph and calibration samples to the quantized graph that
// held-back samples speak for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "calibrate/statistics.h"
#include "kinglet/options.h"
#include "kinglet/recipe_steps.h"
#include "quantize/quantize.h"
#include "tune/folds.h"
#include "tune/mix_precisions.h"
#include "tune/stability.h"
#include "tune/trial_record.h"

namespace kinglet {

struct TuneRequest {
  Recipe recipe = Recipe::kDefault;  ///< or kMax
  RecipeSteps steps = {};
  MixedPrecision mixed = {};
  bool measure_rounding = false;  ///< also where no higher precision is asked for
  bool per_tensor = false;
  /// As QuantizeOptions has them.
  std::vector<std::optional<QuantParams>> input_params = {};
  /// Outputs are dequantized from INT8, for somebody who quantizes them alike.
  bool int8_outputs = false;
  std::size_t workers = 1;
};

struct TuneResult {
  QuantizedGraph quantized;
  std::vector<TrialRecord> trials;
  std::optional<Stability> stability;  ///< of the chosen plan
  Mix mix;                             ///< what rounding costs and what was done about it
  std::vector<std::string> notes;      ///< what other options would bring
};

/// `files` says by sample which file it is from; `on_step` is told of each fit.
/// REQUIRES: at least one sample; statistics of them all.
TuneResult Tune(const Graph& graph, const SampleRefs& samples,
                std::span<const std::size_t> files, const TuneRequest& request,
                const std::function<void()>& on_step);

}  // namespace kinglet
