/**
 * The gradient of a convolution's filter: w'[i][j][c][f] = Σ x[stride · row + i − padding][stride · column + j −
 * padding][c] · y'[row][column][f] over all rows, columns and images. It is computed as a matrix product is: elements of
 * the window by filters, summed over pixels. The sums are vectors, with one number for each image of a group, and those
 * of a block stay in registers while some pixels pass by. Small maps of several groups are added at once, because the sums
 * of a filter with many channels are larger than its maps.
 */
#pragma once
#include "convolution.h"
#include "vectors.h"

namespace {

/** The convolution, and the elements from one row of its source, as `Slide` has it, or of its gradient to the next. */
struct FilterGradient {
  stride::Convolution c;
  long sourcePitch, gradientPitch;

  /** Elements in a row of the window: in memory, those of neighbouring columns follow each other. */
  int elements() const { return c.kernelWidth * c.channels; }
};

/** Where the pixels of a block lie. */
struct Pixels {
  /** Elements from one pixel and one row to the next. */
  long step, pitch;
  const Vector* const* groups;
  /** The first pixel in each group. */
  long start;
};

/** A block of elements of the window by filters. */
struct GradientBlock {
  Pixels source, gradient;
  int groups, rows, columns;
  /** From one element of the window to the next. */
  long filters;
  Vector* sums;
  float* result;
  /** Whether no pixels have been added before, and whether none will be. */
  bool isFirst, isLast;
};

template <int Elements, int Filters>
void addBlock(const GradientBlock& b) {
  Vector sums[Elements][Filters] = {};
  if (!b.isFirst)
    for (int e = 0; e < Elements; e++)
      for (int f = 0; f < Filters; f++) sums[e][f] = b.sums[e * b.filters + f];
  for (int group = 0; group < b.groups; group++) {
    const Vector* firstX = b.source.groups[group] + b.source.start;
    const Vector* firstDy = b.gradient.groups[group] + b.gradient.start;
    for (int row = 0; row < b.rows; row++) {
      const Vector* x = firstX + row * b.source.pitch;
      const Vector* dy = firstDy + row * b.gradient.pitch;
      for (int column = 0; column < b.columns; column++, x += b.source.step, dy += b.gradient.step) {
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
  }
  if (!b.isLast) {
    for (int e = 0; e < Elements; e++)
      for (int f = 0; f < Filters; f++) b.sums[e * b.filters + f] = sums[e][f];
    return;
  }
  constexpr int count = Elements * Filters, fours = (count + 3) / 4;
  float totals[4 * fours];
#pragma GCC unroll 8
  for (int n = 0; n < fours; n++) {
    Vector four[4] = {};
    for (int k = 4 * n; k < std::min(count, 4 * n + 4); k++) four[k % 4] = sums[k / Filters][k % Filters];
    const Quarter total = sumsOfLanes(four);
    std::memcpy(totals + 4 * n, &total, sizeof total);
  }
  for (int e = 0; e < Elements; e++) std::memcpy(b.result + e * b.filters, totals + e * Filters, Filters * sizeof(float));
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

/** Copies some elements of each column. */
template <int Count>
void copyColumnsOf(const Vector* from, int columns, long step, long toStep, Vector* to) {
  for (int column = 0; column < columns; column++, from += step, to += toStep)
#pragma GCC unroll 8
    for (int n = 0; n < Count; n++) to[n] = from[n];
}

inline void copyColumns(const Vector* from, int columns, long step, int count, long toStep, Vector* to) {
  switch (count) {
    case 1: return copyColumnsOf<1>(from, columns, step, toStep, to);
    case 2: return copyColumnsOf<2>(from, columns, step, toStep, to);
    case 3: return copyColumnsOf<3>(from, columns, step, toStep, to);
    case 4: return copyColumnsOf<4>(from, columns, step, toStep, to);
    case 5: return copyColumnsOf<5>(from, columns, step, toStep, to);
    default: return copyColumnsOf<6>(from, columns, step, toStep, to);
  }
}

inline void clearColumns(int columns, int count, long toStep, Vector* to) {
  for (int column = 0; column < columns; column++, to += toStep) std::fill_n(to, count, Vector{});
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
  return {divideUp(elements, divideUp(elements, 4)), 3};
}

/** Pixels of a block at a time: those of its elements stay in the first cache while the filters pass by. */
constexpr int pixelsAtOnce = LANES == 16 ? 64 : 128;

/** Bytes from one pixel to the next from which on they are copied: few sets of the first cache would hold them. */
constexpr long farApart = 2048;

/** Adds the products of several groups; the first and the last call say so. */
class FilterGradientSum {
 public:
  FilterGradientSum(const FilterGradient& g, float* result) : g_(g), result_(result) {
    const stride::Convolution& c = g.c;
    // A block crosses rows of the window only if they are short, because rows beside the source are zeros in it, and all
    // pixels are copied.
    crosses_ = g.elements() < (LANES == 16 ? 4 : 3) && c.kernelHeight > 1;
    windowRows_ = crosses_ ? 1 : c.kernelHeight;
    elements_ = crosses_ ? c.kernelHeight * g.elements() : g.elements();
    size_ = blockSize(elements_, c.filters);
    step_ = static_cast<long>(c.stride) * c.channels;
    copiesSource_ = crosses_ || step_ * static_cast<long>(sizeof(Vector)) >= farApart;
    copiesGradient_ = c.filters * static_cast<long>(sizeof(Vector)) >= farApart;
    thread_local Scratch<Vector> memory;
    sums_ = memory.atLeast(c.filterSize());
  }

  static int groupsAtOnce(const stride::Convolution& c) {
    return std::max(1, pixelsAtOnce / (c.rows() * c.columns()));
  }

  void add(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst, bool isLast) {
    const stride::Convolution& c = g_.c;
    // With one block for all elements, the gradients are what passes by again and again.
    const int pixels = elements_ <= size_.elements ? 64 : pixelsAtOnce;
    const int atOnce = std::clamp(pixels / (c.columns() * groups), 1, c.rows());
    for (int first = 0; first < c.rows(); first += atOnce) {
      const int rows = std::min(atOnce, c.rows() - first);
      GradientBlock block{};
      block.groups = groups;
      block.columns = c.columns();
      block.filters = c.filters;
      block.isFirst = isFirst && first == 0;
      block.isLast = isLast && first + rows == c.rows();
      if (copiesGradient_) copyGradients(gradients, groups, first, rows);
      for (int i = 0; i < windowRows_; i++)
        for (int e = 0; e < elements_; e += size_.elements) {
          const int count = std::min(size_.elements, elements_ - e);
          addElements(sources, gradients, i * elements_ + e, count, first, rows, block);
        }
    }
  }

 private:
  void addElements(const Vector* const* sources, const Vector* const* gradients, int element, int count, int first,
                   int rows, GradientBlock block) {
    const stride::Convolution& c = g_.c;
    // Rows of zeros above and below the source add nothing.
    const int above = c.paddingHeight - element / g_.elements();
    int from = first, to = first + rows;
    if (!crosses_) {
      from = std::max(from, divideUp(std::max(0, above), c.stride));
      to = std::max(from, std::min(to, divideUp(std::max(0, c.height + above), c.stride)));
    }
    block.rows = to - from;
    thread_local std::vector<const Vector*> copies;
    if (copiesSource_) {
      copyElements(sources, block.groups, element, count, from, to, copies);
      block.source = {count, static_cast<long>(c.columns()) * count, copies.data(), 0};
    } else {
      const long start = (static_cast<long>(from) * c.stride - above) * g_.sourcePitch + element % g_.elements();
      block.source = {step_, c.stride * g_.sourcePitch, sources, block.rows > 0 ? start : 0};
    }
    for (int f = 0; f < c.filters; f += size_.filters) {
      const int filters = std::min(size_.filters, c.filters - f);
      const long at = static_cast<long>(element) * c.filters + f;
      if (copiesGradient_) {
        const long pitch = static_cast<long>(c.columns()) * filters;
        block.gradient = {filters, pitch, copiedGradients_.data() + f / size_.filters * block.groups,
                          (from - first) * pitch};
      } else {
        block.gradient = {c.filters, g_.gradientPitch, gradients, from * g_.gradientPitch + f};
      }
      block.sums = sums_ + at;
      block.result = result_ + at;
      addBlockOf(count, filters, block);
    }
  }

  void copyElements(const Vector* const* sources, int groups, int element, int count, int from, int to,
                    std::vector<const Vector*>& copies) const {
    const stride::Convolution& c = g_.c;
    thread_local Scratch<Vector> memory;
    const long pitch = static_cast<long>(c.columns()) * count;
    Vector* copy = memory.atLeast((to - from) * pitch * groups + 1);
    copies.clear();
    for (int group = 0; group < groups; group++) {
      copies.push_back(copy);
      for (int row = from; row < to; row++, copy += pitch)
        for (int k = 0, together = 0; k < count; k += together) {
          // Elements of one row of the window follow each other in the source.
          const int i = (element + k) / g_.elements(), at = (element + k) % g_.elements();
          together = std::min(count - k, g_.elements() - at);
          const int sourceRow = row * c.stride + i - c.paddingHeight;
          if (sourceRow < 0 || sourceRow >= c.height) clearColumns(c.columns(), together, count, copy + k);
          else
            copyColumns(sources[group] + sourceRow * g_.sourcePitch + at, c.columns(), step_, together, count, copy + k);
        }
    }
  }

  void copyGradients(const Vector* const* gradients, int groups, int first, int rows) {
    const stride::Convolution& c = g_.c;
    thread_local Scratch<Vector> memory;
    Vector* to = memory.atLeast(static_cast<long>(rows) * c.columns() * c.filters * groups);
    copiedGradients_.clear();
    for (int f = 0; f < c.filters; f += size_.filters) {
      const int filters = std::min(size_.filters, c.filters - f);
      const long pitch = static_cast<long>(c.columns()) * filters;
      for (int group = 0; group < groups; group++) {
        copiedGradients_.push_back(to);
        for (int row = first; row < first + rows; row++, to += pitch)
          copyColumns(gradients[group] + row * g_.gradientPitch + f, c.columns(), c.filters, filters, filters, to);
      }
    }
  }

  const FilterGradient g_;
  float* result_;
  bool crosses_, copiesSource_, copiesGradient_;
  int windowRows_, elements_;
  BlockSize size_;
  long step_;
  Vector* sums_;
  std::vector<const Vector*> copiedGradients_;
};

}  // namespace
