/**
 * The gradient of a filter of 3 × 3 by Winograd's tiles (`winograd.h`). Where y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A, the gradient is
 * Gᵀ [Σ (A dy Aᵀ) ⊙ (Bᵀ x B)] G, so that a tile of 2 × 2 outputs takes 16 products for each channel and filter instead of
 * 36. For each place they are a product of matrices with filters in the lanes, as in `filterProduct.h`: channels × (tiles and
 * images) by (tiles and images) × filters.
 */
#pragma once
#include "../filterProduct.h"
#include "winograd.h"

namespace {

/** Bytes of transformed tiles and gradients at a time: they stay in the second cache. */
constexpr long gradientBytesAtOnce = 512 * 1024;


/** Bytes of a transformed tile, and of its gradient by the filters of a panel. */
inline long gradientTileBytes(int channels, int filters) {
  return static_cast<long>(places * sizeof(Vector)) * (channels + LANES * panelOf(divideUp(filters, LANES)));
}

/** Returns whether a tile, its gradient and the sums stay in the first cache, so that the sums are passed by for each tile. */
inline bool isSmallGradient(int channels, int filters) {
  const long sums = static_cast<long>(places * sizeof(Vector)) * channels * divideUp(filters, LANES);
  return gradientTileBytes(channels, filters) + sums <= 48 * 1024;
}

/** Returns the part of a window's elements along one axis that are in the map, over all windows. */
inline float insideOf(int size, int count, int padding) {
  int inside = 0;
  for (int element = 0; element < 3; element++) {
    const Reach reach = reachOf(element, size, count, padding, 1);
    inside += reach.to - reach.from;
  }
  return static_cast<float>(inside) / static_cast<float>(3 * count);
}

/**
 * Returns whether tiles take less time than the plain product, which leaves out the elements beside the map. As in
 * `hasFastTiles`, the share of its time was measured, for 14 shapes of 4² to 28² and 8 to 128 channels and filters.
 */
inline bool hasFastTiledGradient(const Tiling& t, int filters) {
  if (!t.isPossible) return false;
  const float inside = insideOf(t.height, t.rows, t.paddingHeight) * insideOf(t.width, t.columns, t.paddingWidth);
  const float parts = 1 / static_cast<float>(t.channels) + 1 / static_cast<float>(filters);
  const float tiles = LANES == 16 ? 2.8f : isSmallGradient(t.channels, filters) ? 0.8f : 1.6f;
  return wasteOf(t) * (0.55f + tiles * parts) < 0.95f * inside;
}

/** Adds the products of several groups; the first and the last call say so. */
class TiledFilterGradient {
 public:
  /** `gradientPitch`: elements in a row of the output's gradient. */
  TiledFilterGradient(const stride::Convolution& c, const Tiling& tiling, long gradientPitch, float* result)
      : c_(c), tiling_(tiling), gradientPitch_(gradientPitch), result_(result) {
    vectors_ = divideUp(c.filters, LANES);
    panel_ = panelOf(vectors_);
    thread_local Scratch<float> memory;
    sums_ = memory.atLeast(places * placeSize());
  }

  static int groupsAtOnce(const stride::Convolution& c, const Tiling& t) {
    const long group = gradientTileBytes(c.channels, c.filters) * t.tileRows() * t.tileColumns();
    return static_cast<int>((gradientBytesAtOnce + group - 1) / group);
  }

  void add(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst, bool isLast) {
    if (isSmallGradient(c_.channels, c_.filters)) addSingleTiles(sources, gradients, groups, isFirst);
    else addManyTiles(sources, gradients, groups, isFirst);
    if (isLast) writeResult();
  }

 private:
  /** Adds one tile at a time. */
  void addSingleTiles(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst) {
    thread_local Scratch<Vector> memory;
    const Tiling& t = tiling_;
    const long size = static_cast<long>(places) * t.channels;
    Vector* x = memory.atLeast(size + static_cast<long>(places) * LANES * panel_);
    for (int group = 0; group < groups; group++)
      for (int row = 0; row < t.tileRows(); row++)
        for (int column = 0; column < t.tileColumns(); column++) {
          transformFewTiles(t, sources[group], row, column, 1, x);
          const SingleTile tile{gradients[group], x, x + size, row, column, isFirst};
          for (int vector = 0; vector < vectors_; vector += panel_) {
            const int count = std::min(panel_, vectors_ - vector);
            if (count == 1) addPanel<1>(tile, vector);
            else if (count == 2) addPanel<2>(tile, vector);
            else addPanel<3>(tile, vector);
          }
          isFirst = false;
        }
  }

