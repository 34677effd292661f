/**
 * The gradient of a convolution's filter for one group of images: w'[i][j][c][f] = Σ x[stride · row + i − padding]
 * [stride · column + j − padding][c] · y'[row][column][f] over all rows, columns and images. The sums stay vectors, with one number for
 * each image, until the last group has been added.
 */
#pragma once
#include "vectors.h"

namespace {

/** What is multiplied: the source as in `Slide`, and the gradient of the result. */
struct FilterGradient {
  int sourceRows, channels, filters, kernelHeight, kernelWidth, paddingHeight, stride;
  long sourcePitch;
  int rows, columns;
  long gradientPitch;

  /** Elements in a row of the window: in memory, those of neighbouring columns follow each other. */
  int elements() const { return kernelWidth * channels; }
};

struct GradientBlock {
  const Vector* source;
  long sourcePitch;
  const Vector* gradient;
  long gradientPitch;
  int rows, columns;
  /** Elements of the source from one column to the next. */
  long step;
  long filters;
  Vector* sums;
};

/** Adds to the sums of some elements of the window by some filters, which stay in registers meanwhile. */
template <int Elements, int Filters>
void addBlock(const GradientBlock& b) {
  Vector sums[Elements][Filters];
  for (int e = 0; e < Elements; e++)
    for (int f = 0; f < Filters; f++) sums[e][f] = b.sums[e * b.filters + f];
  for (int row = 0; row < b.rows; row++) {
    const Vector* x = b.source + row * b.sourcePitch;
    const Vector* dy = b.gradient + row * b.gradientPitch;
    for (int column = 0; column < b.columns; column++, x += b.step, dy += b.filters) {
      Vector gradients[Filters];
#pragma GCC unroll 8
      for (int f = 0; f < Filters; f++) gradients[f] = dy[f];
#pragma GCC unroll 8
      for (int e = 0; e < Elements; e++) {
        const Vector value = x[e];
#pragma GCC unroll 8
        for (int f = 0; f < Filters; f++) sums[e][f] += value * gradients[f];
      }
    }
  }
  for (int e = 0; e < Elements; e++)
    for (int f = 0; f < Filters; f++) b.sums[e * b.filters + f] = sums[e][f];
}

template <int Elements>
void addBlockOf(int filters, const GradientBlock& block) {
  switch (filters) {
    case 1: return addBlock<Elements, 1>(block);
    case 2: return addBlock<Elements, 2>(block);
    case 3: return addBlock<Elements, 3>(block);
    default: return addBlock<Elements, 4>(block);
  }
}

inline void addBlockOf(int elements, int filters, const GradientBlock& block) {
  switch (elements) {
    case 1: return addBlockOf<1>(filters, block);
    case 2: return addBlockOf<2>(filters, block);
    case 3: return addBlockOf<3>(filters, block);
    case 4: return addBlockOf<4>(filters, block);
    case 5: return addBlockOf<5>(filters, block);
    default: return addBlockOf<6>(filters, block);
  }
}

struct BlockSize {
  int elements, filters;
};

/** Returns the size of blocks: at most 12 sums with AVX2 (16 registers), at most 24 with AVX-512 (32). */
inline BlockSize blockSize(int elements, int filters) {
  if (LANES == 16) return {divideUp(elements, divideUp(elements, 6)), 4};
  if (elements <= 3) return {elements, 4};
  if (filters % 3 != 0 && filters % 2 == 0) {
    if (elements % 5 == 0) return {5, 2};
    if (elements % 6 == 0) return {6, 2};
  }
  return {4, 3};
}

/** Bytes of source and gradient that one pass reads again and again: they must stay in the first cache. */
constexpr long bytesAtOnce = 28000;

/** Adds a group's products to `sums`: kernelHeight × elements × filters. */
inline void addFilterGradient(const FilterGradient& g, const Vector* source, const Vector* gradient, Vector* sums) {
  const int elements = g.elements();
  const BlockSize size = blockSize(elements, g.filters);
  const long rowBytes = (g.stride * g.sourcePitch + g.gradientPitch) * static_cast<long>(sizeof(Vector));
  const int rowsAtOnce = static_cast<int>(std::clamp(bytesAtOnce / rowBytes, 1L, 8L));
  for (int first = 0; first < g.rows; first += rowsAtOnce) {
    for (int i = 0; i < g.kernelHeight; i++) {
      // Rows of zeros above and below the source add nothing.
      const int above = g.paddingHeight - i;
      const int from = std::max(first, divideUp(std::max(0, above), g.stride));
      const int to = std::min({first + rowsAtOnce, g.rows, divideUp(g.sourceRows + above, g.stride)});
      if (to <= from) continue;
      for (int f = 0; f < g.filters; f += size.filters) {
        for (int e = 0; e < elements; e += size.elements) {
          const GradientBlock block{source + (from * g.stride - above) * g.sourcePitch + e,
                                    g.stride * g.sourcePitch,
                                    gradient + from * g.gradientPitch + f,
                                    g.gradientPitch,
                                    to - from,
                                    g.columns,
                                    static_cast<long>(g.stride) * g.channels,
                                    g.filters,
                                    sums + (static_cast<long>(i) * elements + e) * g.filters + f};
          addBlockOf(std::min(size.elements, elements - e), std::min(size.filters, g.filters - f), block);
        }
      }
    }
  }
}

}  // namespace
