/**
 * The outputs of a linear layer: y = x · Wᵀ + bias, with a ReLU after it if asked. As in PyTorch, W is outputs × inputs,
 * and images are rows.
 */
#pragma once
#include "../convolution.h"
#include "../transpose.h"
#include "columns.h"

namespace {

using stride::LinearLayer;

inline void ask(const float* numbers) { __builtin_prefetch(numbers); }

/** Numbers of an image whose part of a panel stays in the first cache while all outputs pass by. */
constexpr int depth = 128;

/** Adds the products of some of the inputs to a block of outputs. */
template <int Rows, int Vectors, typename A, typename Ahead>
void addInputs(const A& a, const Vector* panel, int count, bool begins, const Ahead& ahead, Vector* result) {
  Sums<Rows, Vectors> sums;
  if (!begins)
    for (int row = 0; row < Rows; row++)
      for (int v = 0; v < Vectors; v++) sums.of[row][v] = result[row * Vectors + v];
  multiply(a, panel, count, ahead, sums);
  for (int row = 0; row < Rows; row++)
    for (int v = 0; v < Vectors; v++) result[row * Vectors + v] = sums.of[row][v];
}

/** The same for the inputs from `first` on: all of them, or, if there are `columns`, those that are not the same in all images. */
template <int Rows, int Vectors>
void addPart(const LinearLayer& l, const Columns* columns, int first, int count, const float* weight, const Vector* panel,
             Vector* result, float* ofSame) {
  panel += static_cast<long>(first) * Vectors;
  // The next block's weights are asked for meanwhile; beyond the last row, nothing is read.
  const float* next = weight + static_cast<long>(Rows) * l.inputs;
  if (!columns) {
    const RowsOfMatrix<Rows> a{weight + first, l.inputs};
    addInputs<Rows, Vectors>(a, panel, count, first == 0, [&](long k) {
      for (int row = 0; row < Rows; row++) ask(next + static_cast<long>(row) * l.inputs + first + k);
    }, result);
    return;
  }
  const int32_t* different = columns->different() + first;
  const auto wholeVectors = [](int column) { return column / (2 * LANES) * (2 * LANES); };
  const int from = first == 0 ? 0 : wholeVectors(different[0]);
  const int to = first + count < columns->count() ? wholeVectors(different[count]) : l.inputs;
  for (int row = 0; row < Rows; row++)
    ofSame[row] += productOf(weight + static_cast<long>(row) * l.inputs + from, columns->same() + from, to - from);
  const SomeColumns<Rows> a{weight, l.inputs, different};
  addInputs<Rows, Vectors>(a, panel, count, first == 0, [&](long k) {
    for (int row = 0; row < Rows; row++) ask(next + static_cast<long>(row) * l.inputs + different[k]);
  }, result);
}

/** With fewer outputs, looking for columns that are the same in all images takes too much of the time that they save. */
constexpr int fewestOutputs = 32;

/** Computes all outputs of as many images as fit in the vectors of a block. */
template <int Vectors>
void forwardOf(const LinearLayer& l, int images, const float* x, const float* weight, const float* bias, float* y) {
  constexpr int rows = rowsFor(Vectors);
  thread_local Scratch<float> panelMemory, resultMemory, ofSameMemory;
  thread_local Columns found;
  constexpr int wide = Vectors * LANES;
  float* panel = panelMemory.atLeast(static_cast<long>(l.inputs) * wide);
  float* result = resultMemory.atLeast(static_cast<long>(l.outputs) * wide);
  float* ofSame = ofSameMemory.atLeast(l.outputs);
  std::fill_n(ofSame, l.outputs, 0.0f);
  if (images < wide) std::fill_n(panel, static_cast<long>(l.inputs) * wide, 0);
  transpose(x, images, l.inputs, l.inputs, panel, wide);
  const Columns* columns = nullptr;
  int inputs = l.inputs;
  if (l.outputs >= fewestOutputs) {
    found.find(x, images, l.inputs);
    if (found.count() <= l.inputs / 10 * 9) {
      columns = &found;
      inputs = found.count();
      for (int k = 0; k < inputs; k++)
        for (int v = 0; v < Vectors; v++)
          vectors(panel)[k * Vectors + v] = vectors(panel)[found.different()[k] * Vectors + v];
    }
  }
  // There is one part even if no input is left.
  for (int first = 0; first == 0 || first < inputs; first += depth) {
    const int count = std::min(depth, inputs - first);
    const auto add = [&](auto rows, int output) {
      addPart<rows, Vectors>(l, columns, first, count, weight + static_cast<long>(output) * l.inputs, vectors(panel),
                             vectors(result) + static_cast<long>(output) * Vectors, ofSame + output);
    };
    int output = 0;
    for (; output + rows <= l.outputs; output += rows) add(std::integral_constant<int, rows>{}, output);
    for (; output < l.outputs; output++) add(std::integral_constant<int, 1>{}, output);
  }
  for (int output = 0; output < l.outputs; output++)
    for (int v = 0; v < Vectors; v++) {
      Vector& sum = vectors(result)[output * Vectors + v];
      sum += ofSame[output] + (bias ? bias[output] : 0);
      if (l.relu) sum = only(sum > 0, sum);
    }
  transpose(result, l.outputs, images, wide, y, l.outputs);
}

void linearForward(const LinearLayer& l, int images, const float* x, const float* weight, const float* bias,
                   float* y) {
  for (int first = 0; first < images; first += mostVectors * LANES) {
    const int count = std::min(images - first, mostVectors * LANES);
    const float* from = x + static_cast<long>(first) * l.inputs;
    float* to = y + static_cast<long>(first) * l.outputs;
    switch (divideUp(count, LANES)) {
      case 1: forwardOf<1>(l, count, from, weight, bias, to); break;
      case 2: forwardOf<2>(l, count, from, weight, bias, to); break;
      case 3: forwardOf<3>(l, count, from, weight, bias, to); break;
      default: forwardOf<4>(l, count, from, weight, bias, to);
    }
  }
}

}  // namespace
