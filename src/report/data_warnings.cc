// Thresholds (docs/accuracy.md, "The samples"): what data like the calibration data
// exceeds now and then, by chance, is left out.
#include "report/data_warnings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/percent.h"

namespace kinglet {
namespace {

constexpr std::size_t kEnoughSamples = 32;
constexpr std::size_t kShown = 3;
constexpr double kMuchOfTensor = 0.001;  // of all its values
constexpr double kMuchOfSample = 0.01;

using Strings = std::vector<std::string>;

/// The first three, and how many more there are.
std::string Some(const Strings& all) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(all.size(), kShown));
  std::string text = fmt::format("{}", fmt::join(all.begin(), all.begin() + shown, ", "));
  if (all.size() > kShown) text += fmt::format(" and {} more", all.size() - kShown);
  return text;
}

std::string Quoted(const std::string& name) { return "'" + name + "'"; }

/// A sentence with `names` at its end; nothing where there are none.
Strings Sentence(const std::string& text, const Strings& names) {
  return names.empty() ? Strings{} : Strings{text + Some(names)};
}

Strings AboutCount(const DataFindings& findings) {
  if (findings.samples == 0 || findings.distinct_samples >= kEnoughSamples) return {};
  return {fmt::format(
      "only {} different samples calibrate: ranges and what a recipe chooses by them "
      "settle with {} or more",
      findings.distinct_samples, kEnoughSamples)};
}

Strings AboutOneSide(const DataFindings& findings, bool is_above) {
  Strings layers;
  for (const OneSided& one : findings.one_sided) {
    if (one.is_above == is_above) layers.push_back(Quoted(one.layer));
  }
  return Sentence(
      fmt::format(
          "numbers {} zero, which the file takes for zero as no calibration sample "
          "had any, before the activations of ",
          is_above ? "below" : "above"),
      layers);
}

/// Layers of which half or more never moves, but for clamps that are named anyway.
Strings AboutConstants(const DataFindings& findings) {
  Strings layers;
  for (const ConstantCount& count : findings.constant_channels) {
    const bool is_named = std::ranges::any_of(
        findings.one_sided, [&](const auto& one) { return one.layer == count.layer; });
    if (is_named || 2 * count.constant < count.channels) continue;
    layers.push_back(fmt::format("{} ({} of {})", Quoted(count.layer), count.constant,
                                 count.channels));
  }
  return Sentence("channels that no calibration sample moves: ", layers);
}

Strings NamesOf(const OutsideFindings& findings, const std::vector<std::size_t>& places) {
  Strings names;
  for (const std::size_t place : places) names.push_back(findings.names[place]);
  return names;
}

/// Tensors that many samples leave: one in four, at least four. Of data like those that
/// calibrated, two in all of them and one more leave a tensor's range.
Strings AboutTensors(const OutsideFindings& findings) {
  const std::size_t all = findings.samples.size();
  const std::size_t many = std::min(all, std::max<std::size_t>(4, (all + 3) / 4));
  Strings tensors;
  for (const OutsideRecord& record : findings.tensors) {
    if (record.share <= kMuchOfTensor || record.samples.size() < many) continue;
    tensors.push_back(fmt::format("{} ({:.2g} % of its values, {} of {} samples)",
                                  Quoted(record.tensor), kPercent * record.share,
                                  record.samples.size(), all));
  }
  return Sentence("outside the calibrated ranges: ", tensors);
}

/// Samples with much outside, whatever the tensor, worst first.
Strings AboutSamples(const OutsideFindings& findings) {
  std::vector<std::size_t> places;
  for (std::size_t s = 0; s < findings.samples.size(); ++s) {
    if (findings.samples[s] > kMuchOfSample) places.push_back(s);
  }
  std::ranges::stable_sort(places, std::ranges::greater{},
                           [&](std::size_t s) { return findings.samples[s]; });
  return Sentence(
      fmt::format("more than {} % of all values outside the calibrated ranges "
                  "in {} of {} samples: ",
                  kPercent * kMuchOfSample, places.size(), findings.samples.size()),
      NamesOf(findings, places));
}

Strings Joined(const std::vector<Strings>& parts) {
  Strings all;
  for (const Strings& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

std::vector<std::string> WarningsOf(const DataFindings& findings) {
  return Joined({AboutCount(findings), AboutOneSide(findings, false),
                 AboutOneSide(findings, true), AboutConstants(findings)});
}

std::vector<std::string> WarningsOf(const OutsideFindings& findings) {
  return Joined({AboutTensors(findings), AboutSamples(findings)});
}

std::vector<std::string> WarningsOf(const Stability& stability) {
  if (stability.IsStable()) return {};
  return {
      "what was fitted depends on the samples that happened to be drawn: fits on two "
      "halves of them differ by more than twice the error of quantization; more samples, "
      "or more alike those to come, would help"};
}

}  // namespace kinglet
