// The tables of the single files; absent ones are not linked.
#pragma once

#include "kernels/kernel_table.h"

namespace kinglet {

extern const KernelTable kPortableKernels;
extern const KernelTable kNeonKernels;
extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;

}  // namespace kinglet
