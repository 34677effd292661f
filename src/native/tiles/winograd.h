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
 * Returns whether tiles take less time than a sliding window. The share of its time that they take was measured for maps of
 * 4² to 28² and 8 to 64 channels and filters (docs/performance/log.md): the products, and for each of them the parts of
 * the transformed tiles, which do not stay in the first cache.
 */
inline bool hasFastTiles(const Tiling& t, int filters) {
  const float products = LANES == 16 ? 0.6f : 0.55f, tiles = LANES == 16 ? 3.6f : 2.3f;
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

/** Writes Bᵀ x B of all channels of a tile; `x` has the pixels under it. */
inline void transformSourceTile(const Vector* const (&x)[4][4], int channels, long pitch, Vector* to) {
  for (int c = 0; c < channels; c++, to++) {
    Vector b[4], d[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) b[j] = x[1][j][c], d[j] = x[2][j][c];
    writeSourceRow(x[0][0][c] - d[0], x[0][1][c] - d[1], x[0][2][c] - d[2], x[0][3][c] - d[3], pitch, to);
    writeSourceRow(b[0] + d[0], b[1] + d[1], b[2] + d[2], b[3] + d[3], pitch, to + 4 * pitch);
    writeSourceRow(d[0] - b[0], d[1] - b[1], d[2] - b[2], d[3] - b[3], pitch, to + 8 * pitch);
    writeSourceRow(b[0] - x[3][0][c], b[1] - x[3][1][c], b[2] - x[3][2][c], b[3] - x[3][3][c], pitch,
                   to + 12 * pitch);
  }
}

/** Returns as many zeros as a pixel has channels, for pixels beside a map. */
inline const Vector* zerosOf(int channels) {
  thread_local std::vector<Scratch<Vector>> kept(1);
  thread_local int count = 0;
  Vector* zeros = kept[0].atLeast(channels);
  if (channels > count) std::fill_n(zeros, count = channels, Vector{});
  return zeros;
}

/** Transforms the elements under tiles. */
inline void transformSource(const Tiling& t, const Vector* const* maps, TileRows rows, const Transformed& to) {
  const Vector* zeros = zerosOf(t.channels);
  int tile = 0;
  for (int r = rows.first; r < rows.first + rows.count; r++) {
    const Vector* map = maps[r / t.tileRows()];
    const int top = 2 * (r % t.tileRows()) - t.paddingHeight;
    for (int left = -t.paddingWidth, n = 0; n < t.tileColumns(); n++, left += 2, tile++) {
      const Vector* x[4][4];
      for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
          const int row = top + i, column = left + j;
          const bool inside = row >= 0 && row < t.height && column >= 0 && column < t.width;
          x[i][j] = inside ? map + (static_cast<long>(row) * t.width + column) * t.channels : zeros;
        }
      transformSourceTile(x, t.channels, to.pitch(), to.numbers + static_cast<long>(tile) * t.channels);
    }
  }
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

/** Filters and tiles of a block of sums: AVX2 has 16 registers, AVX-512 has 32. */
constexpr int filtersAtOnce = LANES == 16 ? 8 : 4;
constexpr int tilesAtOnce = 3;

/** A product of some tiles by some filters at one place. */
struct TileProduct {
  const Vector* x;
  int channels;
  const float* weights;
  int filters;
  const float* bias;
  Vector* result;
};

template <int Filters, int Tiles>
void multiplyBlock(const TileProduct p) {
  Vector sums[Filters][Tiles];
#pragma GCC unroll 8
  for (int f = 0; f < Filters; f++)
#pragma GCC unroll 4
    for (int tile = 0; tile < Tiles; tile++) sums[f][tile] = splat(p.bias ? p.bias[f] : 0);
  const float* w = p.weights;
  for (int c = 0; c < p.channels; c++, w += p.filters) {
    Vector of[Tiles];
#pragma GCC unroll 4
    for (int tile = 0; tile < Tiles; tile++) of[tile] = p.x[tile * p.channels + c];
#pragma GCC unroll 8
    for (int f = 0; f < Filters; f++)
#pragma GCC unroll 4
      for (int tile = 0; tile < Tiles; tile++) sums[f][tile] += w[f] * of[tile];
  }
#pragma GCC unroll 4
  for (int tile = 0; tile < Tiles; tile++)
#pragma GCC unroll 8
    for (int f = 0; f < Filters; f++) p.result[tile * p.filters + f] = sums[f][tile];
}

template <int Filters>
void multiplyTiles(TileProduct p, int tiles) {
  for (; tiles >= tilesAtOnce; tiles -= tilesAtOnce) {
    multiplyBlock<Filters, tilesAtOnce>(p);
    p.x += tilesAtOnce * p.channels;
    p.result += tilesAtOnce * p.filters;
  }
  if (tiles == 2) multiplyBlock<Filters, 2>(p);
  if (tiles == 1) multiplyBlock<Filters, 1>(p);
}

/** Computes the products of all tiles by all filters at one place. */
inline void multiplyPlace(TileProduct p, int tiles) {
  for (int rest = p.filters; rest > 0;) {
    const int count = rest >= filtersAtOnce ? filtersAtOnce : rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
    if (count == filtersAtOnce) multiplyTiles<filtersAtOnce>(p, tiles);
    else if (count == 4) multiplyTiles<4>(p, tiles);
    else if (count == 2) multiplyTiles<2>(p, tiles);
    else multiplyTiles<1>(p, tiles);
    rest -= count;
    p.weights += count;
    p.result += count;
    if (p.bias) p.bias += count;
  }
}

/** Writes Aᵀ m A of a row of tiles; of an odd number of rows or columns the last is left out, `lower` is null then. */
inline void writeResults(const Transformed& m, int tile, int columns, Vector* upper, Vector* lower) {
  const long pitch = m.pitch();
  const int filters = m.channels;
  const Vector* from = m.numbers + static_cast<long>(tile) * filters;
  for (int column = 0; column < columns; column += 2) {
    const bool isWhole = column + 1 < columns;
    for (int f = 0; f < filters; f++, from++) {
      Vector left[4], right[4];
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        const Vector* row = from + 4 * i * pitch;
        const Vector b = row[pitch], c = row[2 * pitch];
        left[i] = row[0] + b + c;
        right[i] = b - c - row[3 * pitch];
      }
      const long at = static_cast<long>(column) * filters + f;
      upper[at] = left[0] + left[1] + left[2];
      if (isWhole) upper[at + filters] = right[0] + right[1] + right[2];
      if (!lower) continue;
      lower[at] = left[1] - left[2] - left[3];
      if (isWhole) lower[at + filters] = right[1] - right[2] - right[3];
    }
  }
}

