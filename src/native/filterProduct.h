/**
 * The gradient of a convolution's filter (`filterGradient.h`) as a product of matrices with *filters* in a vector's lanes:
 * elements of the window × (pixels and images) by (pixels and images) × filters. For that the output's gradient is
 * transposed, which has fewer numbers than products by the window's size; an element of a map is one number that all
 * lanes are multiplied by. The sums are numbers instead of vectors, so those of many channels stay in the second cache
 * and need not be added up over lanes. Pixels whose element of the window lies beside the map are left out, and the map
 * needs no zeros around it.
 */
#pragma once
#include "convolution.h"
#include "product.h"
#include "transpose.h"
#include "vectors.h"

namespace {

/** The pixels along one axis whose element of the window is in the map. */
struct Reach {
  int from, to;
};

inline Reach reachOf(int element, int size, int count, int padding, int stride) {
  const int before = std::max(0, padding - element);
  const int from = std::min(count, divideUp(before, stride));
  return {from, std::clamp(divideUp(std::max(0, size + padding - element), stride), from, count)};
}

/** Some pixels of several groups, with one element of the window and neighbouring ones by the filters of a panel. */
struct PixelProducts {
  int groups, rows, columns;
  /** Each group's maps, the first element that is multiplied, and elements from one pixel and one row to the next. */
  const Vector* const* sources;
  long start, step, pitch;
  /** The gradient: vectors from one row and one group to the next. */
  const Vector* gradient;
  long gradientPitch, gradientGroup;
  /** The sums, and numbers from one element to the next. */
  float* sums;
  long sumsPitch;
  bool isFirst;
};

/** `Step`: vectors from an element to its neighbour, and from an image's filters to the next one's in units of them. */
template <int Elements, int Vectors, int Step>
void addPixels(const PixelProducts p) {
  Sums<Elements, Vectors> sums;
  if (!p.isFirst)
    for (int e = 0; e < Elements; e++)
      for (int v = 0; v < Vectors; v++) sums.of[e][v] = loaded(p.sums + e * p.sumsPitch + v * LANES);
  for (int group = 0; group < p.groups; group++)
    for (int row = 0; row < p.rows; row++) {
      const float* x = reinterpret_cast<const float*>(p.sources[group] + p.start + row * p.pitch);
      const Vector* dy = p.gradient + group * p.gradientGroup + row * p.gradientPitch;
      for (int column = 0; column < p.columns; column++, x += p.step * LANES)
#pragma GCC unroll 2
        for (int image = 0; image < LANES; image++, dy += Vectors * Step) {
          Vector of[Vectors];
#pragma GCC unroll 4
          for (int v = 0; v < Vectors; v++) of[v] = dy[v];
#pragma GCC unroll 24
          for (int e = 0; e < Elements; e++)
#pragma GCC unroll 4
            for (int v = 0; v < Vectors; v++) sums.of[e][v] += x[e * Step * LANES + image] * of[v];
        }
    }
  for (int e = 0; e < Elements; e++)
    for (int v = 0; v < Vectors; v++) stored(p.sums + e * p.sumsPitch + v * LANES, sums.of[e][v]);
}

/** Adds the products of `count` neighbouring elements, some at a time. */
template <int Vectors, int Step = 1, int Elements = rowsFor(Vectors)>
void addElements(PixelProducts p, int count) {
  constexpr int fewer = Elements % 3 == 0 ? Elements / 3 * 2 : Elements / 2;
  // Two blocks of fewer elements take less time than a whole one and a small rest.
  const auto isBest = [](int rest) { return rest == Elements || rest > 2 * fewer; };
  for (; count >= Elements && isBest(count); count -= Elements) {
    addPixels<Elements, Vectors, Step>(p);
    p.start += Elements * Step;
    p.sums += Elements * p.sumsPitch;
  }
  if constexpr (Elements > 1) addElements<Vectors, Step, fewer>(p, count);
}

/** Vectors of a panel. */
inline int panelOf(int vectors) { return vectors == 1 ? 1 : vectors % 2 != 0 && vectors % 3 == 0 ? 3 : 2; }

/**
 * Returns whether the product takes less time than sums of vectors: enough lanes have a filter, enough elements are
 * neighbours, and there are enough products for each number that is transposed.
 */
inline bool hasFastProduct(const stride::Convolution& c) {
  const int lanes = divideUp(c.filters, LANES) * LANES;
  return 5 * c.filters > 4 * lanes && c.channels >= (LANES == 16 || lanes == LANES ? 8 : 4) &&
         c.kernelHeight * c.kernelWidth * c.channels >= 32;
}

/** Bytes of a panel of the transposed gradient at a time: they stay in the first cache while the elements pass by. */
constexpr long panelBytes = 16 * 1024;

/** Adds the products of several groups; the first and the last call say so. */
class FilterGradientProduct {
 public:
  /** `gradientPitch`: elements in a row of the output's gradient. */
  FilterGradientProduct(const stride::Convolution& c, long gradientPitch, float* result)
      : c_(c), gradientPitch_(gradientPitch), result_(result) {
    vectors_ = divideUp(c.filters, LANES);
    panel_ = panelOf(vectors_);
    thread_local Scratch<float> memory;
    const long elements = c.filterSize() / c.filters;
    sums_ = vectors_ * LANES == c.filters ? result : memory.atLeast(elements * vectors_ * LANES);
  }

