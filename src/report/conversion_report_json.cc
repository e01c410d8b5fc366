#include <nlohmann/json.hpp>

#include "report/conversion_report.h"
#include "report/data_json.h"

namespace kinglet {
namespace {

using Json = nlohmann::ordered_json;

Json RecordsJson(const std::vector<SampleRecord>& records) {
  Json files = Json::array();
  for (const SampleRecord& sample : records) {
    Json file = {{"name", sample.name}, {"used", sample.used}};
    if (!sample.used) file["reason"] = sample.reason;
    if (!sample.detail.empty()) file["detail"] = sample.detail;
    if (!sample.sha256.empty()) file["sha256"] = sample.sha256;
    files.push_back(std::move(file));
  }
  return files;
}

Json SamplesJson(const ConversionReport& report) {
  Json skipped = Json::object();
  for (const auto& [reason, count] : report.SamplesSkipped()) skipped[reason] = count;
  return {{"found", report.files_found},
          {"drawn", report.samples.size()},
          {"used", report.SamplesUsed()},
          {"skipped", std::move(skipped)},
          {"files", RecordsJson(report.samples)}};
}

Json AgreementJson(const AgreementRecord& agreement) {
  const Comparison& c = agreement.comparison;
  return {{"samples", c.samples},
          {"held_out", agreement.held_out},
          {"cosine_mean", c.cosine_mean},
          {"cosine_p05", c.cosine_p05},
          {"cosine_min", c.cosine_min},
          {"pearson_mean", c.pearson_mean},
          {"mse", c.mse},
          {"mae", c.mae},
          {"max_abs", c.max_abs},
          {"top1_agreement", c.top1_agreement},
          {"top5_agreement", c.top5_agreement}};
}

Json StabilityJson(const StabilityRecord& record) {
  const Stability& s = record.stability;
  Json json = {{"halves_apart", s.apart},
               {"halves_error", s.halves},
               {"error", s.whole},
               {"halves_cosine", s.cosine},
               {"stable", s.IsStable()}};
  if (!record.part.empty()) json["part"] = record.part;
  return json;
}

Json TensorJson(const TensorRecord& tensor) {
  Json json = {{"name", tensor.name},
               {"dtype", std::string(NameOf(tensor.dtype))},
               {"shape", tensor.shape}};
  if (tensor.range.has_value()) {
    json["range"] = {tensor.range->first, tensor.range->second};
  }
  if (!tensor.scales.empty()) {
    json["scale"] = tensor.scales;
    json["zero_point"] = tensor.zero_points;
  }
  return json;
}

Json JsonOf(const PartRecord& part) {
  return {{"name", part.name},
          {"output", part.path},
          {"output_sha256", part.sha256},
          {"output_bytes", part.bytes},
          {"operators_written", part.operators}};
}

Json JsonOf(const TrialRecord& trial) {
  return {{"name", trial.name},
          {"error_ratio", trial.error.ratio},
          {"low", trial.error.low},
          {"high", trial.error.high},
          {"chosen", trial.chosen}};
}

Json JsonOf(const RoundingRecord& one) {
  return {{"tensor", one.tensor},
          {"share", one.share},
          {"dtype", std::string(NameOf(one.dtype))}};
}

}  // namespace

std::string PrintJson(const ConversionReport& report) {
  Json json = {{"kinglet", report.program_version},
               {"model", report.model_path},
               {"model_format", report.model_format},
               {"model_sha256", report.model_sha256},
               {"output", report.output_path},
               {"output_sha256", report.output_sha256},
               {"quantization", report.quantization},
               {"recipe", report.recipe},
               {"per_tensor", report.per_tensor},
               {"model_bytes", report.model_bytes},
               {"output_bytes", report.output_bytes},
               {"parameters", report.parameters},
               {"macs", report.macs},
               {"operators_imported", report.operators_imported},
               {"operators_written", report.operators_written},
               {"float_operators", report.float_operators},
               {"int16_operators", report.int16_operators},
               {"notes", report.notes},
               {"warnings", report.warnings}};
  for (const PartRecord& part : report.parts) json["parts"].push_back(JsonOf(part));
  if (!report.samples.empty()) json["calibration"] = SamplesJson(report);
  if (!report.calibration_sha256.empty()) {
    json["calibration"]["sha256"] = report.calibration_sha256;
  }
  if (!report.held_out.empty()) json["held_out"] = RecordsJson(report.held_out);
  for (const TrialRecord& trial : report.trials) json["trials"].push_back(JsonOf(trial));
  for (const RoundingRecord& one : report.rounding) {
    json["rounding"].push_back(JsonOf(one));
  }
  if (report.agreement.has_value()) json["agreement"] = AgreementJson(*report.agreement);
  for (const StabilityRecord& record : report.stability) {
    json["stability"].push_back(StabilityJson(record));
  }
  if (report.data.has_value()) json["data"] = JsonOf(*report.data);
  if (!report.outside.samples.empty()) json["outside_ranges"] = JsonOf(report.outside);
  json["tensors"] = Json::array();
  for (const TensorRecord& tensor : report.tensors) {
    json["tensors"].push_back(TensorJson(tensor));
  }
  for (const auto& [stage, seconds] : report.seconds) json["seconds"][stage] = seconds;
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kinglet
