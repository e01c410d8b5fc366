// The numeric kernels of every instruction set this program knows, and which one runs.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/kernel_table.h"

namespace kinglet {

/// "portable", "neon", "avx2", "avx512".
std::string_view NameOf(InstructionSet instruction_set);

/// What this processor can run, slowest first; the first is kPortable.
std::vector<InstructionSet> AvailableInstructionSets();

/// REQUIRES: available.
const KernelTable& KernelsFor(InstructionSet instruction_set);

/// The fastest available, or the one that the environment variable
/// KINGLET_INSTRUCTION_SET names if it is available. Chosen once.
const KernelTable& Kernels();

}  // namespace kinglet
