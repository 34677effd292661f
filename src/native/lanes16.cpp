/** Sixteen images at a time, compiled for AVX-512. */
#define LANES 16
#include "kernels.h"

const stride::Kernels stride::kernelsOf16 = kernels;
