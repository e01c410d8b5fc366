// How reports call what a plan consists of.
#pragma once

#include <string_view>

#include "kinglet/recipe_steps.h"
#include "tune/refine_layers.h"

namespace kinglet {

std::string_view NameOf(RangeMethod method);
std::string_view NameOf(BiasForm form);

}  // namespace kinglet
