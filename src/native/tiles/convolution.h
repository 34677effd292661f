/** The forward pass of a convolution and the gradient of its input by Winograd's tiles (`winograd.h`). */
#pragma once
#include "../pooling.h"
#include "../transpose.h"
#include "slideTiles.h"

namespace {

using stride::Convolution;

/** The tiles of a convolution's output. */
inline Tiling forwardTiling(const Convolution& c) {
  return {c.height, c.width, c.channels, c.paddingHeight, c.paddingWidth, c.rows(), c.columns(), canHaveTiles(c)};
}

/** Those of the input's gradient, which is the output's gradient convolved with the filter turned by 180°. */
inline Tiling backwardTiling(const Convolution& c) {
  return {c.rows(), c.columns(), c.filters, 2 - c.paddingHeight, 2 - c.paddingWidth, c.height, c.width, canHaveTiles(c)};
}

inline void forwardTiles(const Convolution& c, int groups, const float* x, const float* filter, const float* bias,
                         float* y, uint8_t* index) {
  thread_local Scratch<float> filterMemory;
  thread_local Scratch<Vector> rowMemory;
  const long plane = static_cast<long>(c.channels) * c.filters;
  float* transformed = filterMemory.atLeast(places * placePitch(plane));
  transformFilter(filter, plane, transformed);
  const long row = static_cast<long>(c.columns()) * c.filters;
  const long resultRow = static_cast<long>(c.mapWidth()) * c.filters;
  Vector* rows = rowMemory.atLeast(2 * row);
  std::vector<const Vector*> sources(groups);
  for (int group = 0; group < groups; group++) sources[group] = vectors(x) + group * c.inputSize();
  // The rows of the map that a row of tiles is computed for.
  const auto resultOf = [&](int group, int tileRow) {
    return group * c.outputSize() + static_cast<long>(c.pool ? tileRow : 2 * tileRow) * resultRow;
  };
  slideTiles(
      {forwardTiling(c), groups, sources.data(), transformed, c.filters, bias},
      [&](int group, int tileRow) -> ResultRows {
        if (c.pool) return {rows, rows + row};
        Vector* upper = vectors(y) + resultOf(group, tileRow);
        return {upper, 2 * tileRow + 1 < c.rows() ? upper + row : nullptr};
      },
      [&](int group, int tileRow, ResultRows computed) {
        Vector* result = vectors(y) + resultOf(group, tileRow);
        Bytes* indices = c.hasIndex() ? bytes(index) + resultOf(group, tileRow) : nullptr;
        if (c.pool) poolRows(rows, row, c.columns(), c.filters, c.relu, result, indices, unchanged);
        else if (c.relu)
          rectifyRow(result, (computed.lower ? 2 : 1) * c.columns(), c.filters, result, indices, unchanged);
      });
}

/** Computes the gradients of the inputs of some groups, whose outputs have these gradients. */
class TiledInputGradient {
 public:
  /** `filter` may be null if the gradient is not computed. */
  TiledInputGradient(const Convolution& c, const float* filter) : c_(c) {
    if (!filter) return;
    thread_local Scratch<float> memory;
    const long plane = static_cast<long>(c.channels) * c.filters, pitch = placePitch(plane);
    float* transformed = memory.atLeast(2 * places * pitch);
    turned_ = transformed + places * pitch;
    transformFilter(filter, plane, transformed);
    // Turned by 180°, a filter has the same places but that the first and the last change places.
    constexpr int place[4] = {3, 1, 2, 0};
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++)
        transpose(transformed + (4 * i + j) * pitch, c.channels, c.filters, c.filters,
                  turned_ + (4 * place[i] + place[j]) * pitch, c.channels);
  }

  void compute(const Vector* const* outputs, int groups, Vector* result) const {
    const Convolution& c = c_;
    const long row = static_cast<long>(c.width) * c.channels;
    slideTiles(
        {backwardTiling(c), groups, outputs, turned_, c.channels, nullptr},
        [&](int group, int tileRow) -> ResultRows {
          Vector* upper = result + group * c.inputSize() + 2 * tileRow * row;
          return {upper, 2 * tileRow + 1 < c.height ? upper + row : nullptr};
        },
        [](int, int, ResultRows) {});
  }

 private:
  const Convolution c_;
  float* turned_ = nullptr;
};

}  // namespace
