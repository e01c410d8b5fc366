#include "tune/workshop.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>

#include "quantize/fine_inputs.h"
#include "quantize/float_inputs.h"
#include "quantize/float_outputs.h"
#include "run/executor.h"
#include "tune/headroom.h"
#include "tune/sensitivity.h"

namespace kinglet {
namespace {

constexpr std::size_t kFoldsOfMany = 3;
constexpr std::size_t kFoldsOfFew = 4;
constexpr std::size_t kFew = 16;             // samples
constexpr std::size_t kMostForLayers = 256;  // whose tensors are held at the same time

template <typename T>
std::vector<T> Taken(const std::vector<T>& all, const std::vector<std::size_t>& places) {
  std::vector<T> taken;
  taken.reserve(places.size());
  for (const std::size_t place : places) taken.push_back(all[place]);
  return taken;
}

std::vector<std::size_t> PlacesOf(const SampleRefs& samples) {
  std::vector<std::size_t> all(samples.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// At most so many, evenly taken.
std::vector<std::size_t> Thinned(const std::vector<std::size_t>& places,
                                 std::size_t most) {
  const std::size_t count = std::min(places.size(), most);
  std::vector<std::size_t> thinned;
  for (std::size_t i = 0; i < count; ++i) {
    thinned.push_back(places[i * places.size() / count]);
  }
  return thinned;
}

/// All parts but one; all, when there is no such part.
StatisticsCollector Merged(const Graph& graph,
                           const std::vector<StatisticsCollector>& parts,
                           std::size_t left_out, Detail detail) {
  StatisticsCollector merged(graph, detail);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (p != left_out) merged.Merge(parts[p]);
  }
  return merged;
}

/// The mean over samples of the squared errors over those of `whole`, to which a
/// thousandth of their mean is added: a sample that happens to be right counts no more
/// than that.
double MeanRatio(std::span<const SampleError> errors,
                 std::span<const SampleError> whole) {
  constexpr double kPart = 1e-3;
  constexpr double kAboveZero = 1e-30;
  const auto n = static_cast<double>(whole.size());
  double floor = kAboveZero;
  for (const SampleError& error : whole) floor += kPart * error.squared / n;
  double sum = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    sum += errors[i].squared / (whole[i].squared + floor);
  }
  return sum / n;
}

}  // namespace

bool BeginAlike(const Plan& one, const Plan& other) {
  const auto begin = [](const Plan& plan) {
    return std::tie(plan.variant, plan.like_tensorflow, plan.ranges, plan.refinement,
                    plan.precisions, plan.headroom, plan.float_inputs, plan.fine_inputs);
  };
  return begin(one) == begin(other);
}

Workshop::Workshop(const Graph& model, const Graph& start, SampleRefs samples,
                   std::vector<std::size_t> files, QuantizeOptions options,
                   std::size_t workers, const std::function<void()>& on_step)
    : samples_(std::move(samples)),
      files_(std::move(files)),
      options_(std::move(options)),
      workers_(workers),
      on_step_(on_step),
      folds_(DealOut(files_, samples_.size() <= kFew ? kFoldsOfFew : kFoldsOfMany)),
      reference_(OutputsOf(model, samples_, workers)),
      original_(NewVariant(start)) {
  const Plan plan{
      .variant = start == model ? original_ : Gathered(model, Detail::kExtremes),
      .like_tensorflow = true};
  std::vector<QuantizedGraph> begun = BeginFits(plan);
  baseline_ = ErrorsOfFits(plan, begun);
  tensorflow_ = {plan, std::move(begun), Losses(baseline_, baseline_), 1};
}

Workshop Workshop::WithFewer(std::size_t most) const {
  const auto places = Thinned(PlacesOf(samples_), most);
  return {tensorflow_.plan.variant->graph,
          original_->graph,
          Taken(samples_, places),
          Taken(files_, places),
          options_,
          workers_,
          on_step_};
}

std::shared_ptr<const Variant> Workshop::NewVariant(Graph graph) const {
  return Gathered(std::move(graph), Detail::kAll);
}

std::shared_ptr<const Variant> Workshop::Gathered(Graph graph, Detail detail) const {
  FloatMeansCollector means(graph, samples_.size());
  SampleObserver observe_means = [&means](std::size_t sample, ValueId id,
                                          std::span<const std::byte> bytes) {
    means.See(sample, id, bytes);
  };
  if (detail == Detail::kExtremes) observe_means = nullptr;
  const auto parts = CollectStatistics(Executor(graph), samples_, folds_.part_of,
                                       folds_.parts, workers_, observe_means, detail);
  std::vector<RangeChoices> without;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    without.emplace_back(
        Merged(graph, parts, parts.size() > 1 ? p : parts.size(), detail));
  }
  RangeChoices all(Merged(graph, parts, parts.size(), detail));
  return std::make_shared<const Variant>(
      Variant{std::move(graph), std::move(all), std::move(without), means.means()});
}

