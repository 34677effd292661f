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
  return wasteOf(t) * (0.55f + (LANES == 16 ? 2.8f : 1.6f) * parts) < 0.95f * inside;
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
    const long group = tileBytes(c) * t.tileRows() * t.tileColumns();
    return static_cast<int>((gradientBytesAtOnce + group - 1) / group);
  }

  void add(const Vector* const* sources, const Vector* const* gradients, int groups, bool isFirst, bool isLast) {
    thread_local Scratch<Vector> memory;
    const Tiling& t = tiling_;
    const int all = groups * t.tileRows();
    const int atOnce =
        static_cast<int>(std::clamp<long>(gradientBytesAtOnce / (tileBytes(c_) * t.tileColumns()), 1, all));
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
    if (isLast) writeResult();
  }

 private:
  static long tileBytes(const stride::Convolution& c) {
    return static_cast<long>(places * sizeof(Vector)) * (c.channels + LANES * panelOf(divideUp(c.filters, LANES)));
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
    constexpr int size = LANES * Vectors;
    const int filter = vector * LANES, filters = std::min(size, c_.filters - filter);
    Vector pixels[4][size] = {};
    const long pitch = dy_.pitch();
    Vector* tile = dy_.numbers;
    for (int r = rows.first; r < rows.first + rows.count; r++) {
      const Vector* map = gradients[r / tiling_.tileRows()] + filter;
      const int top = 2 * (r % tiling_.tileRows());
      for (int left = 0; left < c_.columns(); left += 2, tile += size) {
        for (int pixel = 0; pixel < 4; pixel++) {
          const int row = top + pixel / 2, column = left + pixel % 2;
          if (row < c_.rows() && column < c_.columns())
            transpose(reinterpret_cast<const float*>(map + row * gradientPitch_ + static_cast<long>(column) * c_.filters),
                      filters, LANES, LANES, reinterpret_cast<float*>(pixels[pixel]), size);
          else std::fill_n(pixels[pixel], size, Vector{});
        }
        for (int n = 0; n < size; n++) {
          const Vector a = pixels[0][n], b = pixels[1][n], c = pixels[2][n], d = pixels[3][n];
          writeGradientRow(a, b, pitch, tile + n);
          writeGradientRow(a + c, b + d, pitch, tile + n + 4 * pitch);
          writeGradientRow(a - c, b - d, pitch, tile + n + 8 * pitch);
          writeGradientRow(-c, -d, pitch, tile + n + 12 * pitch);
        }
      }
    }
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
