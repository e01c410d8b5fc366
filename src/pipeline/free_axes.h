// Sizes that a model leaves open, most often the time axis, taken from the samples.
#pragma once

#include <filesystem>

#include "kinglet/options.h"
#include "pipeline/sample_set.h"

namespace kinglet {

/// `options` with the shapes of those inputs of `model` that have free axes and are not
/// given yet, as the arrays of an .npz have them: found by the input's name, or the only
/// array for a model with one input. Arrays that don't fit leave an input open.
/// @throws as ReadInputs and ReadNpz.
ImportOptions WithShapesOfArrays(const std::filesystem::path& model,
                                 ImportOptions options,
                                 const std::filesystem::path& archive);

/// The same, of a model with one input, as the front end makes them.
/// @throws as ReadInputs and ResolveAudioConfig.
ImportOptions WithShapeOfFrontEnd(const std::filesystem::path& model,
                                  ImportOptions options, const AudioSource& source);

}  // namespace kinglet