QuantizeOptions Workshop::OptionsOf(const Plan& plan) const {
  QuantizeOptions options = options_;
  options.room_for_fine_inputs = plan.fine_inputs;
  options.precisions = plan.precisions;
  if (plan.float_inputs) {
    options.precisions = WithFloatInputs(plan.variant->graph, options.precisions);
  }
  return options;
}

Ranges Workshop::RangesOf(const Plan& plan, const RangeChoices& choices) const {
  const Graph& graph = plan.variant->graph;
  if (plan.like_tensorflow) {
    return WidenLikeTensorFlow(graph, choices.statistics().ranges());
  }
  Ranges ranges = choices.By(plan.ranges, workers_);
  return plan.headroom ? WithHeadroom(graph, std::move(ranges), choices.statistics())
                       : ranges;
}

Graph Workshop::Refined(const Plan& plan, const DitheredGraph& graph,
                        const Refinement& refinement, const Fitting& on) const {
  const std::vector<std::size_t> used = Thinned(on.places, kMostForLayers);
  FloatMeans means;
  for (const auto& [name, all] : plan.variant->means) means[name] = Taken(all, used);
  return RefineLayers(graph, plan.variant->graph, means, Taken(samples_, used),
                      refinement, workers_);
}

QuantizedGraph Workshop::BeginFit(const Plan& plan, const Fitting& on) const {
  const Variant& variant = *plan.variant;
  const RangeChoices& choices =
      on.left_out.has_value() ? variant.ranges_without[*on.left_out] : variant.ranges;
  QuantizeOptions options = OptionsOf(plan);
  options.wide_ranges = choices.statistics().ranges();
  QuantizedGraph quantized =
      QuantizeInt8(variant.graph, RangesOf(plan, choices), options);
  if (plan.like_tensorflow) return quantized;
  quantized.graph =
      DropIdleClamps(Refined(plan, {quantized.graph, {}}, plan.refinement, on));
  return quantized;
}

QuantizedGraph Workshop::EndFit(const Plan& plan, QuantizedGraph quantized,
                                const Fitting& on) const {
  if (plan.fine_inputs) {
    quantized = WithFineInputs(quantized, InputsToRefine(quantized.graph));
  }
  if (plan.float_outputs) quantized = WithFloatOutputs(quantized);
  if (!plan.fine_inputs && plan.copies.empty()) return quantized;
  const DitheredGraph dithered = WithDitheredResults(quantized.graph, plan.copies);
  std::ranges::copy(dithered.float_operators,
                    std::back_inserter(quantized.float_operators));
  // The biases made good what rounding did on average, and now does less.
  quantized.graph = Refined(plan, dithered, {.bias = plan.refinement.bias}, on);
  return quantized;
}

QuantizedGraph Workshop::Fit(const Plan& plan) const {
  const Fitting on{PlacesOf(samples_), std::nullopt};
  return EndFit(plan, BeginFit(plan, on), on);
}

