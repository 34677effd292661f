/** Compares what sequences compute number by number, average pools and the steps of parameters with plain loops. */
#pragma once
#include "check.h"

namespace {

using stride::Averages;
using stride::Element;

double elementOf(Element element, double a, double b) {
  switch (element) {
    case Element::add: return a + b;
    case Element::multiply: return a * b;
    case Element::relu: return a > 0 ? a : 0;
    case Element::reluGradient: return b > 0 ? a : 0;
    case Element::tanh: return std::tanh(a);
    case Element::tanhGradient: return b * (1 - a * a);
  }
  return 0;
}

bool checkElement(const stride::Kernels& kernels, Element element, const char* name) {
  const long count = between(0, 200);
  const bool single = between(0, 2) == 0, isUnary = element == Element::relu || element == Element::tanh;
  Numbers<float> a = drawn(count), b = drawn(single ? 1 : count), y(count);
  for (long i = 0; i < count; i++) a[i] *= static_cast<float>(between(1, 12));
  std::vector<double> expected;
  for (long i = 0; i < count; i++) expected.push_back(elementOf(element, a[i], isUnary ? 0 : b[single ? 0 : i]));
  kernels.elements(element, count, a.get(), isUnary ? nullptr : b.get(), !isUnary && single, y.get());
  return alike(name, std::to_string(count) + (single ? " with one number" : ""), expected, y.get());
}

bool checkRectifiedSum(const stride::Kernels& kernels) {
  const long count = between(0, 200);
  const bool isGradient = between(0, 1) == 1;
  Numbers<float> a = drawn(count), b = drawn(count), features = drawn(isGradient ? count : 0), y(count);
  std::vector<double> expected;
  for (long i = 0; i < count; i++) {
    const double sum = static_cast<double>(a[i]) + b[i];
    expected.push_back((isGradient ? features[i] : sum) > 0 ? sum : 0);
  }
  kernels.rectifiedSum(count, a.get(), b.get(), isGradient ? features.get() : nullptr, y.get());
  return alike(isGradient ? "a sum's gradient" : "a rectified sum", std::to_string(count), expected, y.get());
}

bool checkAverages(const stride::Kernels& kernels) {
  const Averages p{between(1, 3), between(1, 9), between(1, 9), between(1, 40), between(1, 3), between(1, 3)};
  if (p.mapHeight() < 1 || p.mapWidth() < 1) return true;
  const long size = p.images * p.height * p.width * p.channels;
  const long pooled = p.images * p.mapHeight() * p.mapWidth() * p.channels;
  Numbers<float> x = drawn(size), yGradient = drawn(pooled), y(pooled), xGradient(size);
  std::vector<double> means(pooled), gradients(size);
  for (long element = 0; element < size; element++) {
    const long channel = element % p.channels, column = element / p.channels % p.width;
    const long row = element / p.channels / p.width % p.height, image = element / p.channels / p.width / p.height;
    const long r = row / p.kernelHeight, c = column / p.kernelWidth;
    if (r >= p.mapHeight() || c >= p.mapWidth()) continue;
    const long to = ((image * p.mapHeight() + r) * p.mapWidth() + c) * p.channels + channel;
    means[to] += static_cast<double>(x[element]) / (p.kernelHeight * p.kernelWidth);
    gradients[element] = static_cast<double>(yGradient[to]) / (p.kernelHeight * p.kernelWidth);
  }
  kernels.averagePool(p, x.get(), y.get());
  kernels.averagePoolGradient(p, yGradient.get(), xGradient.get());
  return alike("averages", "a pool", means, y.get()) && alike("their gradient", "a pool", gradients, xGradient.get());
}

bool checkDescent(const stride::Kernels& kernels) {
  const long count = between(0, 200);
  const stride::DescentStep step{0.25f, between(0, 2) * 0.25f, 0, between(0, 1) == 1};
  const bool hasMomentum = step.momentum != 0;
  Numbers<float> gradient = drawn(count), parameter = drawn(count), accumulator = drawn(hasMomentum ? count : 0);
  std::vector<double> parameters, accumulators;
  for (long i = 0; i < count; i++) {
    double along = gradient[i];
    if (hasMomentum) {
      accumulators.push_back(step.momentum * accumulator[i] + along);
      along = step.nesterov ? along + step.momentum * accumulators.back() : accumulators.back();
    }
    parameters.push_back(parameter[i] - step.learningRate * along);
  }
  kernels.descend(step, count, gradient.get(), parameter.get(), hasMomentum ? accumulator.get() : nullptr);
  return alike("parameters", "a step", parameters, parameter.get()) &&
         alike("accumulators", "a step", accumulators, accumulator.get());
}

bool checkElements(const stride::Kernels& kernels) {
  return checkElement(kernels, Element::add, "a sum") && checkElement(kernels, Element::multiply, "a product") &&
         checkElement(kernels, Element::relu, "a ReLU") &&
         checkElement(kernels, Element::reluGradient, "the gradient of a ReLU") &&
         checkElement(kernels, Element::tanh, "tanh") &&
         checkElement(kernels, Element::tanhGradient, "the gradient of tanh") && checkRectifiedSum(kernels) && checkAverages(kernels) &&
         checkDescent(kernels);
}

}  // namespace
