/**
 * A step of stochastic gradient descent on a linear layer's weight W, whose gradient is Σ dyᵀ · x over the images.
 *
 * The shards of a batch are computed by different cores. If each had a gradient of the whole W, as many numbers would be
 * written, added up and read again; so a core computes the gradient of some rows of W for all images, and takes the step
 * while it is still in registers.
 */
#pragma once
#include "../convolution.h"
#include "panels.h"

namespace {

using stride::LinearLayer;

/** Asks for numbers that will be changed, so that other cores give up their copies meanwhile. */
inline void askToChange(const float* numbers) { __builtin_prefetch(numbers, 1); }

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

template <bool Momentum>
void descendWith(const Descent<Momentum> step, long count, const float* gradient, float* parameter, float* accumulator) {
  const auto take = [&](long at, auto numbers) {
    const size_t bytes = static_cast<size_t>(numbers) * sizeof(float);
    Vector along{}, now{}, kept{};
    std::memcpy(&along, gradient + at, bytes);
    std::memcpy(&now, parameter + at, bytes);
    if (Momentum) std::memcpy(&kept, accumulator + at, bytes);
    step.take(along, now, kept);
    std::memcpy(parameter + at, &now, bytes);
    if (Momentum) std::memcpy(accumulator + at, &kept, bytes);
  };
  long at = 0;
  for (; at + LANES <= count; at += LANES) take(at, std::integral_constant<long, LANES>{});
  if (at < count) take(at, count - at);
}

void descend(const stride::DescentStep& step, long count, const float* gradient, float* parameter, float* accumulator) {
  if (accumulator) descendWith(Descent<true>(step), count, gradient, parameter, accumulator);
  else descendWith(Descent<false>(step), count, gradient, parameter, accumulator);
}

}  // namespace
