// What the files of activation functions share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "import/building_blocks.h"

namespace kinglet {

/// One function on its way into the graph: its layer and the prefix of its names.
struct Site {
  const LayerContext& context;
  std::string name;
  std::optional<float> parameter = std::nullopt;  ///< of functions that have one

  [[nodiscard]] ValueId Node(const Op& op, std::vector<ValueId> inputs,
                             const std::string& part = "") const {
    return context.Node(op, std::move(inputs), part.empty() ? name : Part(part));
  }
  [[nodiscard]] ValueId Scalar(const std::string& part, float value) const {
    return context.Scalar(Part(part), value);
  }
  [[nodiscard]] float ParameterOr(float missing) const {
    return parameter.value_or(missing);
  }
  [[nodiscard]] std::string Part(const std::string& part) const {
    return name + "/" + part;
  }
};

/// Appends what one activation function is made of.
using Activate = ValueId (*)(const Site&, ValueId);

/// Functions made of straight pieces, and those that select or rank.
ValueId HardSigmoid(const Site& site, ValueId x);
ValueId EarlyHardSigmoid(const Site& site, ValueId x);
ValueId TanhShrink(const Site& site, ValueId x);
ValueId SoftShrink(const Site& site, ValueId x);
ValueId HardShrink(const Site& site, ValueId x);
ValueId SparseSigmoid(const Site& site, ValueId x);
ValueId SparsePlus(const Site& site, ValueId x);
ValueId Glu(const Site& site, ValueId x);
ValueId Sparsemax(const Site& site, ValueId x);

}  // namespace kinglet