/** Bytes of transformed tiles at a time: with the products and the filter, they stay in the second cache. */
constexpr long bytesAtOnce = 512 * 1024;

/**
 * Computes the convolution of several maps by a transformed filter and calls `tileRow(map, row, products, tile)` for
 * each row of tiles.
 */
template <typename TileRow>
void slideTiles(const Tiling& t, int maps, const Vector* const* sources, const float* transformed, int filters,
                const float* bias, const TileRow& tileRow) {
  thread_local Scratch<Vector> memory;
  const int all = maps * t.tileRows();
  const long tileBytes = static_cast<long>(places * sizeof(Vector)) * std::max(t.channels, filters);
  const int atOnce = static_cast<int>(std::clamp<long>(bytesAtOnce / (tileBytes * t.tileColumns()), 1, all));
  const int most = atOnce * t.tileColumns();
  Transformed x{nullptr, most, t.channels}, products{nullptr, most, filters};
  x.numbers = memory.atLeast(places * (x.pitch() + products.pitch()));
  products.numbers = x.numbers + places * x.pitch();
  for (int first = 0; first < all; first += atOnce) {
    const TileRows rows{first, std::min(atOnce, all - first)};
    transformSource(t, sources, rows, x);
    for (int place = 0; place < places; place++)
      // The place in the second row and column counts in all four results.
      multiplyPlace({x.numbers + place * x.pitch(), t.channels,
                     transformed + place * placePitch(static_cast<long>(t.channels) * filters), filters,
                     place == 5 ? bias : nullptr, products.numbers + place * products.pitch()},
                    rows.count * t.tileColumns());
    for (int n = 0; n < rows.count; n++)
      tileRow((first + n) / t.tileRows(), (first + n) % t.tileRows(), products, n * t.tileColumns());
  }
}

}  // namespace
