// The variables of a Keras model, by the path of the object that owns them.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.h"

namespace kinglet {

/// What one object (a layer, a sublayer) owns.
struct StoredObject {
  std::string name;  ///< the layer's own name; empty in files before Keras 3.6
  std::vector<Tensor> variables;  ///< in the order of their numbers
};

/// Path such as "layers/conv2d_1" or "layers/bidirectional/forward_layer/cell".
using WeightStore = std::map<std::string, StoredObject>;

/// Reads model.weights.h5. Optimizer, metrics and loss are left out; float16 is widened
/// and float64 rounded to float32; integers stay.
/// @throws kCorrupt when this is no HDF5 file or a dataset is incomplete; kUnsupported
/// for links to elsewhere and for element types that no float variable has.
WeightStore ReadWeightStore(std::span<const std::byte> bytes);

/// True when a float variable holds NaN or infinity.
bool HasNonFinite(const Tensor& tensor);

}  // namespace kinglet