Graph Workshop::OperatorsOf(Plan plan) const {
  plan.refinement = {.bias = BiasForm::kNone};
  return Fit(plan).graph;
}

std::vector<QuantizedGraph> Workshop::BeginFits(const Plan& plan) const {
  std::vector<QuantizedGraph> begun;
  for (std::size_t part = 0; part < folds_.parts; ++part) {
    begun.push_back(BeginFit(plan, {FoldOf(folds_, part).fit, part}));
  }
  return begun;
}

std::vector<SampleError> Workshop::ErrorsOfFits(
    const Plan& plan, const std::vector<QuantizedGraph>& begun) const {
  std::vector<Outputs> outputs(samples_.size());
  for (std::size_t part = 0; part < folds_.parts; ++part) {
    const Fold fold = FoldOf(folds_, part);
    const Graph fitted = EndFit(plan, begun[part], {fold.fit, part}).graph;
    auto judged = OutputsOf(fitted, Taken(samples_, fold.judge), workers_);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      outputs[fold.judge[i]] = std::move(judged[i]);
    }
  }
  if (on_step_) on_step_();
  return ErrorsOf(reference_, outputs);
}

Judged Workshop::Judge(const Plan& plan, const Judged& before) const {
  Judged judged{
      plan, BeginAlike(plan, before.plan) ? before.begun : BeginFits(plan), {}, 0};
  judged.losses = Losses(baseline_, ErrorsOfFits(plan, judged.begun));
  judged.loss = TypicalRatio(judged.losses, tensorflow_.losses, files_);
  return judged;
}

ErrorRatio Workshop::Over(const Judged& one, const Judged& other) const {
  return Compare(one.losses, other.losses, files_);
}

std::vector<double> Workshop::RoundingLosses(const Plan& plan, int copies) const {
  const Variant& variant = *plan.variant;
  const std::vector<std::size_t> places = PlacesToMeasure(samples_.size());
  const auto baseline = Taken(baseline_, places);
  std::vector<double> losses(variant.graph.values.size());
  for (const Sensitivity& one : FindSensitivities(
           variant.graph, variant.ranges.statistics().ranges(), OptionsOf(plan),
           Taken(samples_, places), Taken(reference_, places), workers_, copies)) {
    losses[Index(one.value)] = MeanRatio(one.errors, baseline);
  }
  return losses;
}

Mix Workshop::MixOf(const Plan& plan, const MixedPrecision& wanted) const {
  const std::vector<std::size_t> places = PlacesToMeasure(samples_.size());
  const Variant& variant = *plan.variant;
  QuantizeOptions options = OptionsOf(plan);
  options.wide_ranges = variant.ranges.statistics().ranges();
  return MixPrecisions(variant.graph, RangesOf(plan, variant.ranges), options, wanted,
                       Taken(samples_, places), Taken(reference_, places), workers_);
}

std::optional<Stability> Workshop::StabilityOfFits(const Plan& plan,
                                                   const Graph& whole) const {
  const Folds halves = DealOut(files_, 2);
  if (halves.parts < 2) return std::nullopt;
  const Variant& variant = *plan.variant;
  const auto statistics = CollectStatistics(Executor(variant.graph), samples_,
                                            halves.part_of, halves.parts, workers_);
  std::array<std::vector<Outputs>, 2> outputs;
  for (std::size_t half = 0; half < outputs.size(); ++half) {
    Plan of_half = plan;
    of_half.variant = std::make_shared<const Variant>(
        Variant{variant.graph, RangeChoices(statistics[half]), {}, variant.means});
    const Fitting on{FoldOf(halves, half).judge, std::nullopt};
    const QuantizedGraph fitted = EndFit(of_half, BeginFit(of_half, on), on);
    outputs[half] = OutputsOf(fitted.graph, samples_, workers_);
  }
  return StabilityOf(reference_, OutputsOf(whole, samples_, workers_), outputs);
}

}  // namespace kinglet
