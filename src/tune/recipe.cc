// Steps are tried one after the other on held-back samples, each on top of the best so
// far, and kept where the gain is more than chance; the result of it all is kept where it
// is better than TensorFlow's arithmetic, and fitted anew on every sample.
#include "tune/recipe.h"

#include <fmt/format.h>

#include "tune/choose_splits.h"
#include "tune/equalize.h"
#include "tune/workshop.h"

namespace kinglet {
namespace {

struct NamedRanges {
  const char* name;
  RangeMethod method;
};
struct NamedBias {
  const char* name;
  BiasForm form;
};

class Tuner {
 public:
  Tuner(const Graph& graph, const SampleRefs& samples, std::span<const std::size_t> files,
        const TuneRequest& request, const std::function<void()>& on_step)
      : graph_(graph),
        samples_(samples),
        request_(request),
        workshop_(
            graph, samples, files,
            {.per_tensor = request.per_tensor, .input_params = request.input_params},
            request.workers, on_step),
        best_(workshop_.tensorflow()) {
    tuned_.trials.push_back({best_.plan.name, {}, false});
  }

  TuneResult Run() {
    const RecipeSteps& steps = request_.steps;
    TryRangesAndBiases();
    if (steps.equalize.value_or(IsMax())) TryEqualizations();
    if (MostExtraMacs() > 0) TrySplits();
    if (steps.adaround.value_or(IsMax())) TryRounding(false, ", rounded together");
    if (steps.adaround.value_or(IsMax())) TryRounding(true, ", retargeted");
    const ErrorRatio error = workshop_.OverTensorFlow(best_);
    const bool is_better = error.ratio < 1 && error.IsSafe();
    if (!is_better && !IsForced()) best_ = workshop_.tensorflow();
    if (request_.mixed.IsAsked() || request_.measure_rounding) MixPrecision();
    for (TrialRecord& trial : tuned_.trials) trial.chosen = trial.name == best_.plan.name;
    tuned_.quantized = workshop_.Fit(best_.plan);
    return std::move(tuned_);
  }

 private:
  [[nodiscard]] bool IsMax() const { return request_.recipe == Recipe::kMax; }

  Judged Try(const Plan& plan) {
    Judged judged = workshop_.Judge(plan);
    tuned_.trials.push_back({plan.name, workshop_.OverTensorFlow(judged), false});
    return judged;
  }

  /// Tries a step on top of `before`, and keeps it where it clearly gains, or is asked
  /// for, and nothing better was found on top of the same.
  void TryStep(const Judged& before, const Plan& plan, bool is_forced) {
    Judged judged = Try(plan);
    const bool is_kept = is_forced || workshop_.Over(judged, before).IsClearGain();
    const bool is_first = best_.plan.name == before.plan.name;
    if (is_kept && (is_first || judged.loss < best_.loss)) best_ = std::move(judged);
  }

  [[nodiscard]] double MostExtraMacs() const {
    constexpr double kOfMax = 30;
    return request_.steps.max_extra_macs.value_or(IsMax() ? kOfMax : 0);
  }

  /// Somebody asked for a step, whatever it brings.
  [[nodiscard]] bool IsForced() const {
    const RecipeSteps& steps = request_.steps;
    return steps.ranges.has_value() || steps.equalize.value_or(false) ||
           steps.bias_correction.value_or(false) || steps.adaround.value_or(false);
  }

  [[nodiscard]] std::vector<NamedRanges> RangesToTry() const {
    if (!request_.steps.ranges.has_value()) {
      return {{"min/max", RangeMethod::kMinMax},
              {"percentile", RangeMethod::kPercentile},
              {"mse", RangeMethod::kMse}};
    }
    switch (*request_.steps.ranges) {
      case RangeMethod::kMinMax:
        return {{"min/max", RangeMethod::kMinMax}};
      case RangeMethod::kPercentile:
        return {{"percentile", RangeMethod::kPercentile}};
      case RangeMethod::kMse:
        return {{"mse", RangeMethod::kMse}};
      case RangeMethod::kEntropy:
        break;
    }
    return {{"entropy", RangeMethod::kEntropy}};
  }

  [[nodiscard]] std::vector<NamedBias> BiasesToTry() const {
    std::vector<NamedBias> biases;
    if (!request_.steps.bias_correction.value_or(false)) {
      biases.push_back({"no", BiasForm::kNone});
    }
    if (!request_.steps.bias_correction.value_or(true)) return biases;
    biases.push_back({"mean", BiasForm::kMean});
    biases.push_back({"median", BiasForm::kMedian});
    if (IsMax()) biases.push_back({"trimmed", BiasForm::kTrimmed});
    return biases;
  }

