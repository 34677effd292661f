/** Linear layers, and the steps of their weights, as operations of TensorFlow. */
#include "tensorflow/call.h"

namespace stride {
namespace {

/** Attributes of the operations. Those of a step are not in the others. */
struct Settings {
  int64_t lanes;
  bool relu, inputGradient;
  int64_t layers, shards, part, parts;
  float momentum, weightDecay;
  bool nesterov;
};

void readLanes(Attributes& attributes, Settings& settings) {
  attributes.read("lanes", settings.lanes);
}

void readForward(Attributes& attributes, Settings& settings) {
  readLanes(attributes, settings);
  attributes.read("relu", settings.relu);
}

void readGradients(Attributes& attributes, Settings& settings) {
  readForward(attributes, settings);
  attributes.read("input_gradient", settings.inputGradient);
}

void readStep(Attributes& attributes, Settings& settings) {
  readLanes(attributes, settings);
  attributes.read("layers", settings.layers);
  int64_t pairs = 0;
  attributes.read("pairs", pairs);
  settings.shards = settings.layers > 0 ? pairs / settings.layers : 0;
  attributes.read("part", settings.part);
  attributes.read("parts", settings.parts);
  attributes.read("momentum", settings.momentum);
  attributes.read("weight_decay", settings.weightDecay);
  attributes.read("nesterov", settings.nesterov);
}

void computeForward(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Tensor* x = call.input(0, 2);
  const Tensor* weight = call.input(1, 2);
  const Tensor* bias = call.input(2, 1);
  const Kernels* kernels = bias ? kernelsFor(settings.lanes, call) : nullptr;
  if (kernels) {
    const LinearLayer layer{sizeOf(weight, 1), sizeOf(weight, 0), settings.relu != 0};
    if (sizeOf(x, 1) != layer.inputs) call.refuse("the weight has another number of inputs than the images");
    if (sizeOf(bias, 0) != layer.outputs) call.refuse("the bias has another length than there are outputs");
    float* y = call.output<float>(0, {lengthOf(x, 0), layer.outputs});
    if (y) kernels->linearForward(layer, sizeOf(x, 0), dataOf(x), dataOf(weight), dataOf(bias), y);
  }
}

void computeGradients(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Tensor* yGradient = call.input(0, 2);
  const Tensor* y = call.input(1, 2);
  const Tensor* weight = call.input(2, 2);
  const Kernels* kernels = weight ? kernelsFor(settings.lanes, call) : nullptr;
  if (kernels) {
    const LinearLayer layer{sizeOf(weight, 1), sizeOf(weight, 0), settings.relu != 0};
    const int64_t images = lengthOf(yGradient, 0);
    const std::vector<int64_t> shape{images, layer.outputs}, none{0, 0};
    if (!hasShape(yGradient, shape) || !hasShape(y, shape))
      call.refuse("the gradient or the output has another shape than images and weight give");
    float* beforeRelu = call.output<float>(0, layer.relu ? shape : none);
    float* biasGradient = call.output<float>(1, {layer.outputs});
    float* xGradient = call.output<float>(2, settings.inputGradient ? std::vector<int64_t>{images, layer.inputs} : none);
    if (call.ok())
      kernels->linearGradients(layer, static_cast<int>(images), dataOf(yGradient), dataOf(y), dataOf(weight), beforeRelu,
                               biasGradient, settings.inputGradient ? xGradient : nullptr);
  }
}

/** A layer of a step: its weight, its accumulator, and all shards' inputs and gradients. */
struct SteppedLayer {
  LinearLayer layer;
  float *weight, *accumulator;
  std::vector<LinearShard> shards;
};

/** Returns the layer with that number; the call is refused if its inputs do not fit each other. */
SteppedLayer steppedLayer(Call& call, const Settings& settings, int number) {
  const int layers = static_cast<int>(settings.layers), shards = static_cast<int>(settings.shards);
  const Tensor* weight = call.input(number, 2);
  const Tensor* accumulator = call.input(layers + number, 2);
  if (!call.ok()) return {};
  SteppedLayer of{{sizeOf(weight, 1), sizeOf(weight, 0), false},
                  static_cast<float*>(weight->data),
                  static_cast<float*>(accumulator->data),
                  {}};
  if (!hasShape(accumulator, {of.layer.outputs, of.layer.inputs}))
    call.refuse("the accumulator has another shape than the weight");
  for (int shard = 0; shard < shards; shard++) {
    const int at = 2 * layers + 1 + number * shards + shard;
    const Tensor* x = call.input(at, 2);
    const Tensor* yGradient = call.input(at + layers * shards, 2);
    if (!call.ok()) return {};
    if (!hasShape(x, {lengthOf(yGradient, 0), of.layer.inputs}) || sizeOf(yGradient, 1) != of.layer.outputs)
      call.refuse("a shard's input or gradient does not fit the weight");
    of.shards.push_back({sizeOf(x, 0), dataOf(x), dataOf(yGradient)});
  }
  return of;
}

/**
 * Changes the variables' own memory, which is that of the weights and accumulators: TensorFlow's C API has no way to
 * take a variable that several operations change at once, each some rows of it. The graph must see to it that nothing
 * else reads the variables meanwhile.
 */
void computeStep(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Tensor* learningRate = call.input(2 * static_cast<int>(settings.layers), 0);
  const Kernels* kernels = learningRate ? kernelsFor(settings.lanes, call) : nullptr;
  if (settings.part < 0 || settings.part >= settings.parts) call.refuse("there is no such part of the weights");
  std::vector<SteppedLayer> layers;
  for (int number = 0; call.ok() && number < settings.layers; number++)
    layers.push_back(steppedLayer(call, settings, number));
  if (call.ok()) {
    const DescentStep step{*dataOf(learningRate), settings.momentum, settings.weightDecay, settings.nesterov != 0};
    for (const SteppedLayer& of : layers) {
      const auto row = [&](int64_t part) { return static_cast<int>(of.layer.outputs * part / settings.parts); };
      kernels->linearStep(of.layer, of.shards.data(), static_cast<int>(of.shards.size()), step, row(settings.part),
                          row(settings.part + 1), of.weight, of.accumulator);
    }
  }
}

}  // namespace

std::vector<Operation> linearOperations() {
  return {
      {"StrideLinear",
       {"x: float", "weight: float", "bias: float"},
       {"y: float"},
       {"lanes: int", "relu: bool"},
       create<Settings, readForward>,
       computeForward,
       remove<Settings>},
      {"StrideLinearGradients",
       {"y_gradient: float", "y: float", "weight: float"},
       {"before_relu: float", "bias_gradient: float", "x_gradient: float"},
       {"lanes: int", "relu: bool", "input_gradient: bool"},
       create<Settings, readGradients>,
       computeGradients,
       remove<Settings>},
      {"StrideLinearStep",
       {"weights: layers * float", "accumulators: layers * float", "learning_rate: float", "x: pairs * float",
        "y_gradients: pairs * float"},
       {},
       {"lanes: int", "layers: int >= 1", "pairs: int >= 1", "part: int", "parts: int >= 1", "momentum: float", "weight_decay: float",
        "nesterov: bool"},
       create<Settings, readStep>,
       computeStep,
       remove<Settings>,
       true},
  };
}

}  // namespace stride
