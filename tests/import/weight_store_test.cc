#include "import/weight_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kinglet/error.h"
#include "tests/support/keras_builder.h"

namespace kinglet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

template <typename T = float>
std::vector<T> Elements(const Tensor& tensor) {
  const auto data = tensor.Data<T>();
  return {data.begin(), data.end()};
}

TEST(ReadWeightStore, KeepsVariablesByPathInTheOrderOfTheirNumbers) {
  WeightsBuilder weights;
  for (int i = 0; i < 12; ++i) {
    weights.Add("layers/dense/vars/" + std::to_string(i), {1}, {double(i)});
  }
  weights.Add("layers/lstm/cell/vars/0", {2, 3}, {1, 2, 3, 4, 5, 6});
  weights.Name("layers/dense/vars", "head");
  const WeightStore store = ReadWeightStore(weights.Bytes());
  EXPECT_THAT(store, ElementsAre(Key("layers/dense"), Key("layers/lstm/cell")));
  const StoredObject& dense = store.at("layers/dense");
  EXPECT_EQ(dense.name, "head");
  ASSERT_EQ(dense.variables.size(), 12U);
  for (int i = 0; i < 12; ++i) {
    EXPECT_THAT(Elements(dense.variables[static_cast<std::size_t>(i)]), ElementsAre(i));
  }
  const StoredObject& cell = store.at("layers/lstm/cell");
  EXPECT_EQ(cell.name, "");
  EXPECT_EQ(cell.variables[0].shape(), (Shape{2, 3}));
}

TEST(ReadWeightStore, LeavesOutWhatTrainingKept) {
  WeightsBuilder weights;
  weights.Add("optimizer/vars/0", {1}, {1});
  weights.Add("metrics/mean/vars/0", {1}, {1});
  weights.Add("loss/vars/0", {1}, {1});
  weights.Add("layers/optimizer/vars/0", {1}, {1});
  EXPECT_THAT(ReadWeightStore(weights.Bytes()), ElementsAre(Key("layers/optimizer")));
}

TEST(ReadWeightStore, BringsEveryFloatToFloat32AndKeepsIntegers) {
  WeightsBuilder weights;
  const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  H5Tset_ebias(half, 15);
  weights.Add("a/vars/0", {3}, {0.5, -65504, 0.0999755859375}, half);
  weights.Add("a/vars/1", {1}, {0.1}, H5T_IEEE_F64LE);
  weights.Add("a/vars/2", {2}, {3, -4}, H5T_STD_I32LE);
  weights.Add("a/vars/3", {2}, {3, -4}, H5T_STD_I8LE);
  weights.Add("a/vars/4", {1}, {1.5}, H5T_IEEE_F32BE);
  H5Tclose(half);
  const WeightStore store = ReadWeightStore(weights.Bytes());
  const auto& read = store.at("a").variables;
  EXPECT_THAT(Elements(read[0]), ElementsAre(0.5F, -65504.0F, 0.0999755859375F));
  EXPECT_THAT(Elements(read[1]), ElementsAre(0.1F));
  EXPECT_THAT(Elements<std::int64_t>(read[2]), ElementsAre(3, -4));
  EXPECT_THAT(Elements<std::int8_t>(read[3]), ElementsAre(3, -4));
  EXPECT_THAT(Elements(read[4]), ElementsAre(1.5F));
}

std::string StoreRefusal(const std::vector<std::byte>& bytes, ErrorKind kind) {
  try {
    ReadWeightStore(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(ReadWeightStore, RefusesLinksToElsewhere) {
  WeightsBuilder soft;
  soft.Add("a/vars/0", {1}, {1});
  H5Lcreate_soft("/a", soft.file(), "b", H5P_DEFAULT, H5P_DEFAULT);
  EXPECT_THAT(StoreRefusal(soft.Bytes(), ErrorKind::kUnsupported),
              HasSubstr("b: a link"));
  WeightsBuilder external;
  external.Add("a/vars/0", {1}, {1});
  H5Lcreate_external("/etc/hostname", "/", external.file(), "a/vars/1", H5P_DEFAULT,
                     H5P_DEFAULT);
  EXPECT_THAT(StoreRefusal(external.Bytes(), ErrorKind::kUnsupported),
              HasSubstr("a link"));
}

TEST(ReadWeightStore, RefusesStringsAndMissingNumbers) {
  WeightsBuilder strings;
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, 4);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t group = H5Gcreate2(strings.file(), "vars", 0, 0, 0);
  H5Dclose(H5Dcreate2(group, "0", type, space, 0, 0, 0));
  H5Gclose(group);
  H5Sclose(space);
  H5Tclose(type);
  EXPECT_NE(StoreRefusal(strings.Bytes(), ErrorKind::kCorrupt), "no error");
  WeightsBuilder gap;
  gap.Add("a/vars/0", {1}, {1});
  gap.Add("a/vars/2", {1}, {1});
  EXPECT_THAT(StoreRefusal(gap.Bytes(), ErrorKind::kCorrupt),
              HasSubstr("a/vars/1: missing"));
}

TEST(ReadWeightStore, RefusesWhatIsNoHdf5File) {
  EXPECT_THAT(StoreRefusal(std::vector<std::byte>(4096), ErrorKind::kCorrupt),
              HasSubstr("no HDF5 file"));
  const WeightsBuilder weights;
  std::vector<std::byte> cut = weights.Bytes();
  cut.resize(cut.size() / 2);
  EXPECT_NE(StoreRefusal(cut, ErrorKind::kCorrupt), "no error");
}

TEST(HasNonFinite, SeesNanAndInfinity) {
  const auto holds = [](float value) {
    const float values[] = {1, value};
    return HasNonFinite(Tensor::Of<float>({2}, std::span(values)));
  };
  EXPECT_FALSE(holds(-3));
  EXPECT_TRUE(holds(std::nanf("")));
  EXPECT_TRUE(holds(-INFINITY));
  EXPECT_FALSE(HasNonFinite(Tensor(DType::kInt64, {2})));
}

}  // namespace
}  // namespace kinglet
