// Operations that pick elements by computed positions, and rearrange blocks.
#pragma once

#include "ir/op_parts.h"

namespace kinglet {

/// x, indices (int32 or int64) -> the slices of x at those places of `axis` (not
/// negative): x.shape[:axis] + indices.shape[batch_dims:] + x.shape[axis + 1:]. The first
/// `batch_dims` axes of both run in step.
struct Gather {
  static constexpr std::string_view kName = "gather";
  std::int64_t axis = 0;
  std::int64_t batch_dims = 0;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &Gather::axis),
                      Attribute("batch_dims", &Gather::batch_dims));
  }
  bool operator==(const Gather&) const = default;
  static const OpDef& Def();
};

/// x, indices[..., k] -> the slices x[indices[..., 0], ..., indices[..., k - 1]].
struct GatherNd : Plain<GatherNd> {
  static constexpr std::string_view kName = "gather_nd";
  bool operator==(const GatherNd&) const = default;
  static const OpDef& Def();
};

/// ids[n] (int32), table[rows, ...] -> rows of the table [n, ...].
struct EmbeddingLookup : Plain<EmbeddingLookup> {
  static constexpr std::string_view kName = "embedding_lookup";
  bool operator==(const EmbeddingLookup&) const = default;
  static const OpDef& Def();
};

/// indices, on, off (scalars) -> a new axis of size `depth` with `on` where the index
/// says.
struct OneHot {
  static constexpr std::string_view kName = "one_hot";
  std::int64_t axis = 0;
  std::int64_t depth = 1;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("axis", &OneHot::axis),
                      Attribute("depth", &OneHot::depth));
  }
  bool operator==(const OneHot&) const = default;
  static const OpDef& Def();
};

/// Blocks of an image become samples or channels, or the other way round; `before` and
/// `after` are padding (cropping) of the two (or one) axes between batch and channel.
template <typename Derived>
struct Blocks {
  Ints block;
  Ints before;
  Ints after;
  static constexpr auto Attributes() {
    using I = Attribute<Derived, Ints>;
    return std::tuple(I{"block", &Derived::block}, I{"before", &Derived::before},
                      I{"after", &Derived::after});
  }
  bool operator==(const Blocks&) const = default;
};
struct SpaceToBatchNd : Blocks<SpaceToBatchNd> {
  static constexpr std::string_view kName = "space_to_batch_nd";
  bool operator==(const SpaceToBatchNd&) const = default;
  static const OpDef& Def();
};
struct BatchToSpaceNd : Blocks<BatchToSpaceNd> {
  static constexpr std::string_view kName = "batch_to_space_nd";
  bool operator==(const BatchToSpaceNd&) const = default;
  static const OpDef& Def();
};

/// x[n,h,w,c] -> [n,h/b,w/b,b*b*c].
struct SpaceToDepth {
  static constexpr std::string_view kName = "space_to_depth";
  std::int64_t block_size = 1;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("block_size", &SpaceToDepth::block_size));
  }
  bool operator==(const SpaceToDepth&) const = default;
  static const OpDef& Def();
};

/// x[n,h,w,b*b*c] -> [n,h*b,w*b,c].
struct DepthToSpace {
  static constexpr std::string_view kName = "depth_to_space";
  std::int64_t block_size = 1;
  static constexpr auto Attributes() {
    return std::tuple(Attribute("block_size", &DepthToSpace::block_size));
  }
  bool operator==(const DepthToSpace&) const = default;
  static const OpDef& Def();
};

}  // namespace kinglet
