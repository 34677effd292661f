/**
 * The columns of a matrix that are the same in all of its rows, as pixels at the edge of most pictures are in all images
 * of a batch: such a column adds the same number to each row's product, and only the others have to be multiplied row
 * by row. Of MNIST's 784 pixels, 42 % are the same in 32 images.
 */
#pragma once
#include "../product.h"

namespace {

/** The columns of a matrix. */
class Columns {
 public:
  /** Finds the columns of so many rows, one behind the other. A NaN is never the same as another number. */
  void find(const float* matrix, int rows, int columns) {
    int32_t* different = differentMemory_.atLeast(columns);
    float* same = sameMemory_.atLeast(columns);
    const int vectors = columns / LANES;
    Mask* differs = maskMemory_.atLeast(vectors);
    std::fill_n(differs, vectors, Mask{});
    // Row by row, because the numbers of a column lie far apart.
    for (long row = 0; row < rows; row++)
      for (int v = 0; v < vectors; v++)
        differs[v] |= loaded(matrix + row * columns + v * LANES) != loaded(matrix + v * LANES);
    count_ = 0;
    for (int v = 0; v < vectors; v++) {
      stored(same + v * LANES, only(~differs[v], loaded(matrix + v * LANES)));
      int32_t lanes[LANES];
      std::memcpy(lanes, differs + v, sizeof lanes);
      for (int lane = 0; lane < LANES; lane++) {
        different[count_] = v * LANES + lane;
        count_ -= lanes[lane];
      }
    }
    for (int column = vectors * LANES; column < columns; column++) {
      bool differ = false;
      for (long row = 0; row < rows; row++) differ |= matrix[row * columns + column] != matrix[column];
      same[column] = differ ? 0 : matrix[column];
      different[count_] = column;
      count_ += differ;
    }
    different_ = different;
    same_ = same;
  }

  /** The columns that differ, in order, and their number. */
  const int32_t* different() const { return different_; }
  int count() const { return count_; }
  /** The number of each column that is the same in all rows, and 0 for the others. */
  const float* same() const { return same_; }

 private:
  Scratch<Mask> maskMemory_;
  Scratch<int32_t> differentMemory_;
  Scratch<float> sameMemory_;
  const int32_t* different_ = nullptr;
  const float* same_ = nullptr;
  int count_ = 0;
};

/** Some columns of rows that lie in a matrix, with so many numbers from one row to the next. */
template <int Rows>
struct SomeColumns {
  const float* numbers;
  long pitch;
  const int32_t* columns;
  float at(int row, long k) const { return numbers[row * pitch + columns[k]]; }
};

/** Returns Σ a[k] · b[k]. */
inline float productOf(const float* a, const float* b, int count) {
  Vector sums[2] = {};
  int k = 0;
  for (; k + 2 * LANES <= count; k += 2 * LANES) {
    sums[0] += loaded(a + k) * loaded(b + k);
    sums[1] += loaded(a + k + LANES) * loaded(b + k + LANES);
  }
  if (k + LANES <= count) {
    sums[0] += loaded(a + k) * loaded(b + k);
    k += LANES;
  }
  float rest = 0;
  for (; k < count; k++) rest += a[k] * b[k];
  return sumOfLanes(sums[0] + sums[1]) + rest;
}

}  // namespace
