#include "report/data_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kinglet {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

DataFindings Enough() { return {.samples = 40, .distinct_samples = 32}; }

TEST(DataWarnings, SayNothingOfDataThatSuffice) {
  EXPECT_THAT(WarningsOf(Enough()), IsEmpty());
  EXPECT_THAT(WarningsOf(DataFindings{}), IsEmpty());
  EXPECT_THAT(WarningsOf(OutsideFindings{}), IsEmpty());
}

TEST(DataWarnings, CountCopiesOnce) {
  EXPECT_THAT(WarningsOf(DataFindings{.samples = 40, .distinct_samples = 31}),
              ElementsAre(HasSubstr("only 31 different samples")));
}

TEST(DataWarnings, NameTheFirstThreeLayersOfEachSide) {
  DataFindings findings = Enough();
  findings.one_sided = {
      {"a", false}, {"b", true}, {"c", false}, {"d", false}, {"e", false}};
  EXPECT_THAT(
      WarningsOf(findings),
      ElementsAre(AllOf(HasSubstr("above zero"), HasSubstr("'a', 'c', 'd' and 1 more")),
                  AllOf(HasSubstr("below zero"), HasSubstr("'b'"))));
}

TEST(DataWarnings, NameLayersOfWhichHalfNeverMoves) {
  DataFindings findings = Enough();
  findings.one_sided = {{"clamp", false}};
  findings.constant_channels = {{"few", 3, 8}, {"half", 4, 8}, {"clamp", 8, 8}};
  EXPECT_THAT(WarningsOf(findings),
              ElementsAre(HasSubstr("'clamp'"),
                          AllOf(HasSubstr("'half' (4 of 8)"), Not(HasSubstr("few")))));
}

/// Of eight samples, "a" to "h".
OutsideFindings Outside(double share, std::size_t samples, double loudest) {
  OutsideFindings findings;
  findings.tensors = {{"y", share, {}}};
  for (std::size_t s = 0; s < samples; ++s) findings.tensors[0].samples.push_back(s);
  findings.samples.resize(8);
  findings.samples[2] = loudest;
  findings.samples[5] = 2 * loudest;
  for (char name = 'a'; name <= 'h'; ++name) findings.names.emplace_back(1, name);
  return findings;
}

TEST(OutsideWarnings, NameTensorsThatManySamplesLeave) {
  EXPECT_THAT(WarningsOf(Outside(0.01, 4, 0)),
              ElementsAre(HasSubstr("'y' (1 % of its values, 4 of 8 samples)")));
  EXPECT_THAT(WarningsOf(Outside(0.01, 3, 0)), IsEmpty());
  EXPECT_THAT(WarningsOf(Outside(0.001, 8, 0)), IsEmpty());
}

TEST(OutsideWarnings, NameSamplesWithMuchOutsideWorstFirst) {
  EXPECT_THAT(WarningsOf(Outside(0, 0, 0.011)),
              ElementsAre(HasSubstr("in 2 of 8 samples: f, c")));
  EXPECT_THAT(WarningsOf(Outside(0, 0, 0.005)), IsEmpty());
}

}  // namespace
}  // namespace kinglet
