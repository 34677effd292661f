/**
 * Convolutions by filters of 3 × 3 with stride 1 as Winograd's F(2 × 2, 3 × 3): a tile of 2 × 2 results takes 16
 * products for each channel and filter instead of 36. With the letters of Lavin and Gray (2016, Fast Algorithms for
 * Convolutional Neural Networks, section 4.1), y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A, where x are the 4 × 4 elements under
 * the tile. For each of the 16 places, the products are one of matrices: tiles × channels by channels × filters. All
 * entries of A, B and G are 0, ±1 and ±½, so rounding errors stay as small as those of the plain sum.
 */
#pragma once
#include "../convolution.h"
#include "../product.h"
#include "../vectors.h"

namespace {

/** Elements of a transformed tile. */
constexpr int places = 16;

/** The source of a convolution by 3 × 3, and the tiles of its result. */
struct Tiling {
  int height, width, channels;
  int paddingHeight, paddingWidth;
  int rows, columns;
  /** Whether the filter is one of 3 × 3 with stride 1. */
  bool isPossible;

  int tileRows() const { return divideUp(rows, 2); }
  int tileColumns() const { return divideUp(columns, 2); }
};

inline bool canHaveTiles(const stride::Convolution& c) {
  return c.kernelHeight == 3 && c.kernelWidth == 3 && c.stride == 1;
}

/** Returns how many times as many results the tiles have as the map: an odd last row or column fills half of a tile. */
inline float wasteOf(const Tiling& t) {
  return 4.0f * static_cast<float>(t.tileRows() * t.tileColumns()) / static_cast<float>(t.rows * t.columns);
}

/**
 * Returns whether a few transformed tiles leave room in the first cache, and the transformed filter is so small that it
 * may be read again for each few tiles (`slideTiles.h`). The limits were measured.
 */
inline bool takesFewTiles(int channels, int filters) {
  return channels <= (LANES == 16 ? 24 : 32) && static_cast<long>(places * sizeof(float)) * channels * filters <= 128 * 1024;
}

/**
 * Returns whether tiles take less time than a sliding window. The share of its time that they take was measured for maps of
 * 4² to 32² and 3 to 64 channels and filters (docs/performance/log.md): the products, and for each of them the parts of
 * the transformed tiles, which stay in the first cache if they are few.
 */
inline bool hasFastTiles(const Tiling& t, int filters) {
  const bool few = takesFewTiles(t.channels, filters);
  const float products = LANES == 16 ? 0.6f : 0.55f;
  const float tiles = LANES == 16 ? (few ? 2.4f : 3.6f) : (few ? 0.5f : 2.3f);
  const float parts = 1 / static_cast<float>(t.channels) + 1 / static_cast<float>(filters);
  return t.isPossible && wasteOf(t) * (products + tiles * parts) < 0.95f;
}

/** Some tile rows of several maps: those of the second map follow those of the first. */
struct TileRows {
  int first, count;
};

/** Transformed tiles: for each place, tiles × channels. */
struct Transformed {
  Vector* numbers;
  int tiles, channels;

  /** Elements from one place to the next: an odd number of cache lines, so that the places do not share their sets. */
  static long pitchOf(long size) { return (size * LANES / 16 | 1) * 16 / LANES; }
  long pitch() const { return pitchOf(static_cast<long>(tiles) * channels + 16 / LANES); }
};

/** Writes a row of Bᵀ x B from a row of Bᵀ x. */
inline void writeSourceRow(Vector a, Vector b, Vector c, Vector d, long pitch, Vector* to) {
  to[0] = a - c;
  to[pitch] = b + c;
  to[2 * pitch] = c - b;
  to[3 * pitch] = b - d;
}

/** Writes Bᵀ x B of a channel of a tile; `read(row, column)` returns the elements under it. */
template <typename Read>
inline void writeSourceTile(const Read& read, long pitch, Vector* to) {
  Vector b[4], d[4];
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) b[j] = read(1, j), d[j] = read(2, j);
  writeSourceRow(read(0, 0) - d[0], read(0, 1) - d[1], read(0, 2) - d[2], read(0, 3) - d[3], pitch, to);
  writeSourceRow(b[0] + d[0], b[1] + d[1], b[2] + d[2], b[3] + d[3], pitch, to + 4 * pitch);
  writeSourceRow(d[0] - b[0], d[1] - b[1], d[2] - b[2], d[3] - b[3], pitch, to + 8 * pitch);
  writeSourceRow(b[0] - read(3, 0), b[1] - read(3, 1), b[2] - read(3, 2), b[3] - read(3, 3), pitch, to + 12 * pitch);
}

/** Returns so many zeros, for the pixels beside a map. */
inline const Vector* zerosOf(int length) {
  thread_local std::vector<Scratch<Vector>> kept(1);
  thread_local int count = 0;
  Vector* zeros = kept[0].atLeast(length);
  if (length > count) std::fill_n(zeros, count = length, Vector{});
  return zeros;
}

/** Vectors from a place of a transformed tile, and from a channel, to the next. */
struct SourcePitch {
  long place, channel;
};

