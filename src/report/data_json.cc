#include "report/data_json.h"

namespace kinglet {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

nlohmann::ordered_json JsonOf(const DataFindings& findings) {
  Json json = {{"samples", findings.samples},
               {"different_samples", findings.distinct_samples},
               {"one_sided", Json::array()},
               {"constant_channels", Json::array()}};
  for (const OneSided& one : findings.one_sided) {
    json["one_sided"].push_back(
        {{"layer", one.layer}, {"side", one.is_above ? "above" : "below"}});
  }
  for (const ConstantCount& count : findings.constant_channels) {
    json["constant_channels"].push_back({{"layer", count.layer},
                                         {"constant", count.constant},
                                         {"channels", count.channels}});
  }
  return json;
}

nlohmann::ordered_json JsonOf(const OutsideFindings& findings) {
  Json json = {{"tensors", Json::array()}, {"samples", Json::array()}};
  for (const OutsideRecord& record : findings.tensors) {
    Json names = Json::array();
    for (const std::size_t s : record.samples) names.push_back(findings.names[s]);
    json["tensors"].push_back({{"name", record.tensor},
                               {"share", record.share},
                               {"samples", std::move(names)}});
  }
  for (std::size_t s = 0; s < findings.samples.size(); ++s) {
    if (findings.samples[s] == 0) continue;
    json["samples"].push_back(
        {{"name", findings.names[s]}, {"share", findings.samples[s]}});
  }
  return json;
}

}  // namespace kinglet