  /** A tile whose elements have been transformed to `x`; `dy` is for its gradient. */
  struct SingleTile {
    const Vector *gradients, *x;
    Vector* dy;
    int row, column;
    bool isFirst;
  };

  template <int Vectors>
  void addPanel(const SingleTile& tile, int vector) const {
    transformGradientTiles<Vectors>(tile.gradients, tile.row, tile.column, 1, vector, {Vectors, places * Vectors}, tile.dy);
    PixelProducts p{};
    p.groups = p.rows = p.columns = 1;
    p.sumsPitch = static_cast<long>(vectors_) * LANES;
    p.isFirst = tile.isFirst;
    for (int place = 0; place < places; place++) {
      const Vector* source = tile.x + place;
      p.sources = &source;
      p.gradient = tile.dy + place * Vectors;
      p.sums = sums_ + place * placeSize() + vector * LANES;
      addElements<Vectors, places>(p, c_.channels);
    }
  }

  /** Adds many tiles at a time, so that the sums of a place stay in the first cache while they pass by. */
  void addManyTiles(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst) {
    thread_local Scratch<Vector> memory;
    const Tiling& t = tiling_;
    const int all = groups * t.tileRows();
    const long rowBytes = gradientTileBytes(c_.channels, c_.filters) * t.tileColumns();
    const int atOnce = static_cast<int>(std::clamp<long>(gradientBytesAtOnce / rowBytes, 1, all));
    const int most = atOnce * t.tileColumns();
    x_ = {nullptr, most, c_.channels};
    dy_ = {nullptr, most, LANES * panel_};
    x_.numbers = memory.atLeast(places * (x_.pitch() + dy_.pitch()));
    dy_.numbers = x_.numbers + places * x_.pitch();
    for (int first = 0; first < all; first += atOnce) {
      const TileRows rows{first, std::min(atOnce, all - first)};
      transformSource(t, sources, rows, x_);
      for (int vector = 0; vector < vectors_; vector += panel_) {
        const int count = std::min(panel_, vectors_ - vector);
        if (count == 1) addPanel<1>(gradients, rows, vector, isFirst && first == 0);
        else if (count == 2) addPanel<2>(gradients, rows, vector, isFirst && first == 0);
        else addPanel<3>(gradients, rows, vector, isFirst && first == 0);
      }
    }
  }

  /** Numbers of the sums of a place, channels × filters. */
  long placeSize() const { return static_cast<long>(c_.channels) * vectors_ * LANES; }

  template <int Vectors>
  void addPanel(const Vector* const* gradients, TileRows rows, int vector, bool isFirst) const {
    transformGradients<Vectors>(gradients, rows, vector);
    for (int place = 0; place < places; place++) {
      const Vector* source = x_.numbers + place * x_.pitch();
      PixelProducts p{};
      p.groups = p.rows = 1;
      p.columns = rows.count * tiling_.tileColumns();
      p.sources = &source;
      p.step = c_.channels;
      p.gradient = dy_.numbers + place * dy_.pitch();
      p.sums = sums_ + place * placeSize() + vector * LANES;
      p.sumsPitch = static_cast<long>(vectors_) * LANES;
      p.isFirst = isFirst;
      addElements<Vectors>(p, c_.channels);
    }
  }

  /** Writes A dy Aᵀ of the filters of a panel, for each tile images × filters. */
  template <int Vectors>
  void transformGradients(const Vector* const* gradients, TileRows rows, int vector) const {
    Vector* to = dy_.numbers;
    for (int r = rows.first; r < rows.first + rows.count; r++)
      to = transformGradientTiles<Vectors>(gradients[r / tiling_.tileRows()], r % tiling_.tileRows(), 0,
                                           tiling_.tileColumns(), vector, {dy_.pitch(), Vectors}, to);
  }

