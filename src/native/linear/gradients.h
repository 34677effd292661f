/** The gradients of a linear layer's input and bias from that of its output, which is led back through the ReLU first. */
#pragma once
#include "../convolution.h"
#include "panels.h"

namespace {

using stride::LinearLayer;

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

}  // namespace
