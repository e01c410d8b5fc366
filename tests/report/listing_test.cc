#include "report/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kinglet {
namespace {

using testing::HasSubstr;
using testing::Not;

Listing ListingExample() {
  return {.path = "m.tflite",
          .format = "TensorFlow Lite",
          .facts = {{"bytes", "12"}},
          .rows = {{"stem", "CONV_2D", "1x4x4x2", "int8", "0.1/-128", 20, 288},
                   {std::string(60, 'x'), "ADD", "1x4x4x2", "int8", "0.2/0", 0, 0}}};
}

TEST(Listing, SumsParametersAndMacs) {
  EXPECT_EQ(ListingExample().Parameters(), 20);
  EXPECT_EQ(ListingExample().Macs(), 288);
  EXPECT_THAT(PrintText(ListingExample()), HasSubstr("2 rows, 20 parameters, 288 MACs"));
}

TEST(Listing, LeavesOutColumnsWithoutContentAndShortensLongNames) {
  Listing listing = ListingExample();
  EXPECT_THAT(PrintText(listing), HasSubstr("scale"));
  for (ListingRow& row : listing.rows) row.scale.clear();
  EXPECT_THAT(PrintText(listing), Not(HasSubstr("scale")));
  EXPECT_THAT(PrintText(listing), Not(HasSubstr(std::string(50, 'x'))));
}

TEST(Listing, PrintsTheSameFactsAsJson) {
  const auto json = nlohmann::json::parse(PrintJson(ListingExample()));
  EXPECT_EQ(json["macs"], 288);
  EXPECT_EQ(json["rows"][0]["kind"], "CONV_2D");
  EXPECT_EQ(json["bytes"], "12");
}

}  // namespace
}  // namespace kinglet
