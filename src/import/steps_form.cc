#include "import/steps_form.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace kinglet {

StepsForm::StepsForm(const LayerContext& context, const Shape& query)
    : context_(context) {
  const std::size_t rank = query.size();
  if (rank < 3) context.Refuse("an input that is no [batch, steps, features]");
  Ints between(rank - 2);
  std::iota(between.begin(), between.end(), 1);
  const Ints steps = AxesOf(context, context.Entry("attention_axes"), between, rank);
  std::ranges::set_difference(between, steps, std::back_inserter(perm_));
  batch_axes_ = perm_.size();
  perm_.insert(perm_.end(), steps.begin(), steps.end());
  perm_.push_back(static_cast<std::int64_t>(rank) - 1);
  if (perm_.size() != rank) context.Refuse("attention over batch or features");
}

ValueId StepsForm::In(ValueId x, const std::string& name) const {
  if (context_.ShapeOf(x).size() != perm_.size()) {
    context_.Refuse("inputs of different rank");
  }
  const ValueId moved = Transposed(context_, x, perm_, name + "/order");
  const Shape shape = context_.ShapeOf(moved);
  const auto middle = shape.begin() + static_cast<std::ptrdiff_t>(batch_axes_);
  const std::int64_t batch = ElementCount({shape.begin(), middle});
  const std::int64_t steps = ElementCount({middle, shape.end() - 1});
  return Reshaped(context_, moved, {batch, steps, shape.back()}, name + "/steps");
}

ValueId StepsForm::Out(ValueId y, const Shape& query) const {
  Shape moved;
  for (const std::int64_t axis : perm_) {
    moved.push_back(query[static_cast<std::size_t>(axis)]);
  }
  moved.back() = context_.ShapeOf(y).back();
  return Transposed(context_, Reshaped(context_, y, moved, "apart"), Inverse(perm_),
                    "from_order");
}

}  // namespace kinglet
