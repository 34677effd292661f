/** Eight images at a time, compiled for AVX2 and FMA. */
#define LANES 8
#include "kernels.h"

const stride::Kernels stride::kernelsOf8 = kernels;
