/** Convolutions by Winograd's tiles: the products of transformed tiles by a transformed filter, place by place (`winograd.h`). */
#pragma once
#include "winograd.h"

namespace {

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
  /** Vectors from a tile's results to those of the next. */
  int pitch;
};

/** `Step`: vectors from a channel of a tile to the next one. */
template <int Filters, int Tiles, int Step>
void multiplyBlock(const TileProduct p) {
  Vector sums[Filters][Tiles];
#pragma GCC unroll 8
  for (int f = 0; f < Filters; f++)
#pragma GCC unroll 4
    for (int tile = 0; tile < Tiles; tile++) sums[f][tile] = splat(p.bias ? p.bias[f] : 0);
  const float* w = p.weights;
  const Vector* x = p.x;
  for (int c = 0; c < p.channels; c++, w += p.filters, x += Step) {
    Vector of[Tiles];
#pragma GCC unroll 4
    for (int tile = 0; tile < Tiles; tile++) of[tile] = x[tile * p.channels * Step];
#pragma GCC unroll 8
    for (int f = 0; f < Filters; f++)
#pragma GCC unroll 4
      for (int tile = 0; tile < Tiles; tile++) sums[f][tile] += w[f] * of[tile];
  }
#pragma GCC unroll 4
  for (int tile = 0; tile < Tiles; tile++)
#pragma GCC unroll 8
    for (int f = 0; f < Filters; f++) p.result[tile * p.pitch + f] = sums[f][tile];
}

