/**
 * The gradient of a filter of 3 × 3 by Winograd's tiles: that of y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A (`winograd.h`), which is
 * Gᵀ [Σ (Bᵀ x B) ⊙ (A y' Aᵀ)] G, summed over tiles and images. For each place, the sums are a product of matrices:
 * channels × tiles by tiles × filters.
 */
#pragma once
#include "../filterGradient.h"
#include "winograd.h"

namespace {

/** Writes a row of A y' Aᵀ from a row of A y'. */
inline void writeGradientRow(Vector a, Vector b, long pitch, Vector* to) {
  to[0] = a;
  to[pitch] = a + b;
  to[2 * pitch] = a - b;
  to[3 * pitch] = -b;
}

/** Writes A y' Aᵀ of some filters of a tile; `y` has the pixels of the tile. */
inline void transformGradientTile(const Vector* const (&y)[4], int first, int count, long pitch, Vector* to) {
  for (int f = first; f < first + count; f++, to++) {
    const Vector a = y[0][f], b = y[1][f], c = y[2][f], d = y[3][f];
    writeGradientRow(a, b, pitch, to);
    writeGradientRow(a + c, b + d, pitch, to + 4 * pitch);
    writeGradientRow(a - c, b - d, pitch, to + 8 * pitch);
    writeGradientRow(-c, -d, pitch, to + 12 * pitch);
  }
}

/** Transforms the gradients of a convolution's output, of which several maps are given with `pitch` elements in a row. */
inline void transformGradient(const Tiling& t, const Vector* const* gradients, long pitch, TileRows rows,
                              const Transformed& to) {
  const int filters = to.channels;
  const Vector* zeros = zerosOf(filters);
  int tile = 0;
  for (int r = rows.first; r < rows.first + rows.count; r++) {
    const int row = 2 * (r % t.tileRows());
    const Vector* map = gradients[r / t.tileRows()];
    for (int column = 0; column < t.columns; column += 2, tile++) {
      const Vector* y[4];
      for (int n = 0; n < 4; n++) {
        const bool inside = row + n / 2 < t.rows && column + n % 2 < t.columns;
        y[n] = inside ? map + (row + n / 2) * pitch + static_cast<long>(column + n % 2) * filters : zeros;
      }
      forPanels(to, tile, [&](int first, int count, Vector* at) {
        transformGradientTile(y, first, count, to.pitch(), at);
      });
    }
  }
}

/** Writes Gᵀ u for four places. */
template <typename T>
inline void transformLineBack(T a, T b, T c, T d, T (&w)[3]) {
  const T sum = (b + c) * 0.5f;
  w[0] = a + sum;
  w[1] = (b - c) * 0.5f;
  w[2] = sum + d;
}

/** Computes Gᵀ u G of one number, or one vector, of each plane. */
template <typename T, typename Read, typename Write>
inline void transformFilterBackAt(const Read& read, const Write& write) {
  T rows[4][3], w[3];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    transformLineBack<T>(read(4 * i), read(4 * i + 1), read(4 * i + 2), read(4 * i + 3), rows[i]);
#pragma GCC unroll 3
  for (int j = 0; j < 3; j++) {
    transformLineBack<T>(rows[0][j], rows[1][j], rows[2][j], rows[3][j], w);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) write(3 * i + j, w[i]);
  }
}

/** Computes Gᵀ u G: a plane of channels × filters for each element of the filter, from one for each place. */
inline void transformFilterBack(const float* u, long plane, float* filter) {
  const long pitch = placePitch(plane);
  long at = 0;
  for (; at + LANES <= plane; at += LANES)
    transformFilterBackAt<Vector>([&](int place) { return loaded(u + place * pitch + at); },
                                  [&](int element, Vector value) { stored(filter + element * plane + at, value); });
  for (; at < plane; at++)
    transformFilterBackAt<float>([&](int place) { return u[place * pitch + at]; },
                                 [&](int element, float value) { filter[element * plane + at] = value; });
}

