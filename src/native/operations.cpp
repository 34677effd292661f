/**
 * The kernels as operations of TensorFlow. A map in the lanes' layout is a tensor of groups × height × width ×
 * channels × lanes.
 *
 *     StrideToLanes            images → lanes                          lanes: 8 or 16
 *     StrideFromLanes          lanes → images                          images: how many there are
 *     StrideConv2D             x, filter, bias → y, index
 *     StrideConv2DGradients    x, filter, y's gradient, index → the gradients of x, filter, bias
 *
 * Node and Electron load this library as an addon, so that their rules for addons hold: it stays while any thread uses
 * it. It has nothing for JavaScript.
 */
#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "convolution.h"
#include "tensorflow.h"

namespace {

using stride::Convolution;
using stride::Kernels;

/** A status that is freed, and asked whether something went wrong. */
class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  TF_Status* get() const { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  void refuse(const std::string& why) const { TF_SetStatus(status_, TF_INVALID_ARGUMENT, why.c_str()); }

 private:
  TF_Status* status_;
};

/** The inputs and outputs of one call. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool ok() const { return status_.ok(); }
  void refuse(const std::string& why) const { status_.refuse(why); }
  void end() const {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_.get());
  }

  /** Returns an input with that many axes; null, and the call is refused, if it has another number. */
  const TF_Tensor* input(int index, int axes) {
    TF_Tensor* tensor = nullptr;
    if (ok()) TF_GetInput(context_, index, &tensor, status_.get());
    if (!ok()) return nullptr;
    tensors_.push_back(tensor);
    if (TF_NumDims(tensor) == axes) return tensor;
    refuse("input " + std::to_string(index) + " has " + std::to_string(TF_NumDims(tensor)) + " axes instead of " +
           std::to_string(axes));
    return nullptr;
  }

  /** Returns an output's memory; null if it could not be had. */
  template <typename T>
  T* output(int index, const std::vector<int64_t>& shape) {
    size_t bytes = sizeof(T);
    for (int64_t length : shape) bytes *= static_cast<size_t>(length);
    if (!ok()) return nullptr;
    const int type = sizeof(T) == 1 ? TF_UINT8 : TF_FLOAT;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()), bytes,
                                          status_.get());
    if (!ok()) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

 private:
  TF_OpKernelContext* context_;
  Status status_;
  std::vector<TF_Tensor*> tensors_;
};

template <typename T = float>
const T* dataOf(const TF_Tensor* tensor) {
  return static_cast<const T*>(TF_TensorData(tensor));
}

int sizeOf(const TF_Tensor* tensor, int axis) { return static_cast<int>(TF_Dim(tensor, axis)); }

