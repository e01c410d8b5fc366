#include "ops/matrices.h"

#include "ops/infer.h"

namespace kinglet {
namespace {

constexpr std::ptrdiff_t kMatrixAxes = 2;

Shape LeadingAxes(const Shape& shape) {
  return {shape.begin(), shape.end() - kMatrixAxes};
}

struct Matrix {
  std::int64_t rows;
  std::int64_t columns;
};
Matrix MatrixOf(const Shape& shape, bool turned) {
  const std::int64_t rows = shape[shape.size() - 2];
  return turned ? Matrix{shape.back(), rows} : Matrix{rows, shape.back()};
}

}  // namespace

std::optional<Shape> ProductShape(const BatchMatMul& op, const Shape& x, const Shape& y) {
  if (x.size() < 2 || y.size() < 2) return std::nullopt;
  const Matrix a = MatrixOf(x, op.adj_x);
  const Matrix b = MatrixOf(y, op.adj_y);
  auto shape = Broadcast(LeadingAxes(x), LeadingAxes(y));
  if (a.columns != b.rows || !shape.has_value()) return std::nullopt;
  shape->push_back(a.rows);
  shape->push_back(b.columns);
  return shape;
}

MatrixPlan::MatrixPlan(const BatchMatMul& op, const NodeView& view)
    : m(MatrixOf(view.Input(0).shape, op.adj_x).rows),
      k(MatrixOf(view.Input(0).shape, op.adj_x).columns),
      n(MatrixOf(view.Input(1).shape, op.adj_y).columns),
      batches(LeadingAxes(view.Output().shape),
              {LeadingAxes(view.Input(0).shape), LeadingAxes(view.Input(1).shape)}) {}

}  // namespace kinglet
