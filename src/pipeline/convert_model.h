// A model as the one or two files that it becomes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kinglet/output_activation.h"
#include "pipeline/convert_graph.h"
#include "pipeline/model_file.h"

namespace kinglet {

/// The float graphs that are to be converted.
struct ModelParts {
  std::vector<Graph> graphs;       ///< the whole, or backbone and head
  std::optional<Graph> reference;  ///< the whole, where there are two
  std::vector<std::string> notes;  ///< on what became of the outputs
};

/// `split_head`: the name of the Keras layer whose result is the head's input, or empty.
/// @throws kUsage as SplitAt.
ModelParts PartsOf(const ModelFile& model, OutputActivation output_activation,
                   const std::string& split_head);

/// The files that a conversion writes: `output`, or of two parts that path with the part
/// added to its stem.
std::vector<std::filesystem::path> OutputPaths(const std::filesystem::path& output,
                                               bool is_split);

struct ConvertedPart {
  std::string name;  ///< "backbone", "head", or empty for the whole
  std::filesystem::path path;
  ConvertedGraph converted;
};

struct ConvertedModel {
  Graph reference;  ///< what the parts compute in float
  Graph written;    ///< what the files compute, one after the other
  std::vector<ConvertedPart> parts;
};

/// Converts each part. A head is calibrated on what the written backbone computes, and
/// reads it with the scale and zero point with which the backbone made it. `output` is as
/// in OutputPaths.
/// @throws as ConvertGraph.
ConvertedModel ConvertParts(const ModelParts& parts, std::span<const Sample> calibration,
                            const QuantizationRequest& request,
                            const std::filesystem::path& output,
                            const ProgressListener& listener);

}  // namespace kinglet