  /// Ranges that cut must clearly gain over those that don't: louder samples may come.
  void TryRangesAndBiases() {
    std::optional<Judged> best;
    for (const NamedRanges& ranges : RangesToTry()) {
      Judged judged = BestBias(ranges);
      if (!best.has_value() || IsSaferGain(judged, *best)) best = std::move(judged);
    }
    best_ = std::move(*best);
  }

  [[nodiscard]] bool IsSaferGain(const Judged& judged, const Judged& before) const {
    const bool is_safe = workshop_.OverTensorFlow(judged).IsSafe();
    const bool was_safe = workshop_.OverTensorFlow(before).IsSafe();
    if (is_safe != was_safe) return is_safe;
    return workshop_.Over(judged, before).IsClearGain();
  }

  /// With these ranges, of the safe forms of bias if there are any, that of the least
  /// loss.
  Judged BestBias(const NamedRanges& ranges) {
    std::optional<Judged> best;
    bool was_safe = false;
    for (const NamedBias& bias : BiasesToTry()) {
      Judged judged =
          Try({.name = fmt::format("{} ranges, {} bias", ranges.name, bias.name),
               .variant = workshop_.original(),
               .ranges = ranges.method,
               .refinement = {.bias = bias.form}});
      const bool is_safe = workshop_.OverTensorFlow(judged).IsSafe();
      const bool is_less = best.has_value() && judged.loss < best->loss;
      if (!best.has_value() || (is_safe == was_safe ? is_less : is_safe)) {
        best = std::move(judged);
        was_safe = is_safe;
      }
    }
    return std::move(*best);
  }

  void TryRounding(bool retarget, const char* name) {
    const Judged before = best_;
    Plan plan = before.plan;
    plan.name += name;
    plan.refinement.round_weights = true;
    plan.refinement.retarget = retarget;
    TryStep(before, plan, request_.steps.adaround.value_or(false) && !retarget);
  }

  void TryEqualizations() {
    const auto extremes = CollectChannelExtremes(graph_, samples_, request_.workers);
    const Judged before = best_;
    const auto attempt = [&](const char* name, const EqualizeOptions& options) {
      Graph equalized = Equalize(graph_, extremes, options);
      if (equalized == graph_) return;
      Plan plan = before.plan;
      plan.name += name;
      plan.variant = workshop_.NewVariant(std::move(equalized));
      TryStep(before, plan, request_.steps.equalize.value_or(false));
    };
    // Half of the way: other samples may use more of a channel than these did.
    attempt(", equalized before depthwise", {.strength = 0.5, .depthwise_only = true});
    attempt(", equalized", {.strength = 0.5, .depthwise_only = false});
  }

  void TrySplits() {
    constexpr double kPercent = 100;
    const auto most = static_cast<std::int64_t>(static_cast<double>(MacsOf(graph_)) *
                                                (1 + MostExtraMacs() / kPercent));
    Judged split = SearchSplits(workshop_, best_, most,
                                [this](const Plan& plan) { return Try(plan); });
    if (!workshop_.Over(split, best_).IsClearGain()) return;
    best_ = std::move(split);
    TryBiasesAgain();
  }

  /// What served the whole tensors needn't serve their planes.
  void TryBiasesAgain() {
    const Judged before = best_;
    for (const NamedBias& bias : BiasesToTry()) {
      if (bias.form == before.plan.refinement.bias) continue;
      Plan plan = before.plan;
      plan.name += fmt::format(", {} bias", bias.name);
      plan.refinement.bias = bias.form;
      Judged judged = Try(plan);
      if (judged.loss < best_.loss) best_ = std::move(judged);
    }
  }

  /// On top of all else, whatever it brings.
  void MixPrecision() {
    tuned_.mix = workshop_.MixOf(best_.plan, request_.mixed);
    if (tuned_.mix.layers.empty()) return;
    Plan plan = best_.plan;
    plan.name += fmt::format(", {} operators in {}", tuned_.mix.layers.size(),
                             request_.mixed.int16 > 0 ? "INT16" : "float");
    plan.precisions = tuned_.mix.precisions;
    best_ = Try(plan);
  }

  const Graph& graph_;
  const SampleRefs& samples_;
  const TuneRequest& request_;
  Workshop workshop_;
  Judged best_;
  TuneResult tuned_;
};

}  // namespace

TuneResult Tune(const Graph& graph, const SampleRefs& samples,
                std::span<const std::size_t> files, const TuneRequest& request,
                const std::function<void()>& on_step) {
  return Tuner(graph, samples, files, request, on_step).Run();
}

}  // namespace kinglet
