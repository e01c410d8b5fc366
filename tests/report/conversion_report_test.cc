#include "report/conversion_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

ConversionReport Example() {
  ConversionReport report;
  report.model_path = "model.keras";
  report.output_path = "model.tflite";
  report.quantization = "ptq";
  report.samples = {{"a.wav", true, "", "", "ab12"},
                    {"b.wav", false, "silent", "", ""},
                    {"c.wav", false, "unreadable", "no | sound", ""},
                    {"d.wav", false, "silent", "", ""}};
  report.files_found = 9;
  report.agreement = AgreementRecord{{.samples = 3, .cosine_mean = 0.5}, true};
  report.int16_operators = {"dense (fully_connected)"};
  report.rounding = {{"y", 0.75, DType::kInt16}, {"x", 0.25, DType::kInt8}};
  report.tensors = {{"x", DType::kInt8, {1, 4}, {{-1.0F, 2.0F}}, {0.5F}, {-3}}};
  report.seconds = {{"read", 0.25}, {"calibrate", 0.5}};
  return report;
}

TEST(ConversionReport, CountsSkippedSamplesByReason) {
  EXPECT_EQ(Example().SamplesUsed(), 1U);
  EXPECT_THAT(Example().SamplesSkipped(),
              ElementsAre(Pair("silent", 2U), Pair("unreadable", 1U)));
}

TEST(ConversionReport, SummarizesForATerminal) {
  const std::string text = PrintSummary(Example());
  EXPECT_THAT(text, HasSubstr("1 used of 4 drawn from 9, 2 silent, 1 unreadable"));
  EXPECT_THAT(text, HasSubstr("cosine mean 0.50000"));
  EXPECT_THAT(text, HasSubstr("3 held-out samples"));
  EXPECT_THAT(text, HasSubstr("int16        dense (fully_connected)"));
  EXPECT_THAT(text, HasSubstr("0.75 s (read 0.25, calibrate 0.50)"));
}

TEST(ConversionReport, PrintsJsonThatReadsBack) {
  const auto json = nlohmann::json::parse(PrintJson(Example()));
  EXPECT_EQ(json["calibration"]["skipped"]["silent"], 2);
  EXPECT_EQ(json["agreement"]["held_out"], true);
  EXPECT_EQ(json["tensors"][0]["zero_point"][0], -3);
  EXPECT_EQ(json["rounding"][0],
            (nlohmann::json{{"tensor", "y"}, {"share", 0.75}, {"dtype", "int16"}}));
  EXPECT_EQ(json["seconds"]["read"], 0.25);
}

TEST(ConversionReport, NamesBothFilesOfAModelThatWasSplit) {
  ConversionReport report = Example();
  report.parts = {{"backbone", "m_backbone.tflite", "ab", 2000, 40},
                  {"head", "m_head.tflite", "cd", 1000, 3}};
  const std::string text = PrintSummary(report);
  EXPECT_THAT(text, HasSubstr("backbone     m_backbone.tflite (2.0 kB, 40 operators)"));
  EXPECT_THAT(text, HasSubstr("head         m_head.tflite (1.0 kB, 3 operators)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("output ")));
  const auto json = nlohmann::json::parse(PrintJson(report));
  EXPECT_EQ(json["parts"][1]["output_sha256"], "cd");
}

TEST(ConversionReport, ListsInMarkdownWhatRoundingCosts) {
  EXPECT_THAT(PrintMarkdown(Example()), HasSubstr("| y | 75.0 % | int16 |"));
}

TEST(ConversionReport, EscapesCellsInMarkdown) {
  EXPECT_THAT(PrintMarkdown(Example()), HasSubstr("no \\| sound"));
  EXPECT_THAT(PrintMarkdown(Example()),
              HasSubstr("| x | int8 | 1x4 | -1 .. 2 | 0.5 | -3 |"));
}

TEST(WriteReport, ChoosesTheFormByEnding) {
  const TemporaryFolder folder;
  WriteReport(Example(), folder.path() / "r.json");
  EXPECT_EQ(static_cast<char>(ReadFile(folder.path() / "r.json").at(0)), '{');
  WriteReport(Example(), folder.path() / "r.md");
  EXPECT_EQ(static_cast<char>(ReadFile(folder.path() / "r.md").at(0)), '#');
  EXPECT_THROW(WriteReport(Example(), folder.path() / "r.pdf"), Error);
}

}  // namespace
}  // namespace kinglet
