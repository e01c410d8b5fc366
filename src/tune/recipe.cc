// Steps are tried one after the other on held-back samples, each on top of the best so
// far, and kept where they gain; the result is kept unless TensorFlow's arithmetic is
// better by more than chance, and fitted anew on every sample.
#include "tune/recipe.h"

#include <fmt/format.h>

#include "base/percent.h"
#include "passes/passes.h"
#include "tune/asked_steps.h"
#include "tune/choose_dither.h"
#include "tune/choose_splits.h"
#include "tune/equalize.h"
#include "tune/float_work.h"
#include "tune/plan_names.h"
#include "tune/sensitivity.h"
#include "tune/start_graph.h"
#include "tune/workshop.h"

namespace kinglet {
namespace {

// Splits are chosen by single losses, which few samples tell well enough.
constexpr std::size_t kSplitSamples = 32;
constexpr std::size_t kOfferSamples = 12;  // to say what they would bring
// With 16 to 32, what held-back samples said of wider ranges was chance, and recipe
// default lost by equalization.
constexpr std::size_t kManySamples = 40;

class Tuner {
 public:
  Tuner(const Graph& graph, const SampleRefs& samples, std::span<const std::size_t> files,
        const TuneRequest& request, const std::function<void()>& on_step)
      : samples_(samples),
        different_samples_(CountFiles(files)),
        request_(request),
        asked_(request.recipe, request.steps),
        model_macs_(MacsOf(graph)),
        graph_(StartGraph(graph, asked_.MostExtraMacs() > 0)),
        workshop_(
            graph, graph_, samples, {files.begin(), files.end()},
            {.per_tensor = request.per_tensor, .input_params = request.input_params},
            request.workers, on_step),
        best_(workshop_.tensorflow()) {
    tuned_.trials.push_back({NameOf(best_.plan), {}, false});
    if (!measures_each_) tuned_.notes.push_back(NoteOfTooMany(graph_.nodes.size()));
  }

  TuneResult Run() {
    const RecipeSteps& steps = request_.steps;
    TryRangesAndBiases();
    TryScalingBeforeCentring();
    TryInFloat(&Plan::float_inputs);
    if (asked_.MostExtraMacs() > 0) TryFineInputs();
    if (!request_.int8_outputs) TryInFloat(&Plan::float_outputs);
    if (steps.equalize.value_or(asked_.IsMax() || HasManySamples())) {
      TryEqualizations();
    }
    if (asked_.MostExtraMacs() > 0 && measures_each_) TryDither();
    TryBiasForms();
    if (!steps.max_extra_macs && !asked_.IsMax() && measures_each_) OfferSplits();
    if (steps.adaround.value_or(asked_.IsMax() || HasManySamples())) TryRounding();
    if (steps.adaround.value_or(asked_.IsMax())) TryRetargeting();
    TryHeadroom();
    if (!IsWorthwhile(workshop_.OverTensorFlow(best_)) && !asked_.IsForced()) {
      best_ = workshop_.tensorflow();
    }
    MixPrecision();
    for (TrialRecord& trial : tuned_.trials) {
      trial.chosen = trial.name == NameOf(best_.plan);
    }
    tuned_.quantized = workshop_.Fit(best_.plan);
    tuned_.stability = workshop_.StabilityOfFits(best_.plan, tuned_.quantized.graph);
    return std::move(tuned_);
  }

 private:
  Judged Try(const Plan& plan) {
    Judged judged = workshop_.Judge(plan, best_);
    tuned_.trials.push_back({NameOf(plan), workshop_.OverTensorFlow(judged), false});
    return judged;
  }

  /// The sum of errors says so, by more than chance, and the typical error as well.
  [[nodiscard]] bool Gains(const Judged& one, const Judged& other) const {
    return one.loss < other.loss && workshop_.Over(one, other).IsGain();
  }

  /// Tries a step that cuts no range on top of `before`, and keeps it where it can be
  /// expected to gain, or is asked for, and nothing better was found on top of the same.
  void TryStep(const Judged& before, const Plan& plan, bool is_forced) {
    Judged judged = Try(plan);
    const bool is_gain = IsExpectedGain(workshop_.Over(judged, before), kUsualRefinement);
    Keep(before, std::move(judged), is_forced || is_gain);
  }

