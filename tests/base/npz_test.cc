#include "base/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/file.h"
#include "base/npy.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The bytes numpy 1.24 writes for a header dictionary, version 1.0.
std::vector<std::byte> NpyBytes(const std::string& header, const std::string& data,
                                char version = 1) {
  std::string text = "\x93NUMPY";
  text += {version, 0, static_cast<char>(header.size()), 0};
  if (version > 1) text += {0, 0};
  text += header + data;
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  return {bytes, bytes + text.size()};
}

std::string Raw(std::initializer_list<float> values) {
  return {reinterpret_cast<const char*>(std::data(values)), 4 * values.size()};
}

TEST(Npz, GivesBackWhatWasWrittenInOrder) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.npz";
  const std::array<float, 6> values = {1, -2, 3.5F, 0, 5, 6};
  const std::array<std::int32_t, 1> ids = {7};
  const std::vector<NamedTensor> arrays = {{"z/audio", Tensor::Of<float>({2, 3}, values)},
                                           {"a", Tensor::Of<std::int32_t>({}, ids)}};
  WriteNpz(path, arrays);
  const auto read = ReadNpz(path);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].name, "z/audio");
  EXPECT_EQ(read[0].tensor, arrays[0].tensor);
  EXPECT_EQ(read[1].tensor, arrays[1].tensor);
  const auto bytes = ReadFile(path);
  WriteNpz(path, arrays);
  EXPECT_EQ(ReadFile(path), bytes);
}

TEST(Npy, BringsFortranOrderToRowMajor) {
  const auto bytes =
      NpyBytes("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n",
               Raw({1, 4, 2, 5, 3, 6}));
  EXPECT_THAT(ParseNpy(bytes).Data<float>(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npy, WidensHalvesAndRoundsDoubles) {
  const std::string halves("\x00\x3c\x00\xc0\x01\x00\xff\x7b", 8);
  const auto bytes =
      NpyBytes("{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }\n", halves, 2);
  EXPECT_THAT(ParseNpy(bytes).Data<float>(), ElementsAre(1, -2, 0x1p-24F, 65504));
  const double third = 1.0 / 3;
  const auto doubles =
      NpyBytes("{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n",
               {reinterpret_cast<const char*>(&third), 8});
  EXPECT_THAT(ParseNpy(doubles).Data<float>(), ElementsAre(static_cast<float>(third)));
}

std::string MessageFor(const std::vector<std::byte>& bytes) {
  try {
    ParseNpy(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    return error.what();
  }
  return "no error";
}

TEST(Npy, RefusesWhatItCannotHold) {
  const auto header = [](const std::string& descr, const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape +
           ", }\n";
  };
  EXPECT_THAT(MessageFor(NpyBytes(header("|O", "(1,)"), "12345678")), HasSubstr("'|O'"));
  EXPECT_THAT(MessageFor(NpyBytes(header("<f4", "(2,)"), "1234")), HasSubstr("fewer"));
  EXPECT_THAT(MessageFor(NpyBytes(header("<f4", "(99999999999,99999999999)"), "1234")),
              HasSubstr("fewer"));
  EXPECT_THAT(MessageFor(NpyBytes("{'descr': '<f4'}", "1234")), HasSubstr("lacks"));
  EXPECT_THAT(MessageFor({}), HasSubstr("no NumPy array"));
}

TEST(Npz, NamesAFileThatIsNone) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "text.npz";
  WriteFile(path, std::as_bytes(std::span("hello")));
  try {
    ReadNpz(path);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    EXPECT_THAT(error.what(), HasSubstr("text.npz: no .npz archive"));
  }
}

}  // namespace
}  // namespace kinglet
