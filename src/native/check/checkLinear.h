/** Compares the kernels of linear layers with plain loops in double precision. */
#pragma once
#include "check.h"

namespace {

using stride::LinearLayer;

/** x · Wᵀ + bias for images × outputs. */
std::vector<double> outputsOf(const LinearLayer& l, int images, Numbers<float>& x, Numbers<float>& weight,
                              Numbers<float>& bias) {
  std::vector<double> y;
  for (int image = 0; image < images; image++)
    for (int output = 0; output < l.outputs; output++) {
      double sum = bias[output];
      for (int input = 0; input < l.inputs; input++)
        sum += static_cast<double>(x[image * l.inputs + input]) * weight[output * l.inputs + input];
      y.push_back(l.relu && sum < 0 ? 0 : sum);
    }
  return y;
}

std::vector<double> allOf(Numbers<float>& numbers) {
  return std::vector<double>(numbers.get(), numbers.get() + numbers.count());
}

/** Makes most columns of the images alike, some of them in runs, or none. */
void makeAlike(Numbers<float>* x, const int* images, int shards, int inputs) {
  if (between(0, 2) == 0) return;
  const int mostly = between(1, 9);
  bool alike = false;
  for (int input = 0; input < inputs; input++) {
    if (between(0, 5) == 0) alike = between(0, 9) < mostly;
    if (!alike) continue;
    const float value = between(0, 1) ? x[0][input] : -0.4242f;
    for (int shard = 0; shard < shards; shard++)
      for (int image = 0; image < images[shard]; image++) x[shard][image * inputs + input] = value;
  }
}

/** Takes the step of some rows with the gradient of two shards, and compares all rows. */
bool checkLinearStep(const stride::Kernels& kernels, const LinearLayer& l, const std::string& of) {
  const int images[2] = {between(1, 40), between(1, 40)};
  const stride::DescentStep step{0.25f, between(0, 2) * 0.25f, between(0, 1) * 0.125f, between(0, 1) == 1};
  const int from = between(0, l.outputs), to = between(from, l.outputs);
  Numbers<float> weight = drawn(l.inputs * l.outputs), accumulator = drawn(step.momentum == 0 ? 0 : weight.count());
  std::vector<double> weights = allOf(weight), accumulators = allOf(accumulator), gradients(weight.count());
  Numbers<float> x[2] = {drawn(images[0] * l.inputs), drawn(images[1] * l.inputs)};
  makeAlike(x, images, 2, l.inputs);
  Numbers<float> yGradient[2] = {drawn(images[0] * l.outputs), drawn(images[1] * l.outputs)};
  for (int shard = 0; shard < 2; shard++)
    for (int image = 0; image < images[shard]; image++)
      for (long i = from * l.inputs; i < to * l.inputs; i++)
        gradients[i] += static_cast<double>(x[shard][image * l.inputs + i % l.inputs]) *
                        yGradient[shard][image * l.outputs + i / l.inputs];
  for (long i = from * l.inputs; i < to * l.inputs; i++) {
    double along = gradients[i] + step.weightDecay * weights[i];
    if (step.momentum != 0) {
      accumulators[i] = step.momentum * accumulators[i] + along;
      along = step.nesterov ? along + step.momentum * accumulators[i] : accumulators[i];
    }
    weights[i] -= step.learningRate * along;
  }
  const stride::LinearShard shards[2] = {{images[0], x[0].get(), yGradient[0].get()},
                                         {images[1], x[1].get(), yGradient[1].get()}};
  kernels.linearStep(l, shards, 2, step, from, to, weight.get(), accumulator.get());
  return alike("a weight", of, weights, weight.get()) && alike("an accumulator", of, accumulators, accumulator.get());
}

bool checkLinear(const stride::Kernels& kernels) {
  // Whole vectors of inputs may be alike in all images.
  const int inputs = between(0, 1) ? between(1, 300) : 16 * between(1, 18);
  const LinearLayer l{inputs, between(1, 90), between(0, 1) == 1};
  const int images = between(1, 70);
  Numbers<float> x = drawn(images * l.inputs), weight = drawn(l.inputs * l.outputs), bias = drawn(l.outputs);
  makeAlike(&x, &images, 1, l.inputs);
  Numbers<float> y(images * l.outputs), yGradient = drawn(y.count()), beforeRelu(l.relu ? y.count() : 0);
  Numbers<float> biasGradient(l.outputs), xGradient(x.count());
  const bool needsInput = between(0, 3) > 0;
  const std::string of = std::to_string(images) + " images of " + std::to_string(l.inputs) + " numbers, " +
                         std::to_string(l.outputs) + " outputs" + (l.relu ? ", ReLU" : "");
  const std::vector<double> expected = outputsOf(l, images, x, weight, bias);
  kernels.linearForward(l, images, x.get(), weight.get(), bias.get(), y.get());
  kernels.linearGradients(l, images, yGradient.get(), y.get(), weight.get(), beforeRelu.get(), biasGradient.get(),
                          needsInput ? xGradient.get() : nullptr);
  std::vector<double> before(yGradient.count()), biasSums(l.outputs), xGradients(x.count());
  for (long i = 0; i < yGradient.count(); i++) {
    before[i] = l.relu && !(y[i] > 0) ? 0 : yGradient[i];
    biasSums[i % l.outputs] += before[i];
    for (int input = 0; input < l.inputs; input++)
      xGradients[i / l.outputs * l.inputs + input] += before[i] * weight[i % l.outputs * l.inputs + input];
  }
  return alike("y", of, expected, y.get()) && (!l.relu || alike("before ReLU", of, before, beforeRelu.get())) &&
         alike("the bias' gradient", of, biasSums, biasGradient.get()) &&
         (!needsInput || alike("x's gradient", of, xGradients, xGradient.get())) && checkLinearStep(kernels, l, of);
}

}  // namespace
