#include "pipeline/describe_part.h"

#include <algorithm>
#include <iterator>

#include "base/sha256.h"
#include "ops/op_def.h"

namespace kinglet {
namespace {

class PartWriter {
 public:
  PartWriter(const ConvertedPart& part, ConversionReport& report)
      : part_(part), converted_(part.converted), report_(report) {}

  void Run(bool with_hash) {
    AddFile(with_hash ? Sha256(converted_.bytes) : std::string());
    report_.output_bytes += converted_.bytes.size();
    report_.operators_written += converted_.written.nodes.size();
    for (const Node& node : converted_.written.nodes) {
      report_.macs += DefOf(node.op).macs({converted_.written, node});
    }
    AddNamed(converted_.warnings, report_.warnings);
    AddNamed(converted_.notes, report_.notes);
    AddNamed(converted_.float_operators, report_.float_operators);
    AddNamed(converted_.int16_operators, report_.int16_operators);
    for (TrialRecord trial : converted_.trials) {
      trial.name = Named(trial.name);
      report_.trials.push_back(std::move(trial));
    }
    for (RoundingRecord record : converted_.rounding) {
      record.tensor = Named(record.tensor);
      report_.rounding.push_back(std::move(record));
    }
    if (converted_.stability.has_value()) {
      report_.stability.push_back({part_.name, *converted_.stability});
      AddNamed(WarningsOf(*converted_.stability), report_.warnings);
    }
    if (converted_.data.has_value()) AddData(*converted_.data);
    for (const Value& value : converted_.written.values) AddTensor(value);
  }

 private:
  [[nodiscard]] std::string Named(const std::string& text) const {
    return part_.name.empty() ? text : part_.name + ": " + text;
  }

  void AddNamed(const std::vector<std::string>& from, std::vector<std::string>& to) {
    for (const std::string& text : from) to.push_back(Named(text));
  }

  void AddFile(const std::string& sha256) {
    if (part_.name.empty()) {
      report_.output_path = part_.path.string();
      report_.output_sha256 = sha256;
      return;
    }
    report_.parts.push_back({.name = part_.name,
                             .path = part_.path.string(),
                             .sha256 = sha256,
                             .bytes = converted_.bytes.size(),
                             .operators = converted_.written.nodes.size()});
  }

  /// Parts calibrate on the same samples.
  void AddData(DataFindings data) {
    for (OneSided& one : data.one_sided) one.layer = Named(one.layer);
    for (ConstantCount& count : data.constant_channels) count.layer = Named(count.layer);
    if (!report_.data.has_value()) {
      report_.data = std::move(data);
      return;
    }
    std::ranges::move(data.one_sided, std::back_inserter(report_.data->one_sided));
    std::ranges::move(data.constant_channels,
                      std::back_inserter(report_.data->constant_channels));
  }

  void AddTensor(const Value& value) {
    TensorRecord record{.name = Named(value.name),
                        .dtype = value.dtype,
                        .shape = value.shape,
                        .range = std::nullopt,
                        .scales = {},
                        .zero_points = {}};
    const auto range = converted_.ranges.find(value.name);
    if (range != converted_.ranges.end()) {
      record.range = {range->second.min, range->second.max};
    }
    if (value.quantization.has_value()) {
      record.scales = value.quantization->scales;
      record.zero_points = value.quantization->zero_points;
    }
    report_.tensors.push_back(std::move(record));
  }

  const ConvertedPart& part_;
  const ConvertedGraph& converted_;
  ConversionReport& report_;
};

}  // namespace

void AddPart(const ConvertedPart& part, bool with_hash, ConversionReport& report) {
  PartWriter(part, report).Run(with_hash);
}

}  // namespace kinglet
