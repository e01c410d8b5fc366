// What a recipe tries, given what was asked for.
#pragma once

#include <vector>

#include "kinglet/options.h"
#include "kinglet/recipe_steps.h"
#include "tune/refine_layers.h"

namespace kinglet {

inline constexpr double kExtraMacsOfMax = 30;  ///< per cent of the multiply-accumulates

class AskedSteps {
 public:
  AskedSteps(Recipe recipe, RecipeSteps steps) : recipe_(recipe), steps_(steps) {}

  [[nodiscard]] bool IsMax() const { return recipe_ == Recipe::kMax; }
  /// Operations in float where INT8 has a form: not where no extra cost was asked for.
  [[nodiscard]] bool MayUseFloat() const;
  /// In per cent.
  [[nodiscard]] double MostExtraMacs() const;
  /// Somebody asked for a step, whatever it brings.
  [[nodiscard]] bool IsForced() const;
  /// The first is what the others must gain upon: those that cut do worse on samples
  /// louder than these.
  [[nodiscard]] std::vector<RangeMethod> RangesToTry() const;
  /// The first is what the others must gain upon.
  [[nodiscard]] std::vector<BiasForm> BiasesToTry() const;

 private:
  Recipe recipe_;
  RecipeSteps steps_;
};

}  // namespace kinglet
