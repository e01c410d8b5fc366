#include "run/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ir/text.h"

namespace kinglet {
namespace {

using testing::ElementsAre;

Tensor Floats(Shape shape, const std::vector<float>& values) {
  return Tensor::Of<float>(std::move(shape), values);
}

std::vector<float> Values(const Tensor& tensor) {
  const auto data = tensor.Data<float>();
  return {data.begin(), data.end()};
}

// y = relu(x + 1), z = x * y as another shape; y is read after z's operand is gone.
constexpr const char* kDiamond =
    "in input = x : float32[1x4]\n"
    "const one : float32[1] = 1\n"
    "y : float32[1x4] = add(x, one) activation=relu\n"
    "p : float32[1x4] = mul(x, y)\n"
    "z : float32[1x2x2] = reshape(p) shape=[1,2,2]\n"
    "s : float32[1x2] = sum(z) axes=[1]\n"
    "m : float32[1x4] = maximum(y, x)\n"
    "out output_0 = z\n"
    "out output_1 = s\n"
    "out output_2 = m\n";

TEST(Executor, ComputesEveryOutput) {
  const Executor executor(Parse(kDiamond));
  Executor::Context context = executor.NewContext();
  const Tensor in = Floats({1, 4}, {-3, -0.5F, 1, 2});
  const std::vector<Tensor> out = executor.Run(context, {&in, 1});
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].shape(), (Shape{1, 2, 2}));
  EXPECT_THAT(Values(out[0]), ElementsAre(0, -0.25F, 2, 6));
  EXPECT_THAT(Values(out[1]), ElementsAre(2, 5.75F));
  EXPECT_THAT(Values(out[2]), ElementsAre(0, 0.5F, 2, 3));
}

TEST(Executor, ASecondRunOfAContextSeesNothingOfTheFirst) {
  const Executor executor(Parse(kDiamond));
  Executor::Context used = executor.NewContext();
  const Tensor other = Floats({1, 4}, {9, 8, 7, 6});
  const Tensor in = Floats({1, 4}, {-3, -0.5F, 1, 2});
  executor.Run(used, {&other, 1});
  Executor::Context fresh = executor.NewContext();
  EXPECT_EQ(executor.Run(used, {&in, 1}), executor.Run(fresh, {&in, 1}));
}

TEST(Executor, TheObserverSeesInputsAndResultsInOrder) {
  const Executor executor(Parse(kDiamond));
  Executor::Context context = executor.NewContext();
  const Tensor in = Floats({1, 4}, {-3, -0.5F, 1, 2});
  std::vector<std::string> names;
  std::map<std::string, std::vector<float>> seen;
  executor.Run(context, {&in, 1}, [&](ValueId id, std::span<const std::byte> bytes) {
    const std::string& name = executor.graph()[id].name;
    names.push_back(name);
    const auto* first = reinterpret_cast<const float*>(bytes.data());
    seen[name] = {first, first + bytes.size() / sizeof(float)};
  });
  EXPECT_THAT(names, ElementsAre("x", "y", "p", "z", "s", "m"));
  EXPECT_THAT(seen["x"], ElementsAre(-3, -0.5F, 1, 2));
  EXPECT_THAT(seen["y"], ElementsAre(0, 0.5F, 2, 3));
  EXPECT_THAT(seen["z"], ElementsAre(0, -0.25F, 2, 6));
}

TEST(Executor, InputsAndConstantsMayBeOutputsAlsoReshaped) {
  const Executor executor(
      Parse("in input = x : float32[1x2]\n"
            "const c : float32[2] = 5 6\n"
            "r : float32[2] = reshape(x) shape=[2]\n"
            "k : float32[1x2] = reshape(c) shape=[1,2]\n"
            "out output_0 = x\nout output_1 = r\nout output_2 = k\n"));
  Executor::Context context = executor.NewContext();
  const Tensor in = Floats({1, 2}, {3, 4});
  const std::vector<Tensor> out = executor.Run(context, {&in, 1});
  EXPECT_EQ(out[0], in);
  EXPECT_EQ(out[1], in.Reshaped({2}));
  EXPECT_THAT(Values(out[2]), ElementsAre(5, 6));
  EXPECT_EQ(executor.arena_bytes(), 0U);
}

TEST(Executor, AReshapeSharesTheBytesOfItsOperand) {
  const std::string head = "in input = x : float32[1x16]\ny : float32[1x16] = exp(x)\n";
  const Executor plain(Parse(head + "out output_0 = y\n"));
  const Executor reshaped(
      Parse(head + "z : float32[16] = reshape(y) shape=[16]\nout output_0 = z\n"));
  EXPECT_EQ(reshaped.arena_bytes(), plain.arena_bytes());
}

TEST(Executor, AChainNeedsRoomForTwoResults) {
  std::string text = "in input = v0 : float32[1x64]\n";
  for (int i = 0; i < 10; ++i) {
    text += "v" + std::to_string(i + 1) + " : float32[1x64] = tanh(v" +
            std::to_string(i) + ")\n";
  }
  const Executor executor(Parse(text + "out output_0 = v10\n"));
  EXPECT_EQ(executor.arena_bytes(), 2U * 64 * sizeof(float));
}

}  // namespace
}  // namespace kinglet
