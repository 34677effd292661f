/**
 * The sliding window of one group of images: y[row][column][f] = bias[f] + Σ x[stride · row + i − padding][stride ·
 * column + j − padding][c] · w[i][j][c][f]. It computes the forward pass, and the gradient of a convolution's input, which
 * is such a sum with stride 1 over the output's gradient with the filter turned by 180°.
 */
#pragma once
#include "vectors.h"

namespace {

struct Slide {
  /** Rows of the source and its columns without those of zeros. */
  int rows, columns;
  int channels, filters, kernelHeight, kernelWidth, paddingHeight, paddingWidth, stride;
  /** Columns of the result, and elements from one of them to the next. */
  int resultColumns;
  long resultStep;
  /** Elements from one row of the source to the next; each begins with `paddingWidth` columns of zeros. */
  long sourcePitch;

  /** Columns of the source, with those of zeros, that a window reaches. */
  int reach() const { return resultColumns > 0 ? (resultColumns - 1) * stride + kernelWidth : 0; }
};

/*
 * A block is some filters by some neighbouring columns: their sums stay in registers while the window's elements pass
 * by. AVX2 has 16 registers, for 6 × 2 sums, two columns and a weight; AVX-512 has 32, for 8 × 3 or 6 × 4.
 */
constexpr int mostFilters = 6;
/** Filters of a block if they divide their number. */
constexpr int evenFilters = LANES == 16 ? 8 : 6;
constexpr int mostColumns = LANES == 16 ? 4 : 2;

/** Returns the number of filters in a block, so that blocks are as equal as they can be. */
inline int filtersInBlock(int filters) {
  return filters % evenFilters == 0 ? evenFilters : divideUp(filters, divideUp(filters, mostFilters));
}

/** Reorders a filter so that a block's weights are neighbours: blocks × window × filters in the block. */
inline void packFilter(const float* filter, long window, int filters, float* packed) {
  const int wide = filtersInBlock(filters);
  for (int first = 0; first < filters; first += wide) {
    const int count = std::min(wide, filters - first);
    for (long element = 0; element < window; element++)
      for (int f = 0; f < count; f++) *packed++ = filter[element * filters + first + f];
  }
}

/** What a block is computed from. */
struct Block {
  const Vector* source;
  long sourcePitch;
  const float* weights;
  long weightPitch;
  /** Rows of the window, and elements (columns × channels) in each of them. */
  int rows, elements;
  /** Elements from one column of the source to the next. */
  long step;
  const float* bias;
  Vector* result;
  long resultStep;
};

template <int Filters, int Columns>
void computeBlock(const Block& b) {
  Vector sums[Filters][Columns];
#pragma GCC unroll 8
  for (int f = 0; f < Filters; f++)
#pragma GCC unroll 8
    for (int o = 0; o < Columns; o++) sums[f][o] = splat(b.bias ? b.bias[f] : 0);
  for (int row = 0; row < b.rows; row++) {
    const Vector* x = b.source + row * b.sourcePitch;
    const float* w = b.weights + row * b.weightPitch;
    for (int element = 0; element < b.elements; element++, x++, w += Filters) {
      Vector columns[Columns];
#pragma GCC unroll 8
      for (int o = 0; o < Columns; o++) columns[o] = x[o * b.step];
#pragma GCC unroll 8
      for (int f = 0; f < Filters; f++)
#pragma GCC unroll 8
        for (int o = 0; o < Columns; o++) sums[f][o] += w[f] * columns[o];
    }
  }
#pragma GCC unroll 8
  for (int o = 0; o < Columns; o++)
#pragma GCC unroll 8
    for (int f = 0; f < Filters; f++) b.result[o * b.resultStep + f] = sums[f][o];
}

template <int Columns>
void computeBlockOf(int filters, const Block& block) {
  switch (filters) {
    case 1: return computeBlock<1, Columns>(block);
    case 2: return computeBlock<2, Columns>(block);
    case 3: return computeBlock<3, Columns>(block);
    case 4: return computeBlock<4, Columns>(block);
    case 5: return computeBlock<5, Columns>(block);
    case 6: return computeBlock<6, Columns>(block);
    default: return computeBlock<evenFilters, Columns>(block);
  }
}

/**
 * Computes blocks of columns from `column` on while they are whole, and returns the next column. Elements of the
 * window beside the source are left out where no column of the block needs them.
 */
template <int Columns>
int slideColumns(const Slide& s, Block block, int filters, int column) {
  const Vector* source = block.source;
  const float* weights = block.weights;
  Vector* result = block.result;
  for (; column + Columns <= s.resultColumns; column += Columns) {
    const int from = std::max(0, s.paddingWidth - (column + Columns - 1) * s.stride);
    const int to = std::min(s.kernelWidth, s.columns + s.paddingWidth - column * s.stride);
    block.source = source + static_cast<long>(column * s.stride + from) * s.channels;
    block.weights = weights + static_cast<long>(from) * s.channels * filters;
    block.elements = std::max(0, to - from) * s.channels;
    block.result = result + column * s.resultStep;
    computeBlockOf<Columns>(filters, block);
  }
  return column;
}

/** Returns the block of one row of the result from a filter on, without its columns. */
inline Block blockOf(const Slide& s, const Vector* source, const float* packed, const float* bias, int row, int first,
                     int filters, Vector* result) {
  const int above = s.paddingHeight - row * s.stride;
  const int from = std::max(0, above), to = std::min(s.kernelHeight, s.rows + above);
  const long window = static_cast<long>(s.kernelHeight) * s.kernelWidth * s.channels;
  Block block{};
  block.rows = std::max(0, to - from);
  block.sourcePitch = s.sourcePitch;
  block.weightPitch = static_cast<long>(s.kernelWidth) * s.channels * filters;
  block.source = source + (block.rows > 0 ? (from - above) * s.sourcePitch : 0);
  block.weights = packed + first * window + (block.rows > 0 ? from * block.weightPitch : 0);
  block.step = static_cast<long>(s.stride) * s.channels;
  block.bias = bias ? bias + first : nullptr;
  block.result = result + first;
  block.resultStep = s.resultStep;
  return block;
}

/** Computes one row of the result. */
inline void slideRow(const Slide& s, const Vector* source, const float* packed, const float* bias, int row,
                     Vector* result) {
  const int wide = filtersInBlock(s.filters);
  for (int first = 0; first < s.filters; first += wide) {
    const int filters = std::min(wide, s.filters - first);
    const Block block = blockOf(s, source, packed, bias, row, first, filters, result);
    int column = filters > mostFilters ? slideColumns<3>(s, block, filters, 0)
                                       : slideColumns<mostColumns>(s, block, filters, 0);
    column = slideColumns<2>(s, block, filters, column);
    slideColumns<1>(s, block, filters, column);
  }
}

/** Two groups, as the elements from one's source and result to the other's. */
struct Two {
  long source, result;
};

/**
 * Computes one row of the results of two groups. A block has the same column of both, so that elements of the window beside
 * the source are left out, and the source needs no columns of zeros.
 */
inline void slideRowOfTwo(const Slide& s, Two apart, const Vector* source, const float* packed, const float* bias, int row,
                          Vector* result) {
  const int wide = filtersInBlock(s.filters);
  for (int first = 0; first < s.filters; first += wide) {
    const int filters = std::min(wide, s.filters - first);
    const Block of = blockOf(s, source, packed, bias, row, first, filters, result);
    Block block = of;
    block.step = apart.source;
    block.resultStep = apart.result;
    for (int column = 0; column < s.resultColumns; column++) {
      const int left = column * s.stride - s.paddingWidth;
      const int from = std::max(0, -left), to = std::max(from, std::min(s.kernelWidth, s.columns - left));
      block.source = of.source + (to > from ? static_cast<long>(left + from) * s.channels : 0);
      block.weights = of.weights + static_cast<long>(from) * s.channels * filters;
      block.elements = (to - from) * s.channels;
      block.result = of.result + column * s.resultStep;
      computeBlockOf<2>(filters, block);
    }
  }
}

/** Copies a map between columns of zeros. */
inline void padColumns(const Vector* map, int rows, long width, long before, long after, Vector* padded) {
  for (int row = 0; row < rows; row++) {
    std::fill_n(padded, before, Vector{});
    std::copy_n(map + row * width, width, padded + before);
    std::fill_n(padded + before + width, after, Vector{});
    padded += before + width + after;
  }
}

}  // namespace
