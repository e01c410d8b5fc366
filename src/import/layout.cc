#include "import/layout.h"

namespace kinglet {

Tensor Permuted(const Tensor& tensor, const std::vector<std::size_t>& perm) {
  const Shape& in = tensor.shape();
  Shape out;
  for (const std::size_t axis : perm) out.push_back(in[axis]);
  std::vector<std::size_t> strides(in.size(), 1);
  for (std::size_t i = in.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * static_cast<std::size_t>(in[i]);
  }
  Tensor permuted(DType::kFloat32, out);
  const auto from = tensor.Data<float>();
  const auto to = permuted.Data<float>();
  std::vector<std::int64_t> index(out.size());
  for (float& element : to) {
    std::size_t source = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      source += static_cast<std::size_t>(index[i]) * strides[perm[i]];
    }
    element = from[source];
    for (std::size_t i = out.size(); i-- > 0;) {
      if (++index[i] < out[i]) break;
      index[i] = 0;
    }
  }
  return permuted;
}

}  // namespace kinglet
