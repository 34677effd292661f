/** A matrix's columns, divided into panels as wide as a block of sums. */
#pragma once
#include "../product.h"

namespace {

/** Copies so many numbers of each row to a panel, which ends with zeros. */
template <int Vectors>
void packColumns(const float* rows, long count, long pitch, int columns, Vector* panel) {
  if (columns == Vectors * LANES) {
    for (long row = 0; row < count; row++, rows += pitch, panel += Vectors)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; v++) panel[v] = loaded(rows + v * LANES);
    return;
  }
  for (long row = 0; row < count; row++, rows += pitch, panel += Vectors) {
    std::fill_n(panel, Vectors, Vector{});
    std::memcpy(panel, rows, columns * sizeof(float));
  }
}

/** Calls `block` with numbers of rows that add up to `rows`, as templates. */
template <int Rows, typename Block>
void forRest(int rows, const Block& block) {
  if constexpr (Rows > 0) {
    if (rows == Rows) block(std::integral_constant<int, Rows>{});
    else forRest<Rows - 1>(rows, block);
  }
}

/** Calls `panel` for all columns with the vectors of each panel, as a template, and the first column and their number. */
template <typename Panel>
void forPanels(int columns, const Panel& panel) {
  constexpr int wide = mostVectors * LANES;
  int first = 0;
  for (; first + wide <= columns; first += wide) panel(std::integral_constant<int, mostVectors>{}, first, wide);
  const int rest = columns - first;
  if (rest > 0)
    forRest<mostVectors>(divideUp(rest, LANES), [&](auto vectors) { panel(vectors, first, rest); });
}

}  // namespace
