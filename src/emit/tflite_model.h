// The bytes of a .tflite file as the tables of the format, checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "schema/tflite_generated.h"

namespace kinglet {

/// Of the files that are written and read.
inline constexpr std::uint32_t kFormatVersion = 3;

/// The model in `bytes`, which it points into. Its first subgraph can be read without
/// further checks of indices, order and sizes: every table is there, every index in range
/// (-1 only for an operand that is absent), operators come after what makes their
/// operands, nothing is made twice, constants have as many bytes as their type and shape
/// say, scales and zero points go together.
/// @throws kCorrupt where that doesn't hold.
const tflite::Model& CheckedModel(std::span<const std::byte> bytes);

/// The operator that a code stands for.
tflite::BuiltinOperator CodeOf(const tflite::OperatorCode& code);

/// "CONV_2D"; "operator 200" where the format has no name for it.
std::string NameOf(tflite::BuiltinOperator code);

/// The data of a constant; empty for all other tensors.
std::span<const std::byte> DataOf(const tflite::Model& model,
                                  const tflite::Tensor& tensor);

/// Bytes of an element; nothing for strings and the like.
std::optional<std::size_t> BytesOf(tflite::TensorType type);

}  // namespace kinglet
