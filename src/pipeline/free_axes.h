// Sizes that a model leaves open, most often the time axis, taken from the samples.
#pragma once

#include <filesystem>
#include <vector>

#include "import/keras_import.h"
#include "kinglet/options.h"
#include "pipeline/sample_set.h"

namespace kinglet {

/// `options` with the shapes of those `inputs` that have free axes and are not given yet,
/// as the arrays of an .npz have them: found by the input's name, or the only array for a
/// model with one input. Arrays that don't fit leave an input open.
/// @throws as ReadNpz.
ImportOptions WithShapesOfArrays(const std::vector<InputInfo>& inputs,
                                 ImportOptions options,
                                 const std::filesystem::path& archive);

/// The same for the only one of `inputs`, as the front end of `source` for `model` makes
/// it.
/// @throws as ResolveAudioConfig.
ImportOptions WithShapeOfFrontEnd(const std::vector<InputInfo>& inputs,
                                  ImportOptions options, const AudioSource& source,
                                  const std::filesystem::path& model);

}  // namespace kinglet
