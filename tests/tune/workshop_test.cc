#include "tune/workshop.h"

#include <gtest/gtest.h>

#include "ir/text.h"
#include "tests/tune/linear_layers.h"

namespace kinglet {
namespace {

// A fit that is begun for one plan ends as another's only where they begin alike.
TEST(Workshop, JudgesTheSameFromAFitBegunBefore) {
  const Graph graph = Parse(
      "in input = x : float32[1x2]\nconst w : float32[3x2] = 1 -2 0.5 0.3 -1 0.7\n"
      "const b : float32[3] = 0.1 0 -0.1\n"
      "y : float32[1x3] = fully_connected(x, w, b)\n"
      "z : float32[1x3] = logistic(y)\nout output_0 = z\n");
  const std::vector<Sample> samples = RandomSamples(graph, 12, 5);
  const SampleRefs refs = RefsTo(samples);
  const std::function<void()> on_step;
  const Workshop workshop(graph, graph, refs, FilesOf(refs), {}, 1, on_step);
  Plan plan{.variant = workshop.original(), .refinement = {.bias = BiasForm::kMean}};
  const Judged before = workshop.Judge(plan, workshop.tensorflow());
  plan.float_outputs = true;
  EXPECT_TRUE(BeginAlike(plan, before.plan));
  EXPECT_FALSE(BeginAlike(plan, workshop.tensorflow().plan));
  const Judged after = workshop.Judge(plan, before);
  EXPECT_EQ(after.losses, workshop.Judge(plan, workshop.tensorflow()).losses);
  EXPECT_NE(after.losses, before.losses);
  plan.ranges = RangeMethod::kMse;
  EXPECT_FALSE(BeginAlike(plan, before.plan));
  EXPECT_EQ(workshop.Judge(plan, before).losses,
            workshop.Judge(plan, workshop.tensorflow()).losses);
}

}  // namespace
}  // namespace kinglet
