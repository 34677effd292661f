/** Rows of numbers to columns, eight by eight. */
#pragma once
#include "vectors.h"

namespace {

inline void transposeEight(const float* from, long fromPitch, float* to, long toPitch) {
  __m256 r[8], s[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) r[i] = _mm256_loadu_ps(from + i * fromPitch);
#pragma GCC unroll 4
  for (int i = 0; i < 8; i += 2) {
    s[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    s[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_shuffle_ps(s[i], s[i + 2], 0x44);
    r[i + 1] = _mm256_shuffle_ps(s[i], s[i + 2], 0xee);
    r[i + 2] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0x44);
    r[i + 3] = _mm256_shuffle_ps(s[i + 1], s[i + 3], 0xee);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    _mm256_storeu_ps(to + i * toPitch, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
    _mm256_storeu_ps(to + (i + 4) * toPitch, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
  }
}

/** Writes to[column][row] = from[row][column]. */
inline void transpose(const float* from, int rows, int columns, long fromPitch, float* to, long toPitch) {
  const int wholeRows = rows / 8 * 8, wholeColumns = columns / 8 * 8;
  for (int column = 0; column < wholeColumns; column += 8)
    for (int row = 0; row < wholeRows; row += 8)
      transposeEight(from + row * fromPitch + column, fromPitch, to + column * toPitch + row, toPitch);
  for (int row = 0; row < rows; row++)
    for (int column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
      to[column * toPitch + row] = from[row * fromPitch + column];
}

}  // namespace