/** Transforms the elements under some tiles of a row of tiles. */
inline void transformTiles(const Tiling& t, const Vector* map, int tileRow, int first, int count, SourcePitch pitch,
                           Vector* to) {
  const Vector* zeros = zerosOf(4 * t.channels);
  const int top = 2 * tileRow - t.paddingHeight;
  for (int left = 2 * first - t.paddingWidth, n = 0; n < count; n++, left += 2) {
    const Vector* rows[4];
    for (int i = 0; i < 4; i++) {
      const int row = top + i;
      rows[i] = row >= 0 && row < t.height ? map + (static_cast<long>(row) * t.width + left) * t.channels : zeros;
    }
    // Under most tiles no column is beside the map, and four addresses are enough.
    if (left >= 0 && left + 3 < t.width) {
      for (int c = 0; c < t.channels; c++, to += pitch.channel)
        writeSourceTile([&](int i, int j) { return rows[i][j * t.channels + c]; }, pitch.place, to);
      continue;
    }
    const Vector* x[4][4];
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++)
        x[i][j] = left + j >= 0 && left + j < t.width ? rows[i] + j * t.channels : zeros;
    for (int c = 0; c < t.channels; c++, to += pitch.channel)
      writeSourceTile([&](int i, int j) { return x[i][j][c]; }, pitch.place, to);
  }
}

/** Transforms the elements under rows of tiles to places × tiles × channels. */
inline void transformSource(const Tiling& t, const Vector* const* maps, TileRows rows, const Transformed& to) {
  Vector* numbers = to.numbers;
  for (int r = rows.first; r < rows.first + rows.count; r++, numbers += static_cast<long>(t.tileColumns()) * t.channels)
    transformTiles(t, maps[r / t.tileRows()], r % t.tileRows(), 0, t.tileColumns(), {to.pitch(), 1}, numbers);
}

/** Transforms the elements under some tiles of a row to tiles × channels × places. */
inline void transformFewTiles(const Tiling& t, const Vector* map, int tileRow, int first, int count, Vector* to) {
  transformTiles(t, map, tileRow, first, count, {1, places}, to);
}

/** Numbers from the plane of a place to the next one: an odd number of cache lines, as `pitchOf` has it. */
inline long placePitch(long plane) { return (divideUp(static_cast<int>(plane), 16) | 1) * 16L; }

/** Writes G w for three elements of a filter. */
template <typename T>
inline void transformLine(T first, T middle, T last, T (&u)[4]) {
  const T outer = (first + last) * 0.5f, half = middle * 0.5f;
  u[0] = first;
  u[1] = outer + half;
  u[2] = outer - half;
  u[3] = last;
}

/** Computes G w Gᵀ of one number, or one vector, of each plane. */
template <typename T, typename Read, typename Write>
inline void transformFilterAt(const Read& read, const Write& write) {
  T rows[3][4], u[4];
#pragma GCC unroll 3
  for (int i = 0; i < 3; i++) transformLine<T>(read(3 * i), read(3 * i + 1), read(3 * i + 2), rows[i]);
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    transformLine<T>(rows[0][j], rows[1][j], rows[2][j], u);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) write(4 * i + j, u[i]);
  }
}

/** Computes a plane G w Gᵀ of channels × filters for each place, from a plane for each element of the filter. */
inline void transformFilter(const float* filter, long plane, float* to) {
  const long pitch = placePitch(plane);
  long at = 0;
  for (; at + LANES <= plane; at += LANES)
    transformFilterAt<Vector>([&](int element) { return loaded(filter + element * plane + at); },
                              [&](int place, Vector value) { stored(to + place * pitch + at, value); });
  for (; at < plane; at++)
    transformFilterAt<float>([&](int element) { return filter[element * plane + at]; },
                             [&](int place, float value) { to[place * pitch + at] = value; });
}

/** Where the results of a row of tiles go; of an odd number of rows the last is left out, `lower` is null then. */
struct ResultRows {
  Vector *upper, *lower;
};

/**
 * Writes Aᵀ m A of some filters of a tile; of an odd number of columns the last is left out. `pitch`: from a place to the
 * next one; `right`: from a result to the one beside it, or 0 if that is left out.
 */
inline void writeTile(const Vector* from, long pitch, int filters, long right, ResultRows to) {
  for (int f = 0; f < filters; f++, from++) {
    Vector left[4], beside[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      const Vector* row = from + 4 * i * pitch;
      const Vector b = row[pitch], c = row[2 * pitch];
      left[i] = row[0] + b + c;
      beside[i] = b - c - row[3 * pitch];
    }
    to.upper[f] = left[0] + left[1] + left[2];
    if (right) to.upper[f + right] = beside[0] + beside[1] + beside[2];
    if (!to.lower) continue;
    to.lower[f] = left[1] - left[2] - left[3];
    if (right) to.lower[f + right] = beside[1] - beside[2] - beside[3];
  }
}

/** Some filters' products of tiles, and the vectors from a place and from a tile to the next. */
struct TileProducts {
  const Vector* numbers;
  long pitch;
  int tilePitch;
  int filter, filters;
};

/** Writes the results of `count` tiles of a row, each pixel of which has `filters`. */
inline void writeTiles(const Tiling& t, const TileProducts& m, int filters, int first, int count, ResultRows rows) {
  const Vector* from = m.numbers;
  for (int n = first; n < first + count; n++, from += m.tilePitch) {
    const long at = 2L * n * filters + m.filter;
    writeTile(from, m.pitch, m.filters, 2 * n + 1 < t.columns ? filters : 0,
              {rows.upper + at, rows.lower ? rows.lower + at : nullptr});
  }
}

}  // namespace
