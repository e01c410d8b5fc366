// The kernels for this instruction set; CMakeLists.txt has its compiler flags.
#include "kernels/table-inl.h"
#include "kernels/tables.h"

static_assert(HWY_TARGET == HWY_AVX3, "compiled with flags of another instruction set");

namespace kinglet {

const KernelTable kAvx512Kernels = TableOf(InstructionSet::kAvx512);

}  // namespace kinglet
