// keras.ops about categories.
#include "import/building_blocks.h"
#include "import/categories.h"
#include "import/json_tensor.h"
#include "import/operation.h"

namespace kinglet {
namespace {

/// All tensors are dense here: whether a sparse one is asked for doesn't matter.
std::vector<ValueId> OneHotCategories(const Operation& operation) {
  const ValueId x = operation.Operand(0, {"x"});
  operation.Argument(-1, {"sparse"});
  return {OneHotOf(operation.context(), x, operation.Int(1, {"num_classes"}).value_or(0),
                   operation.Int(2, {"axis"}).value_or(-1),
                   TypeNamed(operation.Text(3, {"dtype"}, "float32")), "")};
}

std::vector<ValueId> Digitize(const Operation& operation) {
  const ValueId x = operation.Operand(0, kTensor);
  const std::optional<Tensor> bins = TensorFrom(operation.Argument(1, {"bins"}));
  if (!bins.has_value() || bins->shape().size() != 1) {
    operation.context().Refuse("with 'bins' that are no constant vector");
  }
  std::vector<double> boundaries;
  for (std::size_t i = 0; i < bins->size(); ++i) {
    boundaries.push_back(bins->dtype() == DType::kInt32
                             ? static_cast<double>(bins->Data<std::int32_t>()[i])
                             : static_cast<double>(bins->Data<float>()[i]));
  }
  return {BinOf(operation.context(), x, boundaries, "")};
}

}  // namespace

const std::vector<OperationRow>& CategoryOperations() {
  static const std::vector<OperationRow> kRows = {
      {"OneHot", {}, OneHotCategories, "RESHAPE, EQUAL, CAST"},
      {"Digitize", {}, Digitize, "RESHAPE, GREATER_EQUAL, CAST, SUM, ROUND, CAST"},
  };
  return kRows;
}

}  // namespace kinglet
