// How reports call what a plan consists of.
#pragma once

#include <string>
#include <string_view>

#include "kinglet/recipe_steps.h"
#include "tune/choose_splits.h"
#include "tune/refine_layers.h"
#include "tune/workshop.h"

namespace kinglet {

std::string_view NameOf(RangeMethod method);
std::string_view NameOf(BiasForm form);

/// Differs where plans of one recipe do.
std::string NameOf(const Plan& plan);

/// What recipe max would do, for those who ran another.
std::string NoteOf(const SplitOffer& offer);

/// Of a graph of so many operations that the rounding of each isn't measured.
std::string NoteOfTooMany(std::size_t operations);

}  // namespace kinglet
