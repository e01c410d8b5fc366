// Fits candidates on some samples and judges them on others.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "calibrate/statistics.h"
#include "quantize/dither.h"
#include "quantize/quantize.h"
#include "tune/choose_ranges.h"
#include "tune/contest.h"
#include "tune/folds.h"
#include "tune/mix_precisions.h"
#include "tune/refine_layers.h"
#include "tune/stability.h"
#include "tune/trial.h"

namespace kinglet {

/// A float graph that computes the model's function, and what calibration knows of it.
struct Variant {
  Graph graph;
  RangeChoices ranges;                       // of all samples
  std::vector<RangeChoices> ranges_without;  // by part that is left out
  FloatMeans means;
};

struct Plan {
  std::string rewrites = {};  ///< of the float graph, for reports: ", 2 tensors split"
  std::shared_ptr<const Variant> variant;
  bool like_tensorflow = false;
  RangeMethod ranges = RangeMethod::kMinMax;
  Refinement refinement = {.bias = BiasForm::kNone};
  Precisions precisions = {};
  bool headroom = false;      ///< wider ranges, for what the samples lack (headroom.h)
  bool float_inputs = false;  ///< what stands before the first layers (float_inputs.h)
  bool fine_inputs = false;
  bool float_outputs = false;  ///< activations there in float (float_outputs.h)
  Copies copies = {};          ///< of results, with dither
};

/// Whether fits of the plans are one up to what is done to outputs and in copies last.
bool BeginAlike(const Plan& one, const Plan& other);

/// A plan and its losses on held-back samples (contest.h), over those of TensorFlow's.
struct Judged {
  Plan plan;
  std::vector<QuantizedGraph>
      begun;                   // by part that is left out: all but these last steps
  std::vector<double> losses;  // by sample
  double loss = 0;             // TypicalRatio to those of TensorFlow's
};

class Workshop {
 public:
  /// `model` is what TensorFlow would quantize, `start` the same function for all other
  /// plans; `options` are what all plans share; `files` says by sample which file it is
  /// from; `on_step` is told of each plan that is judged. Samples and `on_step` must
  /// outlive the workshop. REQUIRES: at least one sample.
  Workshop(const Graph& model, const Graph& start, SampleRefs samples,
           std::vector<std::size_t> files, QuantizeOptions options, std::size_t workers,
           const std::function<void()>& on_step);

  /// The same with at most so many of the samples, for plans of which there are many.
  [[nodiscard]] Workshop WithFewer(std::size_t most) const;

  [[nodiscard]] std::shared_ptr<const Variant> NewVariant(Graph graph) const;

  /// Fitted on all samples.
  [[nodiscard]] QuantizedGraph Fit(const Plan& plan) const;

  /// The graph that fits of the plan have, but for weights and biases.
  [[nodiscard]] Graph OperatorsOf(Plan plan) const;

  /// How far fits on two halves of the samples, dealt out by file, are apart, over all
  /// samples; `whole` is the fit on all of them. Nothing where there is one file.
  [[nodiscard]] std::optional<Stability> StabilityOfFits(const Plan& plan,
                                                         const Graph& whole) const;

  /// Each sample is judged by what was fitted without its part. `before` saves work if
  /// its plan begins like this one.
  [[nodiscard]] Judged Judge(const Plan& plan, const Judged& before) const;

  /// The losses of one over those of the other.
  [[nodiscard]] ErrorRatio Over(const Judged& one, const Judged& other) const;
  /// Over those of TensorFlow's arithmetic.
  [[nodiscard]] ErrorRatio OverTensorFlow(const Judged& one) const {
    return Over(one, tensorflow_);
  }

  [[nodiscard]] const std::shared_ptr<const Variant>& original() const {
    return original_;
  }
  [[nodiscard]] const Judged& tensorflow() const { return tensorflow_; }
  /// What one tensor that is rounded, in so many copies, while all else stays in float
  /// costs, by value of the plan's float graph, zero for what rounds nothing: the mean
  /// over samples of the squared error over that of TensorFlow's arithmetic.
  [[nodiscard]] std::vector<double> RoundingLosses(const Plan& plan,
                                                   int copies = 1) const;
  /// What rounding single tensors of the plan costs, and `wanted` of them raised.
  [[nodiscard]] Mix MixOf(const Plan& plan, const MixedPrecision& wanted) const;

 private:
  /// Samples that fit a plan, and the part that is missing among them.
  struct Fitting {
    std::vector<std::size_t> places;
    std::optional<std::size_t> left_out;
  };
  /// TensorFlow's arithmetic needs extremes alone.
  [[nodiscard]] std::shared_ptr<const Variant> Gathered(Graph graph, Detail detail) const;
  [[nodiscard]] std::vector<QuantizedGraph> BeginFits(const Plan& plan) const;
  [[nodiscard]] std::vector<SampleError> ErrorsOfFits(
      const Plan& plan, const std::vector<QuantizedGraph>& begun) const;
  [[nodiscard]] QuantizedGraph BeginFit(const Plan& plan, const Fitting& on) const;
  [[nodiscard]] QuantizedGraph EndFit(const Plan& plan, QuantizedGraph quantized,
                                      const Fitting& on) const;
  [[nodiscard]] Graph Refined(const Plan& plan, const DitheredGraph& graph,
                              const Refinement& refinement, const Fitting& on) const;
  [[nodiscard]] QuantizeOptions OptionsOf(const Plan& plan) const;
  [[nodiscard]] Ranges RangesOf(const Plan& plan, const RangeChoices& choices) const;

  SampleRefs samples_;
  std::vector<std::size_t> files_;
  QuantizeOptions options_;  // what all plans share
  std::size_t workers_;
  const std::function<void()>& on_step_;
  Folds folds_;
  std::vector<Outputs> reference_;
  std::shared_ptr<const Variant> original_;
  std::vector<SampleError> baseline_;  // of TensorFlow's arithmetic
  Judged tensorflow_;
};

}  // namespace kinglet
