// Which tensors of a quantized graph belong to which of the float graph, by name.
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace kinglet {

/// Where a value of the quantized graph belongs.
struct LayerMatch {
  ValueId reference{};  ///< of the same name and shape
  /// The last of the copies of one result, "NAME/copy_0", .. (quantize/dither.h).
  ValueId last{};
  /// Its channels were scaled: "NAME/equalized" (tune/equalize.h).
  bool is_scaled = false;
};

/// By value of the quantized graph.
class LayerMatches {
 public:
  LayerMatches(const Graph& reference, const Graph& quantized);

  [[nodiscard]] const std::optional<LayerMatch>& Of(ValueId id) const {
    return matches_[Index(id)];
  }
  /// Values that are compared together, the last being `id`; 0 for others.
  [[nodiscard]] int CopiesUpTo(ValueId id) const { return copies_[Index(id)]; }
  /// Values of the float graph that any other belongs to.
  [[nodiscard]] std::vector<bool> Wanted(const Graph& reference) const;
  [[nodiscard]] bool AnyIsScaled() const;

 private:
  std::vector<std::optional<LayerMatch>> matches_;
  std::vector<int> copies_;
};

}  // namespace kinglet
