// A Keras model to a .tflite file in one call: what the training project's
// convert_to_tflite does.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "kinglet/options.h"
#include "kinglet/representative_dataset.h"

namespace kinglet {

/// Converts the Keras file `model` and writes `output_path`. Inputs and outputs of the
/// result are float32. With kPtq, weights and activations are INT8, but for a last
/// softmax or sigmoid (recipe default may compute it behind DEQUANTIZE), and every tensor
/// of `dataset` calibrates; the other modes read none of it. `per_tensor` gives each
/// weight tensor one scale instead of one a channel.
/// @returns the bytes written, after they were read back and run.
/// @throws kIo, kCorrupt, kUnsupported for the model, kUsage when the tensors' shape is
/// not the input's, kData when no calibration tensor is left.
std::vector<std::byte> ConvertToTflite(
    const std::filesystem::path& model, RepresentativeDataset& dataset,
    const std::filesystem::path& output_path,
    QuantizationMode quantization = QuantizationMode::kPtq, bool per_tensor = false);

}  // namespace kinglet
