#include "report/validation_report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ValidationReport ValidationExample() {
  ValidationReport report;
  report.reference_path = "model.keras";
  report.candidate_path = "model.tflite";
  for (int i = 0; i < 7; ++i) {
    report.samples.emplace_back("sample" + std::to_string(i),
                                SampleComparison{.cosine = 1 - 0.01 * i});
  }
  report.comparison = {.samples = 7, .cosine_mean = 0.97};
  report.skipped = {{"quiet.wav", false, "silent", "loudness 0", ""}};
  report.mean_shifts = {0.5, -0.75, 0};
  report.has_layers = true;
  report.layers = {{.name = "a", .shape = {1, 2}, .sqnr_db = 40, .drop_db = 1},
                   {.name = "b", .shape = {1, 2}, .sqnr_db = 20, .drop_db = 20},
                   {.name = "c", .shape = {1, 2}, .sqnr_db = 25, .drop_db = -5}};
  return report;
}

TEST(ValidationReport, NamesTheFiveWorstSamplesWorstFirst) {
  EXPECT_THAT(ValidationExample().Worst(), ElementsAre(6, 5, 4, 3, 2));
  EXPECT_THAT(PrintText(ValidationExample()), HasSubstr("sample6"));
  EXPECT_THAT(PrintText(ValidationExample()), Not(HasSubstr("sample1")));
}

TEST(ValidationReport, OrdersLayersByLossAndMarksTheJump) {
  EXPECT_THAT(ValidationExample().LayersByLoss(), ElementsAre(1, 2, 0));
  EXPECT_EQ(ValidationExample().LargestDrop(), 1U);
  EXPECT_THAT(PrintText(ValidationExample()), HasSubstr("b  <- the error jumps here"));
}

TEST(ValidationReport, ShowsTheOutputThatMovedMostFirst) {
  EXPECT_THAT(PrintText(ValidationExample()), HasSubstr("1: -0.75 0: +0.5"));
}

TEST(ValidationReport, PrintsJsonThatReadsBack) {
  const auto json = nlohmann::json::parse(PrintJson(ValidationExample()));
  EXPECT_EQ(json["cosine_mean"]["value"], 0.97);
  EXPECT_EQ(json["worst"][0], "sample6");
  EXPECT_EQ(json["per_sample"].size(), 7U);
  EXPECT_EQ(json["skipped"][0]["reason"], "silent");
  EXPECT_EQ(json["layers"][0]["name"], "b");
  EXPECT_EQ(json["layers"][0]["jump"], true);
}

}  // namespace
}  // namespace kinglet
