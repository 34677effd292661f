/**
 * A linear layer: y = x · Wᵀ + bias, the gradient of x, and a step of stochastic gradient descent on W. As in PyTorch, W
 * is outputs × inputs, and images are rows.
 *
 * The shards of a batch are computed by different cores. If each had a gradient of the whole W, as many numbers would be
 * written, added up and read again; so a core computes the gradient of some rows of W for all images, and takes the step
 * while it is still in registers.
 */
#pragma once
#include "convolution.h"
#include "product.h"
#include "transpose.h"

namespace {

using stride::LinearLayer;

inline void ask(const float* numbers) { __builtin_prefetch(numbers); }
/** Asks for numbers that will be changed, so that other cores give up their copies meanwhile. */
inline void askToChange(const float* numbers) { __builtin_prefetch(numbers, 1); }

/** Numbers of an image whose part of a panel stays in the first cache while all outputs pass by. */
constexpr int depth = 128;

/** Adds the products of some of the inputs to so many outputs, from `output` on. */
template <int Rows, int Vectors>
void addInputs(const LinearLayer& l, int output, int first, int count, const float* weight, const Vector* panel,
               Vector* result) {
  const RowsOfMatrix<Rows> a{weight + static_cast<long>(output) * l.inputs + first, l.inputs};
  Sums<Rows, Vectors> sums;
  result += output * Vectors;
  if (first > 0)
    for (int row = 0; row < Rows; row++)
      for (int v = 0; v < Vectors; v++) sums.of[row][v] = result[row * Vectors + v];
  // The next block's weights are asked for meanwhile; beyond the last row, nothing is read.
  const float* next = a.numbers + static_cast<long>(Rows) * l.inputs;
  multiply(a, panel + static_cast<long>(first) * Vectors, count, [&](long k) {
    for (int row = 0; row < Rows; row++) ask(next + static_cast<long>(row) * l.inputs + k);
  }, sums);
  for (int row = 0; row < Rows; row++)
    for (int v = 0; v < Vectors; v++) result[row * Vectors + v] = sums.of[row][v];
}

/** Computes all outputs of as many images as fit in the vectors of a block. */
template <int Vectors>
void forwardOf(const LinearLayer& l, int images, const float* x, const float* weight, const float* bias, float* y) {
  constexpr int rows = rowsFor(Vectors);
  thread_local Scratch<float> panelMemory, resultMemory;
  constexpr int wide = Vectors * LANES;
  float* panel = panelMemory.atLeast(static_cast<long>(l.inputs) * wide);
  float* result = resultMemory.atLeast(static_cast<long>(l.outputs) * wide);
  if (images < wide) std::fill_n(panel, static_cast<long>(l.inputs) * wide, 0);
  transpose(x, images, l.inputs, l.inputs, panel, wide);
  for (int first = 0; first < l.inputs; first += depth) {
    const int count = std::min(depth, l.inputs - first);
    int output = 0;
    for (; output + rows <= l.outputs; output += rows)
      addInputs<rows, Vectors>(l, output, first, count, weight, vectors(panel), vectors(result));
    for (; output < l.outputs; output++)
      addInputs<1, Vectors>(l, output, first, count, weight, vectors(panel), vectors(result));
  }
  for (int output = 0; output < l.outputs; output++)
    for (int v = 0; v < Vectors; v++) {
      Vector& sum = vectors(result)[output * Vectors + v];
      sum += bias ? bias[output] : 0;
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

/** Computes the gradients of some of the images' numbers. */
template <int Vectors>
void inputGradientOf(const LinearLayer& l, int images, const float* yGradient, const float* weight, int first,
                     int columns, float* xGradient) {
  thread_local Scratch<Vector> panelMemory;
  Vector* panel = panelMemory.atLeast(static_cast<long>(l.outputs) * Vectors);
  packColumns<Vectors>(weight + first, l.outputs, l.inputs, columns, panel);
  for (int image = 0; image < images; image += mostRows)
    forRest<mostRows>(std::min(images - image, mostRows), [&](auto rows) {
      const RowsOfMatrix<rows> a{yGradient + static_cast<long>(image) * l.outputs, l.outputs};
      Sums<rows, Vectors> sums;
      multiply(a, panel, l.outputs, [](long) {}, sums);
      for (int row = 0; row < rows; row++) {
        float* to = xGradient + static_cast<long>(image + row) * l.inputs + first;
        if (columns < Vectors * LANES) std::memcpy(to, sums.of[row], columns * sizeof(float));
        else
          for (int v = 0; v < Vectors; v++) stored(to + v * LANES, sums.of[row][v]);
      }
    });
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

/** Leads some of an image's gradients back through the ReLU, and adds them to those of the bias. */
template <typename Some>
inline void rectifyBack(const float* yGradient, const float* y, float* beforeRelu, float* biasGradient) {
  Some gradient, sum;
  std::memcpy(&gradient, yGradient, sizeof gradient);
  std::memcpy(&sum, biasGradient, sizeof sum);
  if (beforeRelu) {
    Some output;
    std::memcpy(&output, y, sizeof output);
    gradient = output > 0 ? gradient : Some{};
    std::memcpy(beforeRelu, &gradient, sizeof gradient);
  }
  sum += gradient;
  std::memcpy(biasGradient, &sum, sizeof sum);
}

void linearGradients(const LinearLayer& l, int images, const float* yGradient, const float* y, const float* weight,
                     float* beforeRelu, float* biasGradient, float* xGradient) {
  std::fill_n(biasGradient, l.outputs, 0.0f);
  float* before = l.relu ? beforeRelu : nullptr;
  for (int image = 0; image < images; image++) {
    const long row = static_cast<long>(image) * l.outputs;
    int output = 0;
    for (; output + LANES <= l.outputs; output += LANES)
      rectifyBack<Vector>(yGradient + row + output, y + row + output, before ? before + row + output : nullptr,
                          biasGradient + output);
    for (; output < l.outputs; output++)
      rectifyBack<float>(yGradient + row + output, y + row + output, before ? before + row + output : nullptr,
                         biasGradient + output);
  }
  if (!xGradient) return;
  forPanels(l.inputs, [&](auto vectors, int first, int columns) {
    inputGradientOf<vectors>(l, images, before ? before : yGradient, weight, first, columns, xGradient);
  });
}

/** A step's numbers, so that it is computed without branches: along ofAccumulator · accumulator + ofGradient · gradient. */
template <bool Momentum>
struct Descent {
  float learningRate, momentum, weightDecay, ofAccumulator, ofGradient;

  explicit Descent(const stride::DescentStep& s)
      : learningRate(s.learningRate), momentum(s.momentum), weightDecay(s.weightDecay),
        ofAccumulator(s.nesterov ? s.momentum : 1), ofGradient(s.nesterov ? 1 : 0) {}

  void take(Vector gradient, Vector& weight, Vector& accumulator) const {
    gradient += weightDecay * weight;
    if (Momentum) {
      accumulator = accumulator * momentum + gradient;
      gradient = ofAccumulator * accumulator + ofGradient * gradient;
    }
    weight -= learningRate * gradient;
  }
};

/** Takes the steps of a block of weights, of which the last vector of each row may not be whole. */
template <int Rows, int Vectors, bool Momentum>
inline void stepBlock(const Descent<Momentum> step, const Sums<Rows, Vectors>& gradients, long pitch, int columns,
                      float* weight, float* accumulator) {
  if (columns == Vectors * LANES) {
#pragma GCC unroll 8
    for (int row = 0; row < Rows; row++)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; v++) {
        float* w = weight + row * pitch + v * LANES;
        float* m = accumulator + row * pitch + v * LANES;
        Vector now = loaded(w), kept = Momentum ? loaded(m) : Vector{};
        step.take(gradients.of[row][v], now, kept);
        stored(w, now);
        if (Momentum) stored(m, kept);
      }
    return;
  }
  for (int row = 0; row < Rows; row++)
    for (int v = 0; v < Vectors; v++) {
      const long at = row * pitch + v * LANES;
      const size_t bytes = std::min(LANES, columns - v * LANES) * sizeof(float);
      Vector now{}, kept{};
      std::memcpy(&now, weight + at, bytes);
      if (Momentum) std::memcpy(&kept, accumulator + at, bytes);
      step.take(gradients.of[row][v], now, kept);
      std::memcpy(weight + at, &now, bytes);
      if (Momentum) std::memcpy(accumulator + at, &kept, bytes);
    }
}

/** Copies some outputs of all images: blocks of outputs × images × outputs in the block. */
inline void packOutputs(const stride::LinearShard* shards, int count, const LinearLayer& l, int from, int to,
                        float* packed) {
  for (int first = from; first < to; first += mostRows) {
    const int rows = std::min(mostRows, to - first);
    for (int shard = 0; shard < count; shard++) {
      const float* gradients = shards[shard].yGradient + first;
      for (int image = 0; image < shards[shard].images; image++, gradients += l.outputs)
        for (int row = 0; row < rows; row++) *packed++ = gradients[row];
    }
  }
}

/** Outputs of a block whose weights are visited together, so that a panel stays in the first cache meanwhile. */
constexpr int outputsAtOnce = 24;

template <bool Momentum>
void linearStepWith(const LinearLayer& l, const stride::LinearShard* shards, int count, const Descent<Momentum> step,
                    int from, int to, float* weight, float* accumulator) {
  thread_local Scratch<float> gradientMemory;
  thread_local Scratch<Vector> panelMemory;
  long images = 0;
  for (int shard = 0; shard < count; shard++) images += shards[shard].images;
  float* gradients = gradientMemory.atLeast(images * (to - from));
  Vector* panels = panelMemory.atLeast(images * divideUp(l.inputs, LANES));
  packOutputs(shards, count, l, from, to, gradients);
  forPanels(l.inputs, [&](auto vectors, int first, int columns) {
    Vector* end = panels + images * (first / LANES);
    for (int shard = 0; shard < count; end += shards[shard++].images * vectors)
      packColumns<vectors>(shards[shard].x + first, shards[shard].images, l.inputs, columns, end);
  });
  const long pitch = l.inputs;
  for (int block = from; block < to; block += outputsAtOnce) {
    const int end = std::min(to, block + outputsAtOnce);
    forPanels(l.inputs, [&](auto vectors, int first, int columns) {
      const Vector* panel = panels + images * (first / LANES);
      for (int output = block; output < end; output += mostRows)
        forRest<mostRows>(std::min(end - output, mostRows), [&](auto rows) {
          float* w = weight + output * pitch + first;
          float* m = accumulator + output * pitch + first;
          const PackedRows<rows> a{gradients + images * (output - from)};
          Sums<rows, vectors> sums;
          // The block's weights are asked for while its gradient is computed, some rows at a time.
          multiply(a, panel, images, [=](long k) {
            for (int row = static_cast<int>(k / stretch); row < rows; row += 4)
              for (int number = 0; number < vectors * LANES; number += 16) {
                askToChange(w + row * pitch + number);
                if (Momentum) askToChange(m + row * pitch + number);
              }
          }, sums);
          stepBlock<rows, vectors>(step, sums, pitch, columns, w, m);
        });
    });
  }
}

void linearStep(const LinearLayer& l, const stride::LinearShard* shards, int count, const stride::DescentStep& step,
                int from, int to, float* weight, float* accumulator) {
  if (step.momentum == 0) linearStepWith(l, shards, count, Descent<false>(step), from, to, weight, accumulator);
  else linearStepWith(l, shards, count, Descent<true>(step), from, to, weight, accumulator);
}

}  // namespace
