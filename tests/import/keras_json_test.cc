#include "import/keras_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kinglet/error.h"

namespace kinglet {
namespace {

TEST(ParseKerasJson, ReadsPythonsNonFiniteNumbers) {
  const Json json = ParseKerasJson(
      R"({"a": NaN, "b": [Infinity, -Infinity, 1.5], "c": true})", "config.json");
  EXPECT_TRUE(json["a"].is_null());
  EXPECT_TRUE(IsInfinite(json["b"][0]));
  EXPECT_EQ(json["b"][1], "-Infinity");
  EXPECT_EQ(json["b"][2], 1.5);
  EXPECT_EQ(json["c"], true);
}

TEST(ParseKerasJson, LeavesStringsAlone) {
  const Json json = ParseKerasJson(R"({"NaN": "Infinity \" NaN \\"})", "config.json");
  EXPECT_EQ(json["NaN"], "Infinity \" NaN \\");
}

std::string JsonRefusal(const std::string& text) {
  try {
    ParseKerasJson(text, "config.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    return error.what();
  }
  return "no error";
}

TEST(ParseKerasJson, NamesWhatIsNoJson) {
  for (const char* text : {"", "{", "[1,]", "{'a': 1}", "{} {}", "\xff"}) {
    EXPECT_EQ(JsonRefusal(text), "config.json: no JSON") << text;
  }
}

TEST(ParseKerasJson, CapsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(JsonRefusal(nested(256)), "no error");
  EXPECT_EQ(JsonRefusal(nested(257)), "config.json: nested too deeply");
  EXPECT_EQ(JsonRefusal(nested(1000000)), "config.json: nested too deeply");
  EXPECT_EQ(JsonRefusal("\"" + std::string(300, '[') + "\""), "no error");
}

TEST(MemberOrNull, IsNullForWhatIsMissing) {
  const Json json = ParseKerasJson(R"({"a": {"b": 1}})", "x");
  EXPECT_EQ(MemberOrNull(MemberOrNull(json, "a"), "b"), 1);
  EXPECT_TRUE(MemberOrNull(json, "c").is_null());
  EXPECT_TRUE(MemberOrNull(MemberOrNull(json, "c"), "d").is_null());
}

TEST(TextAt, IsEmptyForWhatIsNoString) {
  const Json json = ParseKerasJson(R"({"a": "text", "b": 1})", "x");
  EXPECT_EQ(TextAt(json, "a"), "text");
  EXPECT_EQ(TextAt(json, "b"), "");
  EXPECT_EQ(TextAt(json, "c"), "");
}

}  // namespace
}  // namespace kinglet