/** Returns the kernels for that many lanes; null, and the call is refused, if this processor has none. */
const Kernels* kernelsFor(int64_t lanes, const Call& call) {
  if (lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &stride::kernelsOf8;
  if (lanes == 16 && __builtin_cpu_supports("avx512f")) return &stride::kernelsOf16;
  call.refuse("this processor has no kernels for " + std::to_string(lanes) + " lanes");
  return nullptr;
}

/** What an operation's node says. */
struct Settings {
  int64_t lanes = 0, images = 0;
  std::array<int64_t, 2> padding{};
  unsigned char relu = 0, pool = 0, inputGradient = 0;
};

Settings* settingsOf(void* kernel) { return static_cast<Settings*>(kernel); }
void removeSettings(void* kernel) { delete settingsOf(kernel); }

void* createToLanes(TF_OpKernelConstruction* node) {
  Status status;
  auto* settings = new Settings;
  TF_OpKernelConstruction_GetAttrInt64(node, "lanes", &settings->lanes, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(node, status.get());
  return settings;
}

void* createFromLanes(TF_OpKernelConstruction* node) {
  Status status;
  auto* settings = new Settings;
  TF_OpKernelConstruction_GetAttrInt64(node, "images", &settings->images, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(node, status.get());
  return settings;
}

void* createConvolution(TF_OpKernelConstruction* node) {
  Status status;
  auto* settings = new Settings;
  TF_OpKernelConstruction_GetAttrInt64List(node, "padding", settings->padding.data(), 2, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(node, "relu", &settings->relu, status.get());
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(node, "pool", &settings->pool, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(node, status.get());
  return settings;
}

void* createGradients(TF_OpKernelConstruction* node) {
  Status status;
  void* settings = createConvolution(node);
  TF_OpKernelConstruction_GetAttrBool(node, "input_gradient", &settingsOf(settings)->inputGradient, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(node, status.get());
  return settings;
}

void computeToLanes(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t lanes = settingsOf(kernel)->lanes;
  const TF_Tensor* images = call.input(0, 4);
  const Kernels* kernels = kernelsFor(lanes, call);
  if (images && kernels) {
    const int64_t count = TF_Dim(images, 0);
    const int64_t height = TF_Dim(images, 1), width = TF_Dim(images, 2), channels = TF_Dim(images, 3);
    float* result = call.output<float>(0, {(count + lanes - 1) / lanes, height, width, channels, lanes});
    if (result) kernels->toLanes(dataOf(images), static_cast<int>(count), height * width * channels, result);
  }
  call.end();
}

void computeFromLanes(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t count = settingsOf(kernel)->images;
  const TF_Tensor* maps = call.input(0, 5);
  const Kernels* kernels = maps ? kernelsFor(TF_Dim(maps, 4), call) : nullptr;
  if (kernels && (count + TF_Dim(maps, 4) - 1) / TF_Dim(maps, 4) != TF_Dim(maps, 0)) {
    call.refuse(std::to_string(count) + " images do not fill " + std::to_string(TF_Dim(maps, 0)) + " groups");
  } else if (kernels) {
    const int64_t height = TF_Dim(maps, 1), width = TF_Dim(maps, 2), channels = TF_Dim(maps, 3);
    float* result = call.output<float>(0, {count, height, width, channels});
    if (result) kernels->fromLanes(dataOf(maps), static_cast<int>(count), height * width * channels, result);
  }
  call.end();
}

/** Returns the convolution of `x` with `filter`, and refuses the call if they do not fit. */
Convolution convolutionOf(const Settings& settings, const TF_Tensor* x, const TF_Tensor* filter, const Call& call) {
  const Convolution c{sizeOf(x, 1),
                      sizeOf(x, 2),
                      sizeOf(x, 3),
                      sizeOf(filter, 3),
                      sizeOf(filter, 0),
                      sizeOf(filter, 1),
                      static_cast<int>(settings.padding[0]),
                      static_cast<int>(settings.padding[1]),
                      settings.relu != 0,
                      settings.pool != 0};
  if (sizeOf(filter, 2) != c.channels) call.refuse("the filter has another number of channels than the maps");
  if (c.paddingHeight < 0 || c.paddingWidth < 0 || c.paddingHeight >= c.kernelHeight ||
      c.paddingWidth >= c.kernelWidth)
    call.refuse("the padding must be smaller than the filter");
  else if (c.mapHeight() < 1 || c.mapWidth() < 1 || c.channels < 1 || c.filters < 1)
    call.refuse("the filter is larger than the padded maps, or something is empty");
  return c;
}

void computeConvolution(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor* x = call.input(0, 5);
  const TF_Tensor* filter = call.input(1, 4);
  const TF_Tensor* bias = call.input(2, 1);
  const Kernels* kernels = bias ? kernelsFor(TF_Dim(x, 4), call) : nullptr;
  if (kernels) {
    const Convolution c = convolutionOf(*settingsOf(kernel), x, filter, call);
    if (call.ok() && sizeOf(bias, 0) != c.filters) call.refuse("the bias has another length than there are filters");
    const int64_t groups = TF_Dim(x, 0), lanes = TF_Dim(x, 4);
    const std::vector<int64_t> shape{groups, c.mapHeight(), c.mapWidth(), c.filters, lanes};
    float* y = call.output<float>(0, shape);
    uint8_t* index = call.output<uint8_t>(1, c.hasIndex() ? shape : std::vector<int64_t>{0});
    if (call.ok())
      kernels->forward(c, static_cast<int>(groups), dataOf(x), dataOf(filter), dataOf(bias), y, index);
  }
  call.end();
}

bool hasShape(const TF_Tensor* tensor, const std::vector<int64_t>& shape) {
  for (size_t axis = 0; axis < shape.size(); axis++)
    if (TF_Dim(tensor, static_cast<int>(axis)) != shape[axis]) return false;
  return true;
}

void computeGradients(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Settings& settings = *settingsOf(kernel);
  const TF_Tensor* x = call.input(0, 5);
  const TF_Tensor* filter = call.input(1, 4);
  const TF_Tensor* yGradient = call.input(2, 5);
  const TF_Tensor* index = call.input(3, settings.relu || settings.pool ? 5 : 1);
  const Kernels* kernels = index ? kernelsFor(TF_Dim(x, 4), call) : nullptr;
  if (kernels) {
    const Convolution c = convolutionOf(settings, x, filter, call);
    const int64_t groups = TF_Dim(x, 0), lanes = TF_Dim(x, 4);
    const std::vector<int64_t> shape{groups, c.mapHeight(), c.mapWidth(), c.filters, lanes};
    if (call.ok() && !(hasShape(yGradient, shape) && (!c.hasIndex() || hasShape(index, shape))))
      call.refuse("the gradient or the index has another shape than the output");
    const std::vector<int64_t> shapeOfX{groups, c.height, c.width, c.channels, lanes};
    float* xGradient = call.output<float>(0, settings.inputGradient ? shapeOfX : std::vector<int64_t>{0});
    float* filterGradient = call.output<float>(1, {c.kernelHeight, c.kernelWidth, c.channels, c.filters});
    float* biasGradient = call.output<float>(2, {c.filters});
    if (call.ok())
      kernels->gradients(c, static_cast<int>(groups), dataOf(x), dataOf(filter), dataOf(yGradient),
                         dataOf<uint8_t>(index), settings.inputGradient ? xGradient : nullptr, filterGradient,
                         biasGradient);
  }
  call.end();
}

struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
};

/** The sizes of all results follow from the values at run time, as the engine's own graph knows them. */
void inferNothing(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

bool registerOperation(const Operation& operation) {
  Status status;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, inferNothing);
  TF_RegisterOpDefinition(definition, status.get());
  if (!status.ok()) return false;
  TF_RegisterKernelBuilder(
      operation.name, TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, removeSettings),
      status.get());
  return status.ok();
}

bool registerOperations() {
  const Operation operations[] = {
      {"StrideToLanes", {"images: float"}, {"lanes_of_images: float"}, {"lanes: int"}, createToLanes, computeToLanes},
      {"StrideFromLanes", {"maps: float"}, {"images_of_lanes: float"}, {"images: int"}, createFromLanes,
       computeFromLanes},
      {"StrideConv2D",
       {"x: float", "filter: float", "bias: float"},
       {"y: float", "index: uint8"},
       {"padding: list(int)", "relu: bool", "pool: bool"},
       createConvolution,
       computeConvolution},
      {"StrideConv2DGradients",
       {"x: float", "filter: float", "y_gradient: float", "index: uint8"},
       {"x_gradient: float", "filter_gradient: float", "bias_gradient: float"},
       {"padding: list(int)", "relu: bool", "pool: bool", "input_gradient: bool"},
       createGradients,
       computeGradients},
  };
  for (const Operation& operation : operations)
    if (!registerOperation(operation)) return false;
  return true;
}

}  // namespace

/** Called when a thread loads the addon; the operations are registered once in a process. Null tells of a failure. */
extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) {
  static std::once_flag once;
  static bool registered = false;
  std::call_once(once, [] { registered = registerOperations(); });
  return registered ? exports : nullptr;
}