template <int Filters>
void multiplyTiles(TileProduct p, int tiles) {
  for (; tiles >= tilesAtOnce; tiles -= tilesAtOnce) {
    multiplyBlock<Filters, tilesAtOnce, 1>(p);
    p.x += tilesAtOnce * p.channels;
    p.result += tilesAtOnce * p.pitch;
  }
  if (tiles == 2) multiplyBlock<Filters, 2, 1>(p);
  if (tiles == 1) multiplyBlock<Filters, 1, 1>(p);
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

/** Bytes of transformed tiles at a time: with the products and the filter, they stay in the second cache. */
constexpr long bytesAtOnce = 512 * 1024;

/** A convolution of several maps by a transformed filter; `bias` may be null. */
struct TiledSlide {
  Tiling tiling;
  int maps;
  const Vector* const* sources;
  const float* transformed;
  int filters;
  const float* bias;

  const float* weights(int place) const {
    return transformed + place * placePitch(static_cast<long>(tiling.channels) * filters);
  }
  /** The place in the second row and column counts in all four results. */
  const float* biasAt(int place) const { return place == 5 ? bias : nullptr; }
};

/** Tiles of a few, and filters of their block of sums: fewer tiles than of many, so that they leave room in the first cache. */
constexpr int fewTiles = 2;
constexpr int filtersOfFew = LANES == 16 ? 8 : 6;

/** Returns how many filters the next block has if so many are left; two blocks of 4 take less time than one of 6 and one of 2. */
inline int blockOfFew(int left) {
  return left >= filtersOfFew && (left != 8 || filtersOfFew == 8) ? filtersOfFew : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

template <int Filters>
float* packBlock(const TiledSlide& s, int filter, float* to) {
  for (int place = 0; place < places; place++) {
    const float* from = s.weights(place) + filter;
    for (int c = 0; c < s.tiling.channels; c++, from += s.filters, to += Filters) std::memcpy(to, from, Filters * sizeof(float));
  }
  return to;
}

/** Packs a transformed filter in the order in which it is read: blocks × places × channels × filters of the block. */
inline const float* packFilter(const TiledSlide& s) {
  thread_local Scratch<float> memory;
  float* packed = memory.atLeast(static_cast<long>(places) * s.tiling.channels * s.filters);
  float* to = packed;
  for (int filter = 0, count = 0; filter < s.filters; filter += count) {
    count = blockOfFew(s.filters - filter);
    if (count == filtersOfFew) to = packBlock<filtersOfFew>(s, filter, to);
    else if (count == 4) to = packBlock<4>(s, filter, to);
    else if (count == 2) to = packBlock<2>(s, filter, to);
    else to = packBlock<1>(s, filter, to);
  }
  return packed;
}

/** A few tiles of a row that have been transformed, and where their results go. */
struct FewTiles {
  const Vector* x;
  int first, count;
  /** Of places × tiles × filters of a block. */
  Vector* products;
  ResultRows rows;
};

template <int Filters, int Tiles>
void slideBlock(const TiledSlide& s, const FewTiles& few, const float* packed, int filter) {
  constexpr int pitch = Tiles * Filters;
  for (int place = 0; place < places; place++, packed += Filters * s.tiling.channels) {
    const float* bias = s.biasAt(place);
    multiplyBlock<Filters, Tiles, places>({few.x + place, s.tiling.channels, packed, Filters, bias ? bias + filter : nullptr,
                                           few.products + place * pitch, Filters});
  }
  writeTiles(s.tiling, {few.products, pitch, Filters, filter, Filters}, s.filters, few.first, Tiles, few.rows);
}

/** Computes the filters of a block, whose products are a few kilobytes. */
template <int Filters>
void slideBlock(const TiledSlide& s, const FewTiles& few, const float* packed, int filter) {
  packed += static_cast<long>(filter) * places * s.tiling.channels;
  if (few.count == fewTiles) slideBlock<Filters, fewTiles>(s, few, packed, filter);
  else slideBlock<Filters, 1>(s, few, packed, filter);
}

/** Computes a few tiles at a time, so that they and their products stay in the first cache. */
template <typename RowsOf, typename Finish>
void slideFewTiles(const TiledSlide& s, const RowsOf& rowsOf, const Finish& finish) {
  thread_local Scratch<Vector> memory;
  const Tiling& t = s.tiling;
  const float* packed = packFilter(s);
  const long size = static_cast<long>(fewTiles) * places * t.channels;
  Vector* x = memory.atLeast(size + fewTiles * places * filtersOfFew);
  for (int map = 0; map < s.maps; map++)
    for (int row = 0; row < t.tileRows(); row++) {
      const ResultRows rows = rowsOf(map, row);
      for (int first = 0; first < t.tileColumns(); first += fewTiles) {
        const FewTiles few{x, first, std::min(fewTiles, t.tileColumns() - first), x + size, rows};
        transformFewTiles(t, s.sources[map], row, first, few.count, x);
        for (int filter = 0, count = 0; filter < s.filters; filter += count) {
          count = blockOfFew(s.filters - filter);
          if (count == filtersOfFew) slideBlock<filtersOfFew>(s, few, packed, filter);
          else if (count == 4) slideBlock<4>(s, few, packed, filter);
          else if (count == 2) slideBlock<2>(s, few, packed, filter);
          else slideBlock<1>(s, few, packed, filter);
        }
      }
      finish(map, row, rows);
    }
}

/** Computes many tiles at a time, so that the weights of a place stay in the first cache while they pass by. */
template <typename RowsOf, typename Finish>
void slideManyTiles(const TiledSlide& s, const RowsOf& rowsOf, const Finish& finish) {
  thread_local Scratch<Vector> memory;
  const Tiling& t = s.tiling;
  const int all = s.maps * t.tileRows();
  const long tileBytes = static_cast<long>(places * sizeof(Vector)) * std::max(t.channels, s.filters);
  const int atOnce = static_cast<int>(std::clamp<long>(bytesAtOnce / (tileBytes * t.tileColumns()), 1, all));
  const int most = atOnce * t.tileColumns();
  Transformed x{nullptr, most, t.channels}, products{nullptr, most, s.filters};
  x.numbers = memory.atLeast(places * (x.pitch() + products.pitch()));
  products.numbers = x.numbers + places * x.pitch();
  for (int first = 0; first < all; first += atOnce) {
    const TileRows tileRows{first, std::min(atOnce, all - first)};
    transformSource(t, s.sources, tileRows, x);
    for (int place = 0; place < places; place++)
      multiplyPlace({x.numbers + place * x.pitch(), t.channels, s.weights(place), s.filters, s.biasAt(place),
                     products.numbers + place * products.pitch(), s.filters},
                    tileRows.count * t.tileColumns());
    const Vector* from = products.numbers;
    for (int r = first; r < first + tileRows.count; r++, from += static_cast<long>(t.tileColumns()) * s.filters) {
      const int map = r / t.tileRows(), row = r % t.tileRows();
      const ResultRows rows = rowsOf(map, row);
      writeTiles(t, {from, products.pitch(), s.filters, 0, s.filters}, s.filters, 0, t.tileColumns(), rows);
      finish(map, row, rows);
    }
  }
}

/**
 * Computes a convolution. `rowsOf(map, row)` returns where the results of a row of tiles go, and `finish(map, row, rows)` is
 * called when they are there.
 */
template <typename RowsOf, typename Finish>
void slideTiles(const TiledSlide& s, const RowsOf& rowsOf, const Finish& finish) {
  if (takesFewTiles(s.tiling.channels, s.filters)) slideFewTiles(s, rowsOf, finish);
  else slideManyTiles(s, rowsOf, finish);
}

}  // namespace
