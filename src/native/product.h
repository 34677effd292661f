/**
 * The inner loop of a matrix product: some rows of `a`, whose numbers are spread over vectors, by some vectors of a
 * panel. The sums stay in registers while the numbers of a row pass by.
 */
#pragma once
#include "vectors.h"

namespace {

/** A vector that begins at any number. */
typedef float LooseVector __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

inline Vector loaded(const float* from) { return *reinterpret_cast<const LooseVector*>(from); }
inline void stored(float* to, Vector value) { *reinterpret_cast<LooseVector*>(to) = value; }

/** Vectors in a panel. */
constexpr int mostVectors = 4;
/** Rows of a block with so many vectors: AVX2 has 16 registers and AVX-512 has 32. */
constexpr int rowsFor(int vectors) { return (LANES == 16 ? 24 : 12) / vectors; }
constexpr int mostRows = rowsFor(mostVectors);

/** Rows of `a` as they lie in a matrix, with so many numbers from one to the next. */
template <int Rows>
struct RowsOfMatrix {
  const float* numbers;
  long pitch;
  float at(int row, long k) const { return numbers[row * pitch + k]; }
};

/** Rows of `a` that have been packed, so that their numbers of each k are neighbours. */
template <int Rows>
struct PackedRows {
  const float* numbers;
  float at(int row, long k) const { return numbers[k * Rows + row]; }
};

/** A block of sums. */
template <int Rows, int Vectors>
struct Sums {
  Vector of[Rows][Vectors];

  Sums() {
#pragma GCC unroll 32
    for (int row = 0; row < Rows; row++)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; v++) of[row][v] = Vector{};
  }
};

/** Numbers of a row between two calls of `ahead`. */
constexpr long stretch = 16;

/**
 * Adds Σ a[row][k] · panel[k][vector] over `count` numbers. `ahead(k)` is called before every 16th k, to ask for memory
 * that will be needed.
 */
template <int Rows, int Vectors, typename A, typename Ahead>
inline void multiply(const A& a, const Vector* panel, long count, const Ahead& ahead, Sums<Rows, Vectors>& total) {
  Sums<Rows, Vectors> sums = total;
  for (long first = 0; first < count; first += stretch) {
    ahead(first);
    const long end = std::min(count, first + stretch);
    for (long k = first; k < end; k++, panel += Vectors) {
      Vector of[Vectors];
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; v++) of[v] = panel[v];
#pragma GCC unroll 32
      for (int row = 0; row < Rows; row++) {
        const float value = a.at(row, k);
#pragma GCC unroll 8
        for (int v = 0; v < Vectors; v++) sums.of[row][v] += value * of[v];
      }
    }
  }
  total = sums;
}

}  // namespace