  /// The same for a step that may do harm: it has to gain clearly.
  void TryGainingStep(const Judged& before, const Plan& plan) {
    const Judged judged = Try(plan);
    Keep(before, judged, Gains(judged, before));
  }

  void Keep(const Judged& before, Judged judged, bool is_kept) {
    const bool is_first = NameOf(best_.plan) == NameOf(before.plan);
    if (is_kept && (is_first || judged.loss < best_.loss)) best_ = std::move(judged);
  }

  [[nodiscard]] Plan PlanOf(RangeMethod ranges, BiasForm bias) const {
    return {
        .variant = workshop_.original(), .ranges = ranges, .refinement = {.bias = bias}};
  }

  /// Most differences between ways to choose are chance on a hundred samples: with more
  /// ranges and forms of bias the choice did worse.
  void TryRangesAndBiases() {
    const BiasForm bias = asked_.BiasesToTry().front();
    best_ = Try(PlanOf(asked_.RangesToTry().front(), bias));
    const Judged first = best_;
    for (const RangeMethod ranges : asked_.RangesToTry()) {
      const Plan plan = PlanOf(ranges, bias);
      if (NameOf(plan) != NameOf(first.plan)) TryGainingStep(first, plan);
    }
  }

  /// What follows stands on it.
  void TryScalingBeforeCentring() {
    Graph scaled = ScaleBeforeCentring(graph_);
    if (scaled == graph_) return;
    const Judged before = best_;
    Plan plan = before.plan;
    plan.rewrites += ", scaled before centring";
    plan.variant = workshop_.NewVariant(scaled);
    TryStep(before, plan, false);
    if (best_.plan.variant == plan.variant) graph_ = std::move(scaled);
  }

  /// Functions in front of the first layers, or activations at the outputs, in float.
  void TryInFloat(bool Plan::*part) {
    if (!asked_.MayUseFloat()) return;
    Plan plan = best_.plan;
    plan.*part = true;
    const Graph before = workshop_.OperatorsOf(best_.plan);
    const Graph after = workshop_.OperatorsOf(plan);
    if (after == before) return;
    const bool is_affordable =
        asked_.MostExtraMacs() > 0 || IsCheapInFloat(before, after);
    if (is_affordable) KeepUsualGain(Try(plan));
  }

  /// The rounding of an input goes through all layers.
  void TryFineInputs() {
    Plan plan = best_.plan;
    plan.fine_inputs = true;
    const std::int64_t macs = MacsOf(workshop_.OperatorsOf(plan));
    if (macs == MacsOf(plan.variant->graph)) return;
    if (macs > MostMacs(asked_.MostExtraMacs())) return;
    KeepUsualGain(Try(plan));
  }

  /// Other forms of bias correction, and none, on top of all that is computed by then.
  void TryBiasForms() {
    const Judged before = best_;
    for (const BiasForm bias : asked_.BiasesToTry()) {
      if (bias == before.plan.refinement.bias || before.plan.like_tensorflow) continue;
      Plan plan = before.plan;
      plan.refinement.bias = bias;
      Judged judged = Try(plan);
      const bool is_gain =
          IsExpectedGain(workshop_.Over(judged, before), kUsualOtherBias);
      Keep(before, std::move(judged), is_gain);
    }
  }

  void TryRounding() {
    const Judged before = best_;
    Plan plan = before.plan;
    plan.refinement.round_weights = true;
    TryStep(before, plan, request_.steps.adaround.value_or(false));
  }

  /// Towards what makes good earlier layers' errors on these samples: it did harm more
  /// often than the other steps.
  void TryRetargeting() {
    const Judged before = best_;
    Plan plan = before.plan;
    plan.refinement.round_weights = true;
    plan.refinement.retarget = true;
    TryGainingStep(before, plan);
  }

