#include "report/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/percent.h"
#include "report/data_json.h"

namespace kinglet {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kWorstSamples = 5;
constexpr std::size_t kShownShifts = 5;

std::vector<std::size_t> Indices(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

std::string Figure(const char* label, double value, const Interval& interval,
                   double factor = 1) {
  return fmt::format("{:<18} {:<12.6g} [{:.6g}, {:.6g}]\n", label, factor * value,
                     factor * interval.low, factor * interval.high);
}

std::string FiguresText(const ValidationReport& report) {
  const Comparison& c = report.comparison;
  const ComparisonIntervals& i = report.intervals;
  std::string text = fmt::format("{:<18} {:<12} 95 % confidence interval\n", "", "");
  text += Figure("cosine, mean", c.cosine_mean, i.cosine_mean);
  text += Figure("cosine, p05", c.cosine_p05, i.cosine_p05);
  text += fmt::format("{:<18} {:.6g}\n", "cosine, minimum", c.cosine_min);
  text += Figure("Pearson, mean", c.pearson_mean, i.pearson_mean);
  text += Figure("MSE", c.mse, i.mse);
  text += fmt::format("{:<18} {:.6g}\n", "MAE", c.mae);
  text += fmt::format("{:<18} {:.6g}\n", "largest error", c.max_abs);
  text += Figure("top-1, %", c.top1_agreement, i.top1_agreement, kPercent);
  text += fmt::format("{:<18} {:.6g}\n", "top-5, %", kPercent * c.top5_agreement);
  return text;
}

std::string WorstText(const ValidationReport& report) {
  std::string text = "\nworst samples\n";
  for (const std::size_t i : report.Worst()) {
    const auto& [name, sample] = report.samples[i];
    text += fmt::format("  cosine {:.5f}, largest error {:.4g}{}: {}\n", sample.cosine,
                        sample.max_abs, sample.top1 ? "" : ", another top-1", name);
  }
  return text;
}

/// The outputs that moved most.
std::string ShiftsText(const ValidationReport& report) {
  std::vector<std::size_t> order = Indices(report.mean_shifts.size());
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) {
    return std::abs(report.mean_shifts[i]);
  });
  order.resize(std::min(order.size(), kShownShifts));
  std::string text = "\nlargest mean shifts of outputs:";
  for (const std::size_t i : order) {
    text += fmt::format(" {}: {:+.4g}", i, report.mean_shifts[i]);
  }
  return text + "\n";
}

std::string LayersText(const ValidationReport& report) {
  if (report.layers.empty()) {
    return "\nno tensor of both models has the same name and shape: nothing to show "
           "layer by layer\n";
  }
  std::string text =
      fmt::format("\n{:>8} {:>9} {:>10} {:>8} {:>8}  {:<24} {}\n", "SQNR dB", "cosine",
                  "saturated", "steps", "drop dB", "range", "tensor");
  const std::size_t jump = report.LargestDrop();
  for (const std::size_t i : report.LayersByLoss()) {
    const LayerComparison& layer = report.layers[i];
    text += fmt::format("{:>8.1f} {:>9.5f} {:>9.3f}% {:>7.1f}% {:>8.1f}  {:<24} {}{}\n",
                        layer.sqnr_db, layer.cosine, kPercent * layer.saturated,
                        kPercent * layer.steps_used, layer.drop_db,
                        fmt::format("{:.4g} .. {:.4g}", layer.min, layer.max), layer.name,
                        i == jump ? "  <- the error jumps here" : "");
  }
  return text;
}

Json IntervalJson(double value, const Interval& interval) {
  return {{"value", value}, {"low", interval.low}, {"high", interval.high}};
}

Json LayersJson(const ValidationReport& report) {
  Json layers = Json::array();
  const std::size_t jump = report.LargestDrop();
  for (const std::size_t i : report.LayersByLoss()) {
    const LayerComparison& layer = report.layers[i];
    Json json = {{"name", layer.name},
                 {"shape", layer.shape},
                 {"sqnr_db", nullptr},
                 {"cosine", layer.cosine},
                 {"saturated", layer.saturated},
                 {"steps_used", layer.steps_used},
                 {"drop_db", layer.drop_db},
                 {"range", {layer.min, layer.max}},
                 {"jump", i == jump}};
    if (std::isfinite(layer.sqnr_db)) json["sqnr_db"] = layer.sqnr_db;
    layers.push_back(std::move(json));
  }
  return layers;
}

}  // namespace

std::vector<std::size_t> ValidationReport::Worst() const {
  std::vector<std::size_t> order = Indices(samples.size());
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) { return samples[i].second.cosine; });
  order.resize(std::min(order.size(), kWorstSamples));
  return order;
}

std::vector<std::size_t> ValidationReport::LayersByLoss() const {
  std::vector<std::size_t> order = Indices(layers.size());
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return layers[i].sqnr_db; });
  return order;
}

std::size_t ValidationReport::LargestDrop() const {
  const auto largest = std::ranges::max_element(layers, {}, &LayerComparison::drop_db);
  const bool is_drop = largest != layers.end() && largest->drop_db > 0;
  return is_drop ? static_cast<std::size_t>(largest - layers.begin()) : layers.size();
}

std::string PrintText(const ValidationReport& report) {
  std::string text = fmt::format("{} against {}: {} samples", report.candidate_path,
                                 report.reference_path, report.comparison.samples);
  if (!report.skipped.empty()) text += fmt::format(", {} skipped", report.skipped.size());
  text += "\n\n" + FiguresText(report) + WorstText(report) + ShiftsText(report);
  for (const std::string& warning : WarningsOf(report.outside)) {
    text += "\nwarning: " + warning + "\n";
  }
  if (report.has_layers) text += LayersText(report);
  return text;
}

std::string PrintJson(const ValidationReport& report) {
  const Comparison& c = report.comparison;
  const ComparisonIntervals& i = report.intervals;
  Json json = {{"kinglet", report.program_version},
               {"reference", report.reference_path},
               {"candidate", report.candidate_path},
               {"samples", c.samples},
               {"cosine_mean", IntervalJson(c.cosine_mean, i.cosine_mean)},
               {"cosine_p05", IntervalJson(c.cosine_p05, i.cosine_p05)},
               {"cosine_min", c.cosine_min},
               {"pearson_mean", IntervalJson(c.pearson_mean, i.pearson_mean)},
               {"mse", IntervalJson(c.mse, i.mse)},
               {"mae", c.mae},
               {"max_abs", c.max_abs},
               {"top1_agreement", IntervalJson(c.top1_agreement, i.top1_agreement)},
               {"top5_agreement", c.top5_agreement},
               {"mean_shifts", report.mean_shifts}};
  json["worst"] = Json::array();
  for (const std::size_t worst : report.Worst()) {
    json["worst"].push_back(report.samples[worst].first);
  }
  json["per_sample"] = Json::array();
  for (const auto& [name, sample] : report.samples) {
    json["per_sample"].push_back({{"name", name},
                                  {"cosine", sample.cosine},
                                  {"pearson", sample.pearson},
                                  {"mse", sample.mse},
                                  {"mae", sample.mae},
                                  {"max_abs", sample.max_abs},
                                  {"top1", sample.top1},
                                  {"top5", sample.top5}});
  }
  for (const SampleRecord& record : report.skipped) {
    json["skipped"].push_back(
        {{"name", record.name}, {"reason", record.reason}, {"detail", record.detail}});
  }
  json["outside_ranges"] = JsonOf(report.outside);
  if (report.has_layers) json["layers"] = LayersJson(report);
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kinglet