  /** Vectors from one place, and from one image, to the next. */
  struct GradientPitch {
    long place, image;
  };

  /** Writes those of some tiles of a row, and returns where the next tile's would be. */
  template <int Vectors>
  Vector* transformGradientTiles(const Vector* map, int tileRow, int first, int count, int vector, GradientPitch pitch,
                                 Vector* to) const {
    constexpr int size = LANES * Vectors;
    const int filter = vector * LANES, filters = std::min(size, c_.filters - filter), top = 2 * tileRow;
    Vector pixels[4][size];
    if (filters < size) std::fill_n(pixels[0], 4 * size, Vector{});
    for (int left = 2 * first, n = 0; n < count; n++, left += 2) {
      for (int pixel = 0; pixel < 4; pixel++) {
        const int row = top + pixel / 2, column = left + pixel % 2;
        if (row < c_.rows() && column < c_.columns())
          transpose(reinterpret_cast<const float*>(map + filter + row * gradientPitch_ +
                                                   static_cast<long>(column) * c_.filters),
                    filters, LANES, LANES, reinterpret_cast<float*>(pixels[pixel]), size);
        else std::fill_n(pixels[pixel], size, Vector{});
      }
      for (int image = 0, at = 0; image < LANES; image++, to += pitch.image)
        for (int v = 0; v < Vectors; v++, at++) {
          const Vector a = pixels[0][at], b = pixels[1][at], c = pixels[2][at], d = pixels[3][at];
          writeGradientRow(a, b, pitch.place, to + v);
          writeGradientRow(a + c, b + d, pitch.place, to + v + 4 * pitch.place);
          writeGradientRow(a - c, b - d, pitch.place, to + v + 8 * pitch.place);
          writeGradientRow(-c, -d, pitch.place, to + v + 12 * pitch.place);
        }
    }
    return to;
  }

  /** Writes a row of A dy Aᵀ from a row of A dy. */
  static void writeGradientRow(Vector left, Vector right, long pitch, Vector* to) {
    to[0] = left;
    to[pitch] = left + right;
    to[2 * pitch] = left - right;
    to[3 * pitch] = -right;
  }

  /** Writes Gᵀ u G of the sums u. */
  void writeResult() const {
    const long size = placeSize(), plane = static_cast<long>(c_.channels) * c_.filters;
    for (int channel = 0; channel < c_.channels; channel++)
      for (int vector = 0; vector < vectors_; vector++) {
        const float* from = sums_ + (static_cast<long>(channel) * vectors_ + vector) * LANES;
        float* to = result_ + static_cast<long>(channel) * c_.filters + vector * LANES;
        const int filters = std::min(LANES, c_.filters - vector * LANES);
        Vector rows[3][4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) {
          const Vector *u = reinterpret_cast<const Vector*>(from + j * size);
          const long row = 4 * size / LANES;
          const Vector sum = (u[row] + u[2 * row]) * 0.5f;
          rows[0][j] = u[0] + sum;
          rows[1][j] = (u[row] - u[2 * row]) * 0.5f;
          rows[2][j] = sum + u[3 * row];
        }
#pragma GCC unroll 3
        for (int i = 0; i < 3; i++) {
          const Vector(&u)[4] = rows[i];
          const Vector sum = (u[1] + u[2]) * 0.5f;
          const Vector line[3] = {u[0] + sum, (u[1] - u[2]) * 0.5f, sum + u[3]};
#pragma GCC unroll 3
          for (int j = 0; j < 3; j++) {
            if (filters == LANES) stored(to + (3 * i + j) * plane, line[j]);
            else std::memcpy(to + (3 * i + j) * plane, &line[j], sizeof(float) * static_cast<size_t>(filters));
          }
        }
      }
  }

  const stride::Convolution c_;
  const Tiling tiling_;
  long gradientPitch_;
  float *result_, *sums_;
  int vectors_, panel_;
  /** Transformed elements and gradients. */
  Transformed x_{}, dy_{};
};

}  // namespace
