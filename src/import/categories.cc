#include "import/categories.h"

#include "import/building_blocks.h"
#include "import/json_tensor.h"

namespace kinglet {

ValueId BinOf(const LayerContext& context, ValueId x,
              const std::vector<double>& boundaries, const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  Shape column = context.ShapeOf(x);
  const auto last = static_cast<std::int64_t>(column.size());
  column.push_back(1);
  const Shape count = {static_cast<std::int64_t>(boundaries.size())};
  const ValueId limits = context.Constant(part + "boundaries",
                                          TensorFrom(count, boundaries, DType::kFloat32));
  const ValueId apart =
      Reshaped(context, AsFloats(context, x, part + "floats"), column, part + "expand");
  const ValueId is_above = context.Node(Relational{Relation::kGreaterEqual},
                                        {apart, limits}, part + "is_above");
  const ValueId ones = context.Node(Cast{DType::kFloat32}, {is_above}, part + "ones");
  return AsWhole(context, context.Node(Sum{{.axes = {last}}}, {ones}, part + "count"),
                 suffix);
}

ValueId OneHotOf(const LayerContext& context, ValueId x, std::int64_t depth,
                 std::int64_t axis, DType dtype, const std::string& suffix) {
  const std::string part = suffix.empty() ? "" : suffix + "/";
  if (depth < 1) context.Corrupt("no categories");
  if (context.graph()[x].dtype != DType::kInt32) {
    x = context.Node(Cast{DType::kInt32}, {x}, part + "integers");
  }
  Shape column = context.ShapeOf(x);
  const std::int64_t at = AxisOf(context, axis, column.size() + 1);
  if (at == 0) context.Refuse("an axis in front of the batch");
  column.insert(column.begin() + at, 1);
  std::vector<double> categories;
  for (std::int64_t i = 0; i < depth; ++i) categories.push_back(static_cast<double>(i));
  Shape along(column.size() - static_cast<std::size_t>(at), 1);
  along[0] = depth;
  const ValueId range =
      context.Constant(part + "categories", TensorFrom(along, categories, DType::kInt32));
  const ValueId apart = Reshaped(context, x, column, part + "expand");
  const bool is_bool = dtype == DType::kBool;
  const ValueId is_it = context.Node(Relational{Relation::kEqual}, {apart, range},
                                     is_bool ? suffix : part + "is_it");
  return is_bool ? is_it : context.Node(Cast{dtype}, {is_it}, suffix);
}

}  // namespace kinglet