  /// Louder samples than any seen are cut; more room costs steps.
  void TryHeadroom() {
    const Judged before = best_;
    const bool is_open = asked_.RangesToTry().size() > 1;
    if (!is_open || !HasManySamples()) return;
    Plan plan = before.plan;
    plan.headroom = true;
    Judged judged = Try(plan);
    const bool is_gain = IsExpectedGain(workshop_.Over(judged, before), kUsualHeadroom);
    Keep(before, std::move(judged), is_gain);
  }

  /// Copies with dither of the results whose rounding costs most, beside fine inputs or
  /// for what those would cost, and the same with splits in front: by single losses,
  /// which are measured more surely.
  void TryDither() {
    const DitherLimits limits{.macs = MostMacs(asked_.MostExtraMacs()),
                              .of_outputs = !request_.int8_outputs};
    const Plan plain = best_.plan;
    const auto attempt = [&](const Plan& plan) {
      const auto dithered = WithDither(workshop_, plan, limits);
      if (dithered.has_value() && NameOf(dithered->plan) != NameOf(best_.plan)) {
        KeepUsualGain(Try(dithered->plan));
      }
    };
    attempt(plain);
    Plan uncut = plain;
    uncut.ranges = asked_.RangesToTry().front();
    const Thresholds splits =
        ChooseSplits(workshop_.WithFewer(kSplitSamples), uncut, limits);
    if (!splits.empty()) attempt(WithSplits(workshop_, uncut, splits));
  }

  /// What adds planes to the best so far can be expected to gain.
  void KeepUsualGain(Judged judged) {
    const bool is_gain = IsExpectedGain(workshop_.Over(judged, best_), kUsualFineInputs);
    if (is_gain) best_ = std::move(judged);
  }

  void TryEqualizations() {
    const auto extremes = CollectChannelExtremes(graph_, samples_, request_.workers);
    const Judged before = best_;
    const bool is_forced = request_.steps.equalize.value_or(false);
    Graph tried = graph_;
    const auto attempt = [&](const char* name, bool depthwise) {
      // Half of the way: other samples may use more of a channel than these did.
      Graph equalized = Equalize(graph_, extremes,
                                 {.strength = 0.5,
                                  .depthwise_only = depthwise,
                                  .samples = different_samples_,
                                  .only_free = !asked_.IsMax() && !is_forced});
      if (equalized == graph_ || equalized == tried) return;
      tried = equalized;
      Plan plan = before.plan;
      plan.rewrites += name;
      plan.variant = workshop_.NewVariant(std::move(equalized));
      TryStep(before, plan, is_forced);
    };
    attempt(", equalized before depthwise", true);
    attempt(", equalized", false);
  }

  /// What recipe max would do.
  void OfferSplits() {
    const auto offer = kinglet::OfferSplits(workshop_.WithFewer(kOfferSamples),
                                            best_.plan, MostMacs(kExtraMacsOfMax));
    if (offer.has_value()) tuned_.notes.push_back(NoteOf(*offer));
  }

  [[nodiscard]] bool HasManySamples() const { return different_samples_ >= kManySamples; }

  [[nodiscard]] std::int64_t MostMacs(double extra) const {
    return static_cast<std::int64_t>(static_cast<double>(model_macs_) *
                                     (1 + extra / kPercent));
  }

  /// On top of all else, whatever it brings.
  void MixPrecision() {
    const bool lists_costs = request_.measure_rounding && measures_each_;
    if (!request_.mixed.IsAsked() && !lists_costs) return;
    tuned_.mix = workshop_.MixOf(best_.plan, request_.mixed);
    if (tuned_.mix.layers.empty()) return;
    Plan plan = best_.plan;
    plan.rewrites += fmt::format(", {} operators in {}", tuned_.mix.layers.size(),
                                 request_.mixed.int16 > 0 ? "INT16" : "float");
    plan.precisions = tuned_.mix.precisions;
    best_ = Try(plan);
  }

  const SampleRefs& samples_;
  const std::size_t different_samples_;
  const TuneRequest& request_;
  const AskedSteps asked_;
  const std::int64_t model_macs_;
  Graph graph_;
  const bool measures_each_ = CanMeasureEach(graph_);
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
