/** The kernels for LANES images at a time, from the parts in the other headers. */
#pragma once
#include <optional>

#include "convolution.h"
#include "filterGradient.h"
#include "filterProduct.h"
#include "inputGradient.h"
#include "linear/forward.h"
#include "linear/gradients.h"
#include "linear/step.h"
#include "normalise.h"
#include "pooling.h"
#include "sequence/elements.h"
#include "slide.h"
#include "tiles/convolution.h"
#include "tiles/filterGradient.h"

namespace {

using stride::Convolution;

void toLanes(const float* images, int count, long size, float* lanes) {
  for (int first = 0; first < count; first += LANES, lanes += size * LANES) {
    const int used = std::min(LANES, count - first);
    const float* from = images + first * size;
    for (long element = 0; element < size; element++)
      for (int lane = 0; lane < LANES; lane++)
        lanes[element * LANES + lane] = lane < used ? from[lane * size + element] : 0;
  }
}

void fromLanes(const float* lanes, int count, long size, float* images) {
  for (int first = 0; first < count; first += LANES, lanes += size * LANES) {
    const int used = std::min(LANES, count - first);
    float* to = images + first * size;
    for (long element = 0; element < size; element++)
      for (int lane = 0; lane < used; lane++) to[lane * size + element] = lanes[element * LANES + lane];
  }
}

Slide forwardSlide(const Convolution& c) {
  Slide s{c.height,        c.width,        c.channels, c.filters,   c.kernelHeight, c.kernelWidth,
          c.paddingHeight, c.paddingWidth, c.stride,   c.columns(), c.filters,      0};
  const bool needsZeros = s.paddingWidth > 0 || s.reach() > s.columns;
  s.sourcePitch = static_cast<long>(needsZeros ? s.reach() : s.columns) * s.channels;
  return s;
}

/** Returns a group's maps between columns of zeros, as a slide reads them: the maps themselves if it needs none. */
const Vector* sourceOf(const Slide& s, const Vector* maps, Scratch<Vector>& scratch) {
  const long before = static_cast<long>(s.paddingWidth) * s.channels;
  const long width = static_cast<long>(s.columns) * s.channels;
  if (before == 0 && s.sourcePitch == width) return maps;
  // Columns that no window reaches are not copied.
  const long copied = std::min(width, s.sourcePitch - before);
  Vector* padded = scratch.atLeast(s.rows * s.sourcePitch);
  for (int row = 0; row < s.rows; row++)
    padColumns(maps + row * width, 1, copied, before, s.sourcePitch - before - copied, padded + row * s.sourcePitch);
  return padded;
}

void forward(const Convolution& c, int groups, const float* x, const float* filter, const float* bias, float* y,
             uint8_t* index) {
  if (hasFastTiles(forwardTiling(c), c.filters)) return forwardTiles(c, groups, x, filter, bias, y, index);
  thread_local Scratch<float> packedMemory;
  thread_local Scratch<Vector> sourceMemory, rowMemory;
  const Slide slide = forwardSlide(c);
  float* packed = packedMemory.atLeast(c.filterSize());
  packFilter(filter, c.filterSize() / c.filters, c.filters, packed);
  const long row = static_cast<long>(c.columns()) * c.filters;
  const long pooledRow = static_cast<long>(c.mapWidth()) * c.filters;
  Vector* rows = rowMemory.atLeast(4 * row);
  for (int group = 0; group < groups;) {
    const int count = std::min(2, groups - group);
    const Vector* maps = vectors(x) + group * c.inputSize();
    const Vector* source = count == 2 ? maps : sourceOf(slide, maps, sourceMemory);
    Slide of = slide;
    if (count == 2) of.sourcePitch = static_cast<long>(c.width) * c.channels;
    const Two apart{c.inputSize(), c.pool ? 2 * row : c.outputSize()};
    const auto slideTo = [&](int r, Vector* to) {
      if (count == 2) slideRowOfTwo(of, apart, source, packed, bias, r, to);
      else slideRow(of, source, packed, bias, r, to);
    };
    for (int r = 0; r < c.mapHeight(); r++) {
      Vector* result = vectors(y) + group * c.outputSize() + r * pooledRow;
      if (c.pool) {
        slideTo(2 * r, rows);
        slideTo(2 * r + 1, rows + row);
      } else {
        slideTo(r, result);
      }
      for (int n = 0; c.hasIndex() && n < count; n++, result += c.outputSize()) {
        Bytes* indices = bytes(index) + (group + n) * c.outputSize() + r * pooledRow;
        if (c.pool) poolRows(rows + n * 2 * row, row, c.columns(), c.filters, c.relu, result, indices, unchanged);
        else rectifyRow(result, c.columns(), c.filters, result, indices, unchanged);
      }
    }
    group += count;
  }
}

/** Adds up the elements of each channel. */
void addChannels(const Vector* map, long pixels, int channels, Vector* sums) {
  for (long pixel = 0; pixel < pixels; pixel++, map += channels)
    for (int c = 0; c < channels; c++) sums[c] += map[c];
}

/** Leads a group's gradients of `y` back to the convolution's output, with `pitch` elements in a row. */
void leadBack(const Convolution& c, const Vector* yGradient, const Bytes* indices, Vector* output, long pitch,
              Vector* biasSums) {
  const long row = static_cast<long>(c.mapWidth()) * c.filters;
  for (int r = 0; r < c.mapHeight(); r++, yGradient += row) {
    const Bytes* of = indices ? indices + r * row : nullptr;
    if (c.pool) unpoolRow(yGradient, of, c.mapWidth(), c.filters, output + 2 * r * pitch, pitch, biasSums);
    else unrectifyRow(yGradient, of, c.mapWidth(), c.filters, output + r * pitch, biasSums);
  }
}

/** The same through the batch norm after the convolution; `biasSums` may be null. */
void leadBack(const stride::Normalised& n, int group, const Vector* yGradient, const Bytes* indices, Vector* output,
              long pitch, Vector* biasSums) {
  const Tail& t = n.tail;
  const int images = std::min(LANES, n.images - group * LANES);
  leadBackMap(t, images, vectors(n.x) + group * t.inputSize(), yGradient, indices, n.of, output, pitch);
  for (int row = 0; biasSums && row < t.height; row++) addChannels(output + row * pitch, t.width, t.channels, biasSums);
}

void gradients(const Convolution& c, int groups, const float* x, const float* filter, const float* yGradient,
               const uint8_t* index, const stride::Normalised* normalised, float* xGradient, float* filterGradient,
               float* biasGradient) {
  thread_local Scratch<float> packedMemory;
  thread_local Scratch<Vector> outputMemory, biasMemory;
  thread_local std::vector<Scratch<Vector>> sourceMemory;
  const Slide slide = forwardSlide(c);
  const bool slidesBack = xGradient && !hasFastTiles(backwardTiling(c), c.channels);
  const bool tilesBack = xGradient && !slidesBack;
  const bool twoBack = slidesBack && groups % 2 == 0;
  const InputGradient back(c, slidesBack ? filter : nullptr, twoBack, packedMemory);
  const TiledInputGradient tiledBack(c, tilesBack ? filter : nullptr);
  const bool multiplies = hasFastProduct(c);
  const bool multipliesTiles = multiplies && hasFastTiledGradient(forwardTiling(c), c.filters);
  int atOnce = std::min(groups, multipliesTiles ? TiledFilterGradient::groupsAtOnce(c, forwardTiling(c))
                                : multiplies    ? FilterGradientProduct::groupsAtOnce(c)
                                                : FilterGradientSum::groupsAtOnce(c));
  if (twoBack) atOnce = divideUp(atOnce, 2) * 2;
  const Tail after = normalised ? normalised->tail : c.tail();
  // Without a layer after it, the gradients are read where they are, unless a slide needs zeros beside them.
  const bool needsZeros = slidesBack && !twoBack;
  const bool leadsBack = needsZeros || normalised || after.hasIndex();
  const long pitch = slidesBack ? back.pitch() : static_cast<long>(c.columns()) * c.filters;
  const long before = slidesBack ? back.before() : 0, size = leadsBack ? c.rows() * pitch : 0;
  Vector* output = outputMemory.atLeast(atOnce * size);
  Vector* biasSums = biasMemory.atLeast(c.filters);
  std::fill_n(biasSums, c.filters, Vector{});
  std::optional<FilterGradientProduct> product;
  std::optional<TiledFilterGradient> tiledProduct;
  std::optional<FilterGradientSum> sum;
  if (multipliesTiles) tiledProduct.emplace(c, forwardTiling(c), pitch, filterGradient);
  else if (multiplies) product.emplace(c, pitch, filterGradient);
  else sum.emplace(FilterGradient{c, slide.sourcePitch, pitch}, filterGradient);
  std::vector<const Vector*> sources(atOnce), insides(atOnce);
  if (static_cast<int>(sourceMemory.size()) < atOnce) sourceMemory.resize(atOnce);
  for (int first = 0; first < groups; first += atOnce) {
    const int count = std::min(atOnce, groups - first);
    for (int n = 0; n < count; n++) {
      const int group = first + n;
      const Bytes* indices = after.hasIndex() ? bytes(index) + group * after.outputSize() : nullptr;
      const Vector* gradient = vectors(yGradient) + group * after.outputSize();
      Vector* inside = output + n * size + before;
      if (needsZeros && first == 0) back.clearBeside(output + n * size);
      if (normalised) leadBack(*normalised, group, gradient, indices, inside, pitch, biasGradient ? biasSums : nullptr);
      else if (leadsBack) leadBack(c, gradient, indices, inside, pitch, biasSums);
      else if (biasGradient) addChannels(gradient, static_cast<long>(c.rows()) * c.columns(), c.filters, biasSums);
      insides[n] = leadsBack ? inside : gradient;
      const Vector* maps = vectors(x) + group * c.inputSize();
      sources[n] = multiplies ? maps : sourceOf(slide, maps, sourceMemory[n]);
    }
    const bool isFirst = first == 0, isLast = first + count == groups;
    if (multipliesTiles) tiledProduct->add(sources.data(), insides.data(), count, isFirst, isLast);
    else if (multiplies) product->add(sources.data(), insides.data(), count, isFirst, isLast);
    else sum->add(sources.data(), insides.data(), count, isFirst, isLast);
    if (tilesBack) tiledBack.compute(insides.data(), count, vectors(xGradient) + first * c.inputSize());
    if (!slidesBack) continue;
    for (int n = 0; n < count; n += twoBack ? 2 : 1) {
      Vector* result = vectors(xGradient) + (first + n) * c.inputSize();
      if (twoBack) back.computeTwo(insides[n], leadsBack ? size : c.outputSize(), result);
      else back.compute(output + n * size, result);
    }
  }
  for (int f = 0; biasGradient && f < c.filters; f++) biasGradient[f] = sumOfLanes(biasSums[f]);
}

constexpr stride::Kernels kernels{toLanes,           fromLanes,     forward,
                                   gradients,         moments,       normalise,
                                   normaliseSums,     normaliseGradient, linearForward,
                                   linearGradients,   linearStep,    descend,
                                   elements,          rectifiedSum,  averagePool,
                                   averagePoolGradient};

}  // namespace
