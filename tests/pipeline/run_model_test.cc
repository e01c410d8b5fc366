#include "pipeline/run_model.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "emit/tflite_writer.h"
#include "ir/text.h"
#include "kinglet/error.h"
#include "tests/support/temporary_folder.h"

namespace kinglet {
namespace {

using testing::ElementsAre;

class RunModelOf : public testing::Test {
 protected:
  std::vector<NamedTensor> Run(const std::string& text, const Tensor& input,
                               RunJob job = {}) {
    job.model = folder_.path() / "model.tflite";
    job.input = folder_.path() / "in.npz";
    WriteFile(job.model, WriteTflite(Parse(text)));
    WriteNpz(job.input, std::vector<NamedTensor>{{"x", input}});
    return RunModel(job, nullptr);
  }

  TemporaryFolder folder_;
};

Tensor Floats(Shape shape, const std::vector<float>& values) {
  return Tensor::Of<float>(std::move(shape), values);
}

// Each sample has three rows in the middle.
TEST_F(RunModelOf, JoinsEveryTensorOfTheSamples) {
  const auto arrays =
      Run("in x = x : float32[1x6]\nm : float32[3x2] = reshape(x) shape=[3,2]\n"
          "n : float32[3x2] = neg(m)\ny : float32[1x6] = reshape(n) shape=[1,6]\n"
          "out y = y\n",
          Floats({2, 6}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), {.all_tensors = true});
  ASSERT_EQ(arrays.size(), 3U);
  EXPECT_EQ(arrays[0].tensor.shape(), (Shape{2, 6}));
  EXPECT_EQ(arrays[2].name, "n");
  EXPECT_EQ(arrays[2].tensor.shape(), (Shape{6, 2}));
  EXPECT_THAT(arrays[2].tensor.Data<float>(),
              ElementsAre(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12));
}

constexpr const char* kPairs =
    "in x = x : float32[2x1]\ny : float32[2x1] = neg(x)\nout y = y\n";

TEST_F(RunModelOf, AModelWithABatchTakesAsManySamplesAtOnce) {
  const auto arrays = Run(kPairs, Floats({4, 1}, {1, 2, 3, 4}));
  EXPECT_THAT(arrays[0].tensor.Data<float>(), ElementsAre(-1, -2, -3, -4));
}

TEST_F(RunModelOf, RefusesPartOfABatch) {
  EXPECT_THROW(Run(kPairs, Floats({3, 1}, {1, 2, 3})), Error);
}

// The multiplier of 1 / 10 is a little too small: 15 / 10 is below 1.5, but in two steps
// 12 times 2^-3, a tie.
TEST_F(RunModelOf, RoundsOnceWhereAskedTo) {
  const std::string text =
      "in x = x : int8[1x2] q{1/0}\ny : int8[1x2] q{10/0} = quantize(x) dtype=int8\n"
      "out y = y\n";
  const Tensor input = Tensor::Of<std::int8_t>({1, 2}, std::vector<std::int8_t>{15, -15});
  const auto twice = Run(text, input);
  const auto once = Run(text, input, {.rounding = Rounding::kSingle});
  EXPECT_THAT(twice[0].tensor.Data<std::int8_t>(), ElementsAre(2, -2));
  EXPECT_THAT(once[0].tensor.Data<std::int8_t>(), ElementsAre(1, -1));
}

}  // namespace
}  // namespace kinglet