/** Channels and filters of a block of sums: AVX2 has 16 registers. */
constexpr BlockSize tileBlock = {6, 2};

/** Transformed tiles of both maps at a time, in bytes. */
constexpr long gradientBytesAtOnce = 1024 * 1024;

/**
 * Returns whether tiles take less time for the filter's gradient: measured as for `hasFastTiles`. With 16 lanes they never do;
 * sums of more weights do not stay in the second cache, and small maps have too few tiles for the sums over lanes.
 */
inline bool hasFastTileSums(const stride::Convolution& c) {
  const long plane = static_cast<long>(c.channels) * c.filters;
  return LANES == 8 && canHaveTiles(c) && c.channels >= 16 && c.filters >= 16 && plane <= 2048 &&
         c.rows() * c.columns() >= 49;
}

/** Adds the products of several maps; the first and the last call say so. */
class TileGradientSum {
 public:
  /** `pitch`: elements in a row of the output's gradient. */
  TileGradientSum(const Tiling& t, int filters, long pitch, float* result)
      : t_(t), filters_(filters), pitch_(pitch), result_(result) {
    thread_local Scratch<Vector> sums;
    thread_local Scratch<float> planes;
    plane_ = static_cast<long>(t.channels) * filters;
    sums_ = sums.atLeast(places * plane_);
    planes_ = planes.atLeast(places * placePitch(plane_));
  }

  void add(const Vector* const* sources, const Vector* const* gradients, int maps, bool isFirst, bool isLast) {
    thread_local Scratch<Vector> memory;
    const int all = maps * t_.tileRows();
    const long rowBytes = static_cast<long>(places * sizeof(Vector)) * (t_.channels + filters_) * t_.tileColumns();
    const int atOnce = static_cast<int>(std::clamp<long>(gradientBytesAtOnce / rowBytes, 1, all));
    for (int first = 0; first < all; first += atOnce) {
      const TileRows rows{first, std::min(atOnce, all - first)};
      const int tiles = rows.count * t_.tileColumns();
      Transformed x{nullptr, tiles, t_.channels, tileBlock.elements};
      Transformed y{nullptr, tiles, filters_, tileBlock.filters};
      x.numbers = memory.atLeast(places * (x.pitch() + y.pitch()));
      y.numbers = x.numbers + places * x.pitch();
      transformSource(t_, sources, rows, x);
      transformGradient(t_, gradients, pitch_, rows, y);
      addProducts(x, y, isFirst && first == 0, isLast && first + rows.count == all);
    }
    if (isLast) transformFilterBack(planes_, plane_, result_);
  }

 private:
  void addProducts(const Transformed& x, const Transformed& y, bool isFirst, bool isLast) {
    GradientBlock block{};
    block.groups = block.rows = 1;
    block.columns = x.tiles;
    block.filters = filters_;
    block.isFirst = isFirst;
    block.isLast = isLast;
    for (int place = 0; place < places; place++)
      for (int c = 0; c < x.channels; c += x.panel) {
        const int channels = std::min(x.panel, x.channels - c);
        const Vector* source = x.numbers + place * x.pitch() + static_cast<long>(c) * x.tiles;
        block.source = {channels, 0, &source, 0};
        for (int f = 0; f < filters_; f += y.panel) {
          const int filters = std::min(y.panel, filters_ - f);
          const Vector* gradient = y.numbers + place * y.pitch() + static_cast<long>(f) * y.tiles;
          block.gradient = {filters, 0, &gradient, 0};
          const long at = static_cast<long>(c) * filters_ + f;
          block.sums = sums_ + place * plane_ + at;
          block.result = planes_ + place * placePitch(plane_) + at;
          addBlockOf(channels, filters, block);
        }
      }
  }

  const Tiling t_;
  int filters_;
  long pitch_;
  float* result_;
  long plane_;
  Vector* sums_;
  float* planes_;
};

}  // namespace
