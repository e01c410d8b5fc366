#include "pipeline/free_axes.h"

#include <algorithm>

#include "base/npz.h"
#include "frontend/feature_extractor.h"

namespace kinglet {
namespace {

bool HasFreeAxis(const InputInfo& input) {
  return std::ranges::find(input.shape, -1) != input.shape.end();
}

/// The inputs with free axes that the options leave open; none of a .tflite file.
std::vector<InputInfo> OpenInputs(const std::vector<InputInfo>& inputs,
                                  const ImportOptions& options) {
  std::vector<InputInfo> open;
  std::ranges::copy_if(inputs, std::back_inserter(open), [&](const InputInfo& input) {
    return HasFreeAxis(input) && !options.input_shapes.contains(input.name);
  });
  return open;
}

/// `shape` with a batch of 1 where it has the input's fixed sizes, else nothing.
std::optional<Shape> Fitting(const InputInfo& input, Shape shape) {
  if (shape.size() != input.shape.size()) return std::nullopt;
  shape[0] = 1;
  const bool fits = std::ranges::equal(shape, input.shape, [](auto size, auto stored) {
    return stored == -1 || size == stored;
  });
  return fits ? std::optional(std::move(shape)) : std::nullopt;
}

void Give(ImportOptions& options, const InputInfo& input, const Shape& sample) {
  if (auto shape = Fitting(input, sample)) {
    options.input_shapes[input.name] = *std::move(shape);
  }
}

}  // namespace

ImportOptions WithShapesOfArrays(const std::vector<InputInfo>& inputs,
                                 ImportOptions options,
                                 const std::filesystem::path& archive) {
  const std::vector<InputInfo> open = OpenInputs(inputs, options);
  if (open.empty()) return options;
  const std::vector<NamedTensor> arrays = ReadNpz(archive);
  const bool is_only = inputs.size() == 1 && arrays.size() == 1;
  for (const InputInfo& input : open) {
    const auto named = std::ranges::find(arrays, input.name, &NamedTensor::name);
    if (named != arrays.end()) {
      Give(options, input, named->tensor.shape());
    } else if (is_only) {
      Give(options, input, arrays[0].tensor.shape());
    }
  }
  return options;
}

ImportOptions WithShapeOfFrontEnd(const std::vector<InputInfo>& inputs,
                                  ImportOptions options, const AudioSource& source,
                                  const std::filesystem::path& model) {
  const std::vector<InputInfo> open = OpenInputs(inputs, options);
  if (open.size() != 1 || inputs.size() != 1) return options;
  Give(options, open[0], FeatureExtractor(ResolveAudioConfig(source, model)).shape());
  return options;
}

}  // namespace kinglet
