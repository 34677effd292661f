/** Convolutions, and the lanes' layout, as operations of TensorFlow. */
#include <array>

#include "tensorflow/call.h"

namespace stride {
namespace {

/** The attribute of `StrideToLanes` or `StrideFromLanes`. */
struct LayoutSettings {
  int64_t lanes, images;
};

void readLanes(Attributes& attributes, LayoutSettings& settings) {
  attributes.read("lanes", settings.lanes);
}

void readImages(Attributes& attributes, LayoutSettings& settings) {
  attributes.read("images", settings.images);
}

struct Settings {
  std::array<int64_t, 2> padding;
  int64_t stride;
  bool relu, pool, inputGradient;
};

void readConvolution(Attributes& attributes, Settings& settings) {
  attributes.read("padding", settings.padding.data(), 2);
  attributes.read("stride", settings.stride);
  attributes.read("relu", settings.relu);
  attributes.read("pool", settings.pool);
}

void readGradients(Attributes& attributes, Settings& settings) {
  readConvolution(attributes, settings);
  attributes.read("input_gradient", settings.inputGradient);
}

void computeToLanes(void* kernel, Call& call) {
  const int64_t lanes = static_cast<LayoutSettings*>(kernel)->lanes;
  const Tensor* images = call.input(0, 4);
  const Kernels* kernels = kernelsFor(lanes, call);
  if (images && kernels) {
    const int64_t count = lengthOf(images, 0);
    const int64_t height = lengthOf(images, 1), width = lengthOf(images, 2), channels = lengthOf(images, 3);
    float* result = call.output<float>(0, {(count + lanes - 1) / lanes, height, width, channels, lanes});
    if (result) kernels->toLanes(dataOf(images), static_cast<int>(count), height * width * channels, result);
  }
}

void computeFromLanes(void* kernel, Call& call) {
  const int64_t count = static_cast<LayoutSettings*>(kernel)->images;
  const Tensor* maps = call.input(0, 5);
  const Kernels* kernels = maps ? kernelsFor(lengthOf(maps, 4), call) : nullptr;
  if (kernels && (count + lengthOf(maps, 4) - 1) / lengthOf(maps, 4) != lengthOf(maps, 0)) {
    call.refuse(std::to_string(count) + " images do not fill " + std::to_string(lengthOf(maps, 0)) + " groups");
  } else if (kernels) {
    const int64_t height = lengthOf(maps, 1), width = lengthOf(maps, 2), channels = lengthOf(maps, 3);
    float* result = call.output<float>(0, {count, height, width, channels});
    if (result) kernels->fromLanes(dataOf(maps), static_cast<int>(count), height * width * channels, result);
  }
}

/** Returns the convolution of `x` with `filter`, and refuses the call if they do not fit. */
Convolution convolutionOf(const Settings& settings, const Tensor* x, const Tensor* filter, Call& call) {
  const Convolution c{sizeOf(x, 1),
                      sizeOf(x, 2),
                      sizeOf(x, 3),
                      sizeOf(filter, 3),
                      sizeOf(filter, 0),
                      sizeOf(filter, 1),
                      static_cast<int>(settings.padding[0]),
                      static_cast<int>(settings.padding[1]),
                      static_cast<int>(settings.stride),
                      settings.relu != 0,
                      settings.pool != 0};
  if (sizeOf(filter, 2) != c.channels) call.refuse("the filter has another number of channels than the maps");
  if (c.stride < 1 || c.paddingHeight < 0 || c.paddingWidth < 0 || c.channels < 1 || c.filters < 1 || !c.isPossible())
    call.refuse("the filter is larger than the padded maps, the padding too large, or something is empty");
  return c;
}

void computeConvolution(void* kernel, Call& call) {
  const Tensor* x = call.input(0, 5);
  const Tensor* filter = call.input(1, 4);
  const Tensor* bias = call.input(2, 1);
  const Kernels* kernels = bias ? kernelsFor(lengthOf(x, 4), call) : nullptr;
  if (kernels) {
    const Convolution c = convolutionOf(*static_cast<Settings*>(kernel), x, filter, call);
    if (call.ok() && sizeOf(bias, 0) != c.filters) call.refuse("the bias has another length than there are filters");
    const int64_t groups = lengthOf(x, 0), lanes = lengthOf(x, 4);
    const std::vector<int64_t> shape{groups, c.mapHeight(), c.mapWidth(), c.filters, lanes};
    float* y = call.output<float>(0, shape);
    uint8_t* index = call.output<uint8_t>(1, c.hasIndex() ? shape : std::vector<int64_t>{0});
    if (call.ok())
      kernels->forward(c, static_cast<int>(groups), dataOf(x), dataOf(filter), dataOf(bias), y, index);
  }
}

/** The attributes of the gradients through a batch norm; those of `convolution` are of the convolution alone. */
struct NormalisedSettings {
  Settings convolution;
  int64_t images;
  bool relu, pool;
};

void readNormalised(Attributes& attributes, NormalisedSettings& settings) {
  readGradients(attributes, settings.convolution);
  settings.relu = settings.convolution.relu;
  settings.pool = settings.convolution.pool;
  settings.convolution.relu = settings.convolution.pool = 0;
  attributes.read("images", settings.images);
}

/** Computes the gradients from inputs that have been checked but for their shapes. */
void computeGradients(Call& call, const Settings& settings, const Tensor* x, const Tensor* filter,
                      const Tensor* yGradient, const Tensor* index, Normalised* normalised) {
  const Kernels* kernels = call.ok() ? kernelsFor(lengthOf(x, 4), call) : nullptr;
  if (!kernels) return;
  const Convolution c = convolutionOf(settings, x, filter, call);
  Tail after = c.tail();
  if (normalised) {
    after.relu = normalised->tail.relu;
    after.pool = normalised->tail.pool;
    normalised->tail = after;
  }
  const int64_t groups = lengthOf(x, 0), lanes = lengthOf(x, 4);
  const std::vector<int64_t> shape{groups, after.mapHeight(), after.mapWidth(), after.channels, lanes};
  if (call.ok() && !(hasShape(yGradient, shape) && (!after.hasIndex() || hasShape(index, shape))))
    call.refuse("the gradient or the index has another shape than the output");
  const std::vector<int64_t> shapeOfX{groups, c.height, c.width, c.channels, lanes};
  float* xGradient = call.output<float>(0, settings.inputGradient ? shapeOfX : std::vector<int64_t>{0});
  float* filterGradient = call.output<float>(1, {c.kernelHeight, c.kernelWidth, c.channels, c.filters});
  float* biasGradient = call.output<float>(2, {c.filters});
  if (call.ok())
    kernels->gradients(c, static_cast<int>(groups), dataOf(x), dataOf(filter), dataOf(yGradient),
                       dataOf<uint8_t>(index), normalised, settings.inputGradient ? xGradient : nullptr,
                       filterGradient, call.isRead(2) ? biasGradient : nullptr);
}

void computeConvolutionGradients(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Tensor* x = call.input(0, 5);
  const Tensor* filter = call.input(1, 4);
  const Tensor* yGradient = call.input(2, 5);
  const Tensor* index = call.input(3, settings.relu || settings.pool ? 5 : 1);
  computeGradients(call, settings, x, filter, yGradient, index, nullptr);
}

void computeNormalisedGradients(void* kernel, Call& call) {
  const NormalisedSettings& settings = *static_cast<NormalisedSettings*>(kernel);
  const Tensor* x = call.input(0, 5);
  const Tensor* filter = call.input(1, 4);
  const Tensor* output = call.input(2, 5);
  const Tensor* yGradient = call.input(3, 5);
  const Tensor* index = call.input(4, settings.relu || settings.pool ? 5 : 1);
  const Tensor* of[3] = {};
  for (int i = 0; i < 3; i++) of[i] = call.input(5 + i, 1);
  if (call.ok()) {
    const Convolution c = convolutionOf(settings.convolution, x, filter, call);
    const int64_t groups = lengthOf(x, 0), lanes = lengthOf(x, 4);
    if (call.ok() && !hasShape(output, {groups, c.mapHeight(), c.mapWidth(), c.filters, lanes}))
      call.refuse("the normalised maps have another shape than the convolution's output");
    for (const Tensor* each : of)
      if (sizeOf(each, 0) != c.filters) call.refuse("a vector has not one number for each channel");
    if (settings.images < 1 || (settings.images + lanes - 1) / lanes != groups)
      call.refuse("the images do not fill the groups");
    Normalised normalised{{0, 0, 0, settings.relu != 0, settings.pool != 0},
                          static_cast<int>(settings.images),
                          dataOf(output),
                          {dataOf(of[0]), dataOf(of[1]), dataOf(of[2])}};
    computeGradients(call, settings.convolution, x, filter, yGradient, index, &normalised);
  }
}

}  // namespace

std::vector<Operation> convolutionOperations() {
  return {
      {"StrideToLanes",
       {"images: float"},
       {"lanes_of_images: float"},
       {"lanes: int"},
       create<LayoutSettings, readLanes>,
       computeToLanes,
       remove<LayoutSettings>},
      {"StrideFromLanes",
       {"maps: float"},
       {"images_of_lanes: float"},
       {"images: int"},
       create<LayoutSettings, readImages>,
       computeFromLanes,
       remove<LayoutSettings>},
      {"StrideConv2D",
       {"x: float", "filter: float", "bias: float"},
       {"y: float", "index: uint8"},
       {"padding: list(int)", "stride: int", "relu: bool", "pool: bool"},
       create<Settings, readConvolution>,
       computeConvolution,
       remove<Settings>},
      {"StrideConv2DGradients",
       {"x: float", "filter: float", "y_gradient: float", "index: uint8"},
       {"x_gradient: float", "filter_gradient: float", "bias_gradient: float"},
       {"padding: list(int)", "stride: int", "relu: bool", "pool: bool", "input_gradient: bool"},
       create<Settings, readGradients>,
       computeConvolutionGradients,
       remove<Settings>},
      {"StrideNormalisedConv2DGradients",
       {"x: float", "filter: float", "output: float", "y_gradient: float", "index: uint8", "of_x: float",
        "of_y_gradient: float", "constant: float"},
       {"x_gradient: float", "filter_gradient: float", "bias_gradient: float"},
       {"padding: list(int)", "stride: int", "images: int", "relu: bool", "pool: bool", "input_gradient: bool"},
       create<NormalisedSettings, readNormalised>,
       computeNormalisedGradients,
       remove<NormalisedSettings>},
  };
}

}  // namespace stride
