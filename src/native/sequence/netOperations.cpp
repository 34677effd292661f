/**
 * Operations of nets that sequences call beside the kernels: the cross-entropy, average pools, matrix products, and the
 * steps of parameters. They stand for TensorFlow's operations of the same name.
 */
#include <cmath>
#include <cstring>

#include "../tensorflow/call.h"

namespace stride {
namespace {

/** The cross-entropy of each image's logits, and its gradient: softmax − 1 at the label. */
void computeCrossEntropy(void*, Call& call) {
  const Tensor* logits = call.input(0, 2);
  const Tensor* labels = call.input(1, 1);
  if (!call.ok()) return;
  const int images = sizeOf(logits, 0), classes = sizeOf(logits, 1);
  if (sizeOf(labels, 0) != images || classes < 1) return call.refuse("there is not one label for each image");
  float* losses = call.output<float>(0, {images});
  float* gradient = call.output<float>(1, {images, classes});
  if (!call.ok()) return;
  const float* x = dataOf(logits);
  for (int image = 0; image < images; image++, x += classes, gradient += classes) {
    const int32_t label = dataOf<int32_t>(labels)[image];
    if (label < 0 || label >= classes) return call.refuse("there is no class " + std::to_string(label));
    float most = x[0];
    for (int c = 1; c < classes; c++) most = x[c] > most ? x[c] : most;
    float sum = 0;
    for (int c = 0; c < classes; c++) sum += gradient[c] = std::exp(x[c] - most);
    for (int c = 0; c < classes; c++) gradient[c] /= sum;
    gradient[label] -= 1;
    losses[image] = std::log(sum) - (x[label] - most);
  }
}

struct Window {
  std::array<int64_t, 2> kernel;
};

void readWindow(Attributes& attributes, Window& window) { attributes.read("kernel", window.kernel.data(), 2); }

/** Returns the pool of these maps; the call is refused if a window is larger. */
Averages averagesOf(Call& call, const Window& window, const std::vector<int64_t>& shape) {
  const Averages pool{shape[0], static_cast<int>(shape[1]), static_cast<int>(shape[2]), static_cast<int>(shape[3]),
                      static_cast<int>(window.kernel[0]), static_cast<int>(window.kernel[1])};
  if (pool.kernelHeight < 1 || pool.kernelWidth < 1 || pool.height < pool.kernelHeight || pool.width < pool.kernelWidth)
    call.refuse("a window is larger than the maps");
  return pool;
}

void computeAveragePool(void* settings, Call& call) {
  const Tensor* x = call.input(0, 4);
  const Kernels* kernels = x ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  const Averages pool = averagesOf(call, *static_cast<Window*>(settings), shapeOf(x));
  if (!call.ok()) return;
  float* y = call.output<float>(0, {pool.images, pool.mapHeight(), pool.mapWidth(), pool.channels});
  if (y) kernels->averagePool(pool, dataOf(x), y);
}

void computeAveragePoolGradient(void* settings, Call& call) {
  const Tensor* shapeOfX = call.input(0, 1);
  const Tensor* gradient = call.input(1, 4);
  const Kernels* kernels = call.ok() ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  if (shapeOfX->count() != 4) return call.refuse("the maps have no four axes");
  const std::vector<int64_t> shape(dataOf<int32_t>(shapeOfX), dataOf<int32_t>(shapeOfX) + 4);
  const Averages pool = averagesOf(call, *static_cast<Window*>(settings), shape);
  if (!call.ok()) return;
  if (!hasShape(gradient, {pool.images, pool.mapHeight(), pool.mapWidth(), pool.channels}))
    return call.refuse("the gradient has another shape than the output");
  float* xGradient = call.output<float>(0, shape);
  if (xGradient) kernels->averagePoolGradient(pool, dataOf(gradient), xGradient);
}

struct Product {
  bool transposeA, transposeB;
};

void readProduct(Attributes& attributes, Product& product) {
  attributes.read("transpose_a", product.transposeA);
  attributes.read("transpose_b", product.transposeB);
}

/** A matrix product by the kernels of linear layers. */
void computeProduct(void* settings, Call& call) {
  const Product& product = *static_cast<Product*>(settings);
  const Tensor* a = call.input(0, 2);
  const Tensor* b = call.input(1, 2);
  const Kernels* kernels = call.ok() ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  const int rows = sizeOf(a, product.transposeA ? 1 : 0), inner = sizeOf(a, product.transposeA ? 0 : 1);
  const int columns = sizeOf(b, product.transposeB ? 0 : 1);
  if (sizeOf(b, product.transposeB ? 1 : 0) != inner || inner < 1) return call.refuse("the matrices do not fit each other");
  float* y = call.output<float>(0, {rows, columns});
  if (!y) return;
  const float* left = dataOf(a);
  thread_local std::vector<float> transposed, sums;
  if (product.transposeA) {
    transposed.resize(static_cast<size_t>(a->count()));
    for (int k = 0; k < inner; k++)
      for (int row = 0; row < rows; row++) transposed[static_cast<size_t>(row) * inner + k] = left[static_cast<size_t>(k) * rows + row];
    left = transposed.data();
  }
  if (product.transposeB) {
    kernels->linearForward({inner, columns, false}, rows, left, dataOf(b), nullptr, y);
  } else {
    sums.resize(static_cast<size_t>(inner));
    kernels->linearGradients({columns, inner, false}, rows, left, left, dataOf(b), nullptr, sums.data(), y);
  }
}

/** The sum over all axes but the last. */
void computeBiasGradient(void*, Call& call) {
  const Tensor* x = call.input(0);
  const Kernels* kernels = x ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  if (x->axes < 1) return call.refuse("there is no axis of features");
  const int64_t length = lengthOf(x, x->axes - 1);
  float* sum = call.output<float>(0, {length});
  if (!sum) return;
  std::fill_n(sum, length, 0.0f);
  for (int64_t at = 0; at < x->count(); at += length)
    kernels->elements(Element::add, length, sum, dataOf(x) + at, false, sum);
}

/** Returns the memory of a variable whose value is an input, to change it; the graph sees to it that nobody reads it meanwhile. */
float* variable(Call& call, int index, const Tensor* like) {
  const Tensor* value = call.input(index);
  if (!value || !like) return nullptr;
  if (value->count() != like->count()) call.refuse("a variable and its change differ in length");
  return call.ok() ? static_cast<float*>(value->data) : nullptr;
}

struct StepSettings {
  bool nesterov;
};

void readStep(Attributes& attributes, StepSettings& settings) { attributes.read("use_nesterov", settings.nesterov); }

/** Of variable, accumulator, learning rate, gradient and momentum. */
void computeMomentumStep(void* settings, Call& call) {
  const Tensor* gradient = call.input(3);
  float* parameter = variable(call, 0, gradient);
  float* accumulator = variable(call, 1, gradient);
  const Tensor* learningRate = call.input(2, 0);
  const Tensor* momentum = call.input(4, 0);
  const Kernels* kernels = momentum ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  const DescentStep step{*dataOf(learningRate), *dataOf(momentum), 0, static_cast<StepSettings*>(settings)->nesterov};
  kernels->descend(step, gradient->count(), dataOf(gradient), parameter, accumulator);
}

/** Of variable, learning rate and gradient. */
void computeDescentStep(void*, Call& call) {
  const Tensor* gradient = call.input(2);
  float* parameter = variable(call, 0, gradient);
  const Tensor* learningRate = call.input(1, 0);
  const Kernels* kernels = learningRate ? kernelsOfAll(call) : nullptr;
  if (kernels) kernels->descend({*dataOf(learningRate), 0, 0, false}, gradient->count(), dataOf(gradient), parameter, nullptr);
}

void computeAssign(void*, Call& call) {
  const Tensor* value = call.input(1);
  float* to = variable(call, 0, value);
  if (to) std::memcpy(to, value->data, static_cast<size_t>(value->count()) * sizeof(float));
}

}  // namespace

std::vector<Operation> netOperations() {
  return {
      plain("SparseSoftmaxCrossEntropyWithLogits", {"features: float", "labels: int32"}, {"loss", "backprop"}, computeCrossEntropy),
      plain("BiasAddGrad", {"out_backprop: float"}, {"output"}, computeBiasGradient),
      plain("AssignVariableOp", {"variable: float", "value: float"}, {}, computeAssign),
      plain("ResourceApplyGradientDescent", {"var: float", "alpha: float", "delta: float"}, {}, computeDescentStep),
      {"ResourceApplyMomentum",
       {"var: float", "accum: float", "lr: float", "grad: float", "momentum: float"},
       {},
       {},
       create<StepSettings, readStep>,
       computeMomentumStep,
       remove<StepSettings>},
      {"AvgPool", {"value: float"}, {"output"}, {}, create<Window, readWindow>, computeAveragePool, remove<Window>},
      {"AvgPoolGrad", {"shape: int32", "grad: float"}, {"output"}, {}, create<Window, readWindow>, computeAveragePoolGradient, remove<Window>},
      {"MatMul", {"a: float", "b: float"}, {"product"}, {}, create<Product, readProduct>, computeProduct, remove<Product>},
  };
}

}  // namespace stride
