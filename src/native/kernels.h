/** The kernels for LANES images at a time, from the parts in the other headers. */
#pragma once
#include "convolution.h"
#include "filterGradient.h"
#include "inputGradient.h"
#include "normalise.h"
#include "pooling.h"
#include "slide.h"

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
  thread_local Scratch<float> packedMemory;
  thread_local Scratch<Vector> sourceMemory, rowMemory;
  const Slide slide = forwardSlide(c);
  float* packed = packedMemory.atLeast(c.filterSize());
  packFilter(filter, c.filterSize() / c.filters, c.filters, packed);
  const long row = static_cast<long>(c.columns()) * c.filters;
  const long pooledRow = static_cast<long>(c.mapWidth()) * c.filters;
  Vector* rows = rowMemory.atLeast(2 * row);
  for (int group = 0; group < groups; group++) {
    const Vector* source = sourceOf(slide, vectors(x) + group * c.inputSize(), sourceMemory);
    Vector* result = vectors(y) + group * c.outputSize();
    Bytes* indices = c.hasIndex() ? bytes(index) + group * c.outputSize() : nullptr;
    for (int r = 0; r < c.mapHeight(); r++, result += pooledRow) {
      if (c.pool) {
        slideRow(slide, source, packed, bias, 2 * r, rows);
        slideRow(slide, source, packed, bias, 2 * r + 1, rows + row);
        poolRows(rows, row, c.columns(), c.filters, c.relu, result, indices + r * pooledRow, unchanged);
      } else {
        slideRow(slide, source, packed, bias, r, result);
        if (c.relu) rectifyRow(result, c.columns(), c.filters, result, indices + r * pooledRow, unchanged);
      }
    }
  }
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

void gradients(const Convolution& c, int groups, const float* x, const float* filter, const float* yGradient,
               const uint8_t* index, float* xGradient, float* filterGradient, float* biasGradient) {
  thread_local Scratch<float> packedMemory;
  thread_local Scratch<Vector> sourceMemory, outputMemory, sumMemory;
  const Slide slide = forwardSlide(c);
  const InputGradient back(c, xGradient ? filter : nullptr, packedMemory);
  const long pitch = back.pitch();
  Vector* output = outputMemory.atLeast(c.rows() * pitch);
  std::fill_n(output, c.rows() * pitch, Vector{});
  Vector* inside = output + back.before();
  Vector* sums = sumMemory.atLeast(c.filterSize() + c.filters);
  std::fill_n(sums, c.filterSize() + c.filters, Vector{});
  Vector* biasSums = sums + c.filterSize();
  const FilterGradient products{c.height,        c.channels, c.filters,         c.kernelHeight, c.kernelWidth,
                                c.paddingHeight, c.stride,   slide.sourcePitch, c.rows(),       c.columns(),
                                pitch};
  for (int group = 0; group < groups; group++) {
    const Bytes* indices = c.hasIndex() ? bytes(index) + group * c.outputSize() : nullptr;
    leadBack(c, vectors(yGradient) + group * c.outputSize(), indices, inside, pitch, biasSums);
    const Vector* source = sourceOf(slide, vectors(x) + group * c.inputSize(), sourceMemory);
    addFilterGradient(products, source, inside, sums);
    if (xGradient) back.compute(output, vectors(xGradient) + group * c.inputSize());
  }
  for (long element = 0; element < c.filterSize(); element++) filterGradient[element] = sumOfLanes(sums[element]);
  for (int f = 0; f < c.filters; f++) biasGradient[f] = sumOfLanes(biasSums[f]);
}

constexpr stride::Kernels kernels{toLanes, fromLanes, forward,       gradients,
                                   moments, normalise, normaliseSums, normaliseGradient};

}  // namespace
