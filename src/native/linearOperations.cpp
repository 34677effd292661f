/** Linear layers, and the steps of their weights, as operations of TensorFlow. */
#include "call.h"

namespace stride {
namespace {

/** Attributes of the operations. Those of a step are not in the others. */
struct Settings {
  int64_t lanes;
  unsigned char relu, inputGradient;
  int64_t shards, part, parts;
  float momentum, weightDecay;
  unsigned char nesterov;
};

void readLanes(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  TF_OpKernelConstruction_GetAttrInt64(node, "lanes", &settings.lanes, status);
}

void readForward(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  readLanes(node, settings, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(node, "relu", &settings.relu, status);
}

void readGradients(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  readForward(node, settings, status);
  if (TF_GetCode(status) == TF_OK)
    TF_OpKernelConstruction_GetAttrBool(node, "input_gradient", &settings.inputGradient, status);
}

void readStep(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  readLanes(node, settings, status);
  const auto read = [&](auto get, const char* name, auto* value) {
    if (TF_GetCode(status) == TF_OK) get(node, name, value, status);
  };
  read(TF_OpKernelConstruction_GetAttrInt64, "shards", &settings.shards);
  read(TF_OpKernelConstruction_GetAttrInt64, "part", &settings.part);
  read(TF_OpKernelConstruction_GetAttrInt64, "parts", &settings.parts);
  read(TF_OpKernelConstruction_GetAttrFloat, "momentum", &settings.momentum);
  read(TF_OpKernelConstruction_GetAttrFloat, "weight_decay", &settings.weightDecay);
  read(TF_OpKernelConstruction_GetAttrBool, "nesterov", &settings.nesterov);
}

void computeForward(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Settings& settings = *static_cast<Settings*>(kernel);
  const TF_Tensor* x = call.input(0, 2);
  const TF_Tensor* weight = call.input(1, 2);
  const TF_Tensor* bias = call.input(2, 1);
  const Kernels* kernels = bias ? kernelsFor(settings.lanes, call) : nullptr;
  if (kernels) {
    const LinearLayer layer{sizeOf(weight, 1), sizeOf(weight, 0), settings.relu != 0};
    if (sizeOf(x, 1) != layer.inputs) call.refuse("the weight has another number of inputs than the images");
    if (sizeOf(bias, 0) != layer.outputs) call.refuse("the bias has another length than there are outputs");
    float* y = call.output<float>(0, {TF_Dim(x, 0), layer.outputs});
    if (y) kernels->linearForward(layer, sizeOf(x, 0), dataOf(x), dataOf(weight), dataOf(bias), y);
  }
  call.end();
}

void computeGradients(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Settings& settings = *static_cast<Settings*>(kernel);
  const TF_Tensor* yGradient = call.input(0, 2);
  const TF_Tensor* y = call.input(1, 2);
  const TF_Tensor* weight = call.input(2, 2);
  const Kernels* kernels = weight ? kernelsFor(settings.lanes, call) : nullptr;
  if (kernels) {
    const LinearLayer layer{sizeOf(weight, 1), sizeOf(weight, 0), settings.relu != 0};
    const int64_t images = TF_Dim(yGradient, 0);
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
  call.end();
}

/** Returns the shards' inputs and gradients, which follow each other from `first` on. */
std::vector<LinearShard> shardsOf(Call& call, const LinearLayer& layer, int first, int count) {
  std::vector<LinearShard> shards;
  for (int shard = 0; shard < count; shard++) {
    const TF_Tensor* x = call.input(first + shard, 2);
    const TF_Tensor* yGradient = call.input(first + count + shard, 2);
    if (!call.ok()) return {};
    if (!hasShape(x, {TF_Dim(yGradient, 0), layer.inputs}) || sizeOf(yGradient, 1) != layer.outputs)
      call.refuse("a shard's input or gradient does not fit the weight");
    shards.push_back({sizeOf(x, 0), dataOf(x), dataOf(yGradient)});
  }
  return shards;
}

/**
 * Changes the variables' own memory, which is that of the first two inputs: TensorFlow's C API has no way to take a
 * variable that several operations change at once, each some rows of it. The graph must see to it that nothing else
 * reads the variables meanwhile.
 */
void computeStep(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Settings& settings = *static_cast<Settings*>(kernel);
  const TF_Tensor* weight = call.input(0, 2);
  const TF_Tensor* accumulator = call.input(1, 2);
  const TF_Tensor* learningRate = call.input(2, 0);
  const Kernels* kernels = learningRate ? kernelsFor(settings.lanes, call) : nullptr;
  if (kernels) {
    const LinearLayer layer{sizeOf(weight, 1), sizeOf(weight, 0), false};
    if (!hasShape(accumulator, {layer.outputs, layer.inputs}))
      call.refuse("the accumulator has another shape than the weight");
    if (settings.part < 0 || settings.part >= settings.parts) call.refuse("there is no such part of the weight");
    const auto shards = shardsOf(call, layer, 3, static_cast<int>(settings.shards));
    const DescentStep step{*dataOf(learningRate), settings.momentum, settings.weightDecay, settings.nesterov != 0};
    const auto row = [&](int64_t part) { return static_cast<int>(layer.outputs * part / settings.parts); };
    if (call.ok())
      kernels->linearStep(layer, shards.data(), static_cast<int>(shards.size()), step, row(settings.part),
                          row(settings.part + 1), static_cast<float*>(TF_TensorData(weight)),
                          static_cast<float*>(TF_TensorData(accumulator)));
  }
  call.end();
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
       {"weight: float", "accumulator: float", "learning_rate: float", "x: shards * float",
        "y_gradient: shards * float"},
       {},
       {"lanes: int", "shards: int >= 1", "part: int", "parts: int >= 1", "momentum: float", "weight_decay: float",
        "nesterov: bool"},
       create<Settings, readStep>,
       computeStep,
       remove<Settings>,
       true},
  };
}

}  // namespace stride