  static int groupsAtOnce(const stride::Convolution& c) {
    const long map = static_cast<long>(c.rows()) * c.columns() * pixelBytes(panelOf(divideUp(c.filters, LANES)));
    return static_cast<int>(std::max(1L, panelBytes / map));
  }

  void add(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst, bool isLast) {
    const long rowBytes = c_.columns() * pixelBytes(panel_) * groups;
    const int atOnce = static_cast<int>(std::clamp<long>(panelBytes / rowBytes, 1, c_.rows()));
    for (int first = 0; first < c_.rows(); first += atOnce) {
      const int rows = std::min(atOnce, c_.rows() - first);
      transposeGradients(gradients, groups, first, rows);
      for (int vector = 0; vector < vectors_; vector += panel_)
        addPanel(sources, groups, {first, first + rows}, vector, isFirst && first == 0);
    }
    if (isLast && sums_ != result_)
      for (long element = 0; element < c_.filterSize() / c_.filters; element++)
        std::copy_n(sums_ + element * vectors_ * LANES, c_.filters, result_ + element * c_.filters);
  }

 private:
  static long pixelBytes(int vectors) { return static_cast<long>(LANES * sizeof(Vector)) * vectors; }

  /** Transposes each pixel's filters × images: panels × groups × pixels × images × filters of the panel. */
  void transposeGradients(const Vector* const* gradients, int groups, int first, int rows) {
    thread_local Scratch<Vector> memory;
    const long pixels = static_cast<long>(rows) * c_.columns();
    transposed_ = memory.atLeast(pixels * groups * LANES * vectors_);
    Vector* to = transposed_;
    for (int vector = 0; vector < vectors_; vector += panel_) {
      const int count = std::min(panel_, vectors_ - vector), f = vector * LANES;
      const int filters = std::min(count * LANES, c_.filters - f);
      if (filters < count * LANES) std::fill_n(to, pixels * groups * LANES * count, Vector{});
      for (int group = 0; group < groups; group++)
        for (int row = first; row < first + rows; row++) {
          const Vector* from = gradients[group] + row * gradientPitch_ + f;
          for (int column = 0; column < c_.columns(); column++, from += c_.filters, to += LANES * count)
            transpose(reinterpret_cast<const float*>(from), filters, LANES, LANES, reinterpret_cast<float*>(to),
                      count * LANES);
        }
    }
  }

  /** Adds the products of all elements by the filters of the panel that begins with a vector. */
  void addPanel(const Vector* const* sources, int groups, Reach rows, int vector, bool isFirst) {
    const stride::Convolution& c = c_;
    const int count = std::min(panel_, vectors_ - vector);
    const long pixels = static_cast<long>(rows.to - rows.from) * c.columns(), pixel = static_cast<long>(LANES) * count;
    PixelProducts p{};
    p.groups = groups;
    p.sources = sources;
    p.step = static_cast<long>(c.stride) * c.channels;
    p.pitch = p.step * c.width;
    p.gradientPitch = c.columns() * pixel;
    p.gradientGroup = pixels * pixel;
    p.sumsPitch = static_cast<long>(vectors_) * LANES;
    p.isFirst = isFirst;
    const Vector* panel = transposed_ + pixels * groups * LANES * vector;
    for (int i = 0; i < c.kernelHeight; i++) {
      const Reach inside = reachOf(i, c.height, c.rows(), c.paddingHeight, c.stride);
      const int from = std::clamp(inside.from, rows.from, rows.to), to = std::clamp(inside.to, from, rows.to);
      for (int j = 0; j < c.kernelWidth; j++) {
        const Reach columns = reachOf(j, c.width, c.columns(), c.paddingWidth, c.stride);
        p.rows = to - from;
        p.columns = columns.to - columns.from;
        if (p.columns == 0) p.rows = 0;
        if (p.rows == 0 && !isFirst) continue;
        p.start = p.rows == 0 ? 0
                              : (static_cast<long>(from * c.stride + i - c.paddingHeight) * c.width +
                                 columns.from * c.stride + j - c.paddingWidth) *
                                    c.channels;
        p.gradient = panel + (from - rows.from) * p.gradientPitch + columns.from * pixel;
        p.sums = sums_ + (static_cast<long>(i) * c.kernelWidth + j) * c.channels * p.sumsPitch + vector * LANES;
        if (count == 1) addElements<1>(p, c.channels);
        else if (count == 2) addElements<2>(p, c.channels);
        else addElements<3>(p, c.channels);
      }
    }
  }

  const stride::Convolution c_;
  long gradientPitch_;
  float *result_, *sums_;
  int vectors_, panel_;
  Vector* transposed_ = nullptr;
};

}  // namespace
