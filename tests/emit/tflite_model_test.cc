#include "emit/tflite_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "emit/tflite_reader.h"
#include "kinglet/error.h"
#include "tests/emit/file_builder.h"

namespace kinglet {
namespace {

using testing::HasSubstr;

/// y = neg(x)
FileModel Sound() {
  FileModel model;
  model.tensors = {{.name = "x", .shape = {1, 2}}, {.name = "y", .shape = {1, 2}}};
  model.operators = {{tflite::BuiltinOperator_NEG, {0}, {1}}};
  model.outputs = {1};
  return model;
}

struct Case {
  std::string name;
  std::function<void(FileModel&)> damage;
  std::string message;
};

class DamagedModel : public testing::TestWithParam<Case> {};

TEST_P(DamagedModel, IsRefusedWithItsReason) {
  FileModel model = Sound();
  GetParam().damage(model);
  try {
    CheckedModel(BuildFile(model));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  }
}

const std::vector<Case> kCases = {
    {"Version", [](FileModel& m) { m.version = 2; }, "format version 2"},
    {"NoOutput", [](FileModel& m) { m.outputs = {}; }, "no output"},
    {"OutputNeverMade", [](FileModel& m) { m.operators.clear(); }, "before it is made"},
    {"TensorOutOfRange", [](FileModel& m) { m.operators[0].inputs = {2}; }, "tensor 2"},
    {"NegativeTensor", [](FileModel& m) { m.operators[0].outputs = {-1}; }, "tensor -1"},
    {"NoResult",
     [](FileModel& m) {
       m.operators[0].outputs = {};
       m.outputs = {0};
     },
     "no result"},
    {"ReadsItself", [](FileModel& m) { m.operators[0].inputs = {1}; }, "before it is"},
    {"MadeTwice", [](FileModel& m) { m.operators[0].outputs = {0}; }, "made twice"},
    {"WritesAConstant", [](FileModel& m) { m.tensors[1].data.resize(8); }, "made twice"},
    {"ShortConstant", [](FileModel& m) { m.tensors[0].data.resize(7); }, "needs 8"},
    {"NegativeSize",
     [](FileModel& m) {
       m.tensors[1].shape = {1, -2};
     },
     "negative size"},
    {"TooLarge",
     [](FileModel& m) {
       m.tensors[1].shape = {1 << 30, 1 << 30, 1 << 30};
     },
     "too many elements"},
    {"TooManyAxes",
     [](FileModel& m) { m.tensors[1].shape = std::vector<std::int32_t>(9, 1); },
     "too many axes"},
    {"ZeroPointsMissing", [](FileModel& m) { m.tensors[0].scales = {1}; }, "zero points"},
    {"ScalesOfAnotherNumber",
     [](FileModel& m) {
       m.tensors[0].scales = {1, 1, 1};
       m.tensors[0].zero_points = {0, 0, 0};
       m.tensors[0].axis = 1;
     },
     "3 scales"},
    {"AxisOutOfRange",
     [](FileModel& m) {
       m.tensors[0].scales = {1, 1};
       m.tensors[0].zero_points = {0, 0};
       m.tensors[0].axis = 2;
     },
     "2 scales"},
    {"ScaleOfZero",
     [](FileModel& m) {
       m.tensors[0].scales = {0};
       m.tensors[0].zero_points = {0};
     },
     "scale 0"},
    {"ZeroPointOutOfRange",
     [](FileModel& m) {
       m.tensors[0].type = tflite::TensorType_INT8;
       m.tensors[0].scales = {1};
       m.tensors[0].zero_points = {128};
     },
     "zero point 128"},
    {"SignatureOutOfRange",
     [](FileModel& m) {
       m.signature_outputs = {{"y", 7}};
     },
     "tensor 7"},
};

INSTANTIATE_TEST_SUITE_P(Files, DamagedModel, testing::ValuesIn(kCases),
                         [](const auto& instance) { return instance.param.name; });

TEST(CheckedModel, TakesASoundFile) {
  const std::vector<std::byte> bytes = BuildFile(Sound());
  EXPECT_EQ(CheckedModel(bytes).version(), 3U);
}

TEST(CheckedModel, RefusesWhatIsNoFlatbuffer) {
  EXPECT_THROW(CheckedModel({}), Error);
  EXPECT_THROW(CheckedModel(std::vector<std::byte>(100)), Error);
}

TEST(CheckedModel, RefusesEveryTruncation) {
  const std::vector<std::byte> bytes = BuildFile(Sound());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::byte> cut(bytes.begin(),
                                     bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(CheckedModel(cut), Error) << size;
  }
}

// Damage that is still a model is read; nothing else may happen than that or an Error.
TEST(ReadTflite, SurvivesDamagedBytes) {
  const std::vector<std::byte> bytes = BuildFile(Sound());
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp)
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::byte> damaged = bytes;
    for (int k = 0; k < 3; ++k) {
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    }
    try {
      ReadTflite(damaged);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(CodeOf, TakesTheLargerOfBothFields) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(
      tflite::CreateOperatorCode(builder, 127, 0, 1, tflite::BuiltinOperator_GELU));
  const auto* code =
      flatbuffers::GetRoot<tflite::OperatorCode>(builder.GetBufferPointer());
  EXPECT_EQ(CodeOf(*code), tflite::BuiltinOperator_GELU);
  EXPECT_EQ(NameOf(CodeOf(*code)), "GELU");
  EXPECT_EQ(NameOf(static_cast<tflite::BuiltinOperator>(205)), "operator 205");
}

}  // namespace
}  // namespace kinglet
