// What the outputs of a converted model are.
#pragma once

#include <cstdint>

namespace kinglet {

/// Whether the model's last sigmoid, softmax or log-softmax stays.
enum class OutputActivation : std::uint8_t {
  kKeep,
  kLogits,  ///< outputs are what such an activation reads
};

}  // namespace kinglet
