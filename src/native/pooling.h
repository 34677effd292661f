/**
 * The max-pool of 2 × 2 windows and the ReLU after a convolution or a batch norm, for one group of images, and their
 * gradients. `value(element, channel)` gives an element of the map as it is pooled.
 */
#pragma once
#include "convolution.h"
#include "vectors.h"

namespace {

/** Takes `candidate` where it is larger, or not a number, as PyTorch's max-pool does. The first of equals stays. */
inline void takeLarger(Vector& largest, Mask& index, Vector candidate, int32_t number) {
  const Mask larger = (candidate > largest) | (candidate != candidate);
  largest = larger ? candidate : largest;
  index = larger ? Mask{} + number : index;
}

/** Where the ReLU is zero, the index says so. A NaN stays one. */
inline void rectify(Vector& value, Mask& index) {
  const Mask zero = value <= splat(0);
  value = only(~zero, value);
  index = zero ? Mask{} + stride::stopped : index;
}

/** An element as it is. */
inline Vector unchanged(Vector value, int) { return value; }

/** Pools two rows of columns × channels, `pitch` apart. */
template <typename Value>
void poolRows(const Vector* upper, long pitch, int columns, int channels, bool relu, Vector* pooled, Bytes* indices,
              Value value) {
  for (int column = 0; column + 2 <= columns; column += 2, upper += 2 * channels) {
    const Vector* lower = upper + pitch;
    for (int c = 0; c < channels; c++) {
      Vector largest = value(upper[c], c);
      Mask index = {};
      takeLarger(largest, index, value(upper[channels + c], c), 1);
      takeLarger(largest, index, value(lower[c], c), 2);
      takeLarger(largest, index, value(lower[channels + c], c), 3);
      if (relu) rectify(largest, index);
      *pooled++ = largest;
      *indices++ = narrowed(index);
    }
  }
}

/** Takes the ReLU of a row of columns × channels; `rectified` may be the row itself. */
template <typename Value>
void rectifyRow(const Vector* row, int columns, int channels, Vector* rectified, Bytes* indices, Value value) {
  for (int column = 0; column < columns; column++) {
    for (int c = 0; c < channels; c++) {
      Vector result = value(*row++, c);
      Mask index = {};
      rectify(result, index);
      *rectified++ = result;
      *indices++ = narrowed(index);
    }
  }
}

/**
 * Leads a row of gradients back through ReLU and pool to two rows, `pitch` apart, and adds those that arrive to
 * `sums`, one for each filter: the gradient of the bias.
 */
inline void unpoolRow(const Vector* gradient, const Bytes* indices, int pooledColumns, int filters, Vector* upper,
                      long pitch, Vector* sums) {
  Vector* lower = upper + pitch;
  for (int column = 0; column < pooledColumns; column++, upper += 2 * filters, lower += 2 * filters) {
    for (int f = 0; f < filters; f++) {
      const Vector value = *gradient++;
      const Mask index = widened(*indices++);
      upper[f] = only(index == 0, value);
      upper[filters + f] = only(index == 1, value);
      lower[f] = only(index == 2, value);
      lower[filters + f] = only(index == 3, value);
      sums[f] += only(index != stride::stopped, value);
    }
  }
}

/** Leads a row of gradients back through the ReLU, if there is one, and adds them to `sums`. */
inline void unrectifyRow(const Vector* gradient, const Bytes* indices, int columns, int filters, Vector* row,
                         Vector* sums) {
  for (int column = 0; column < columns; column++) {
    for (int f = 0; f < filters; f++) {
      Vector value = *gradient++;
      if (indices) value = only(widened(*indices++) == 0, value);
      *row++ = value;
      sums[f] += value;
    }
  }
}

}  // namespace
