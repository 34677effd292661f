/**
 * Small operations that sequences call beside the kernels. They stand for TensorFlow's operations of the same name, and
 * take the same inputs; where an operation takes an axis or a shape as an input, it is an attribute here. `AddRelu` and
 * `AddReluGrad` are a sum and what follows it.
 */
#include <cstring>
#include <functional>
#include <numeric>

#include "../tensorflow/call.h"

namespace stride {
namespace {

/** Returns the shape of two that are broadcast to each other, as NumPy does; empty, and the call is refused, if they do not fit. */
std::vector<int64_t> broadcastShape(Call& call, const Tensor& a, const Tensor& b) {
  const int axes = std::max(a.axes, b.axes);
  std::vector<int64_t> shape(static_cast<size_t>(axes));
  const auto lengthFrom = [&](const Tensor& of, int axis) {
    const int own = axis - (axes - of.axes);
    return own < 0 ? 1 : lengthOf(&of, own);
  };
  for (int axis = 0; axis < axes; axis++) {
    const int64_t ofA = lengthFrom(a, axis), ofB = lengthFrom(b, axis);
    if (ofA != ofB && ofA != 1 && ofB != 1) call.refuse("the shapes do not fit each other");
    shape[static_cast<size_t>(axis)] = ofA == 1 ? ofB : ofA;
  }
  return shape;
}

/** For each number of a shape, where the number of `of` is that belongs to it. */
std::vector<int64_t> placesIn(const Tensor& of, const std::vector<int64_t>& shape) {
  const int axes = static_cast<int>(shape.size());
  std::vector<int64_t> places{0};
  for (int axis = 0; axis < axes; axis++) {
    const int own = axis - (axes - of.axes);
    const int64_t length = own < 0 ? 1 : lengthOf(&of, own);
    std::vector<int64_t> next;
    next.reserve(places.size() * static_cast<size_t>(shape[static_cast<size_t>(axis)]));
    for (int64_t place : places)
      for (int64_t i = 0; i < shape[static_cast<size_t>(axis)]; i++) next.push_back(place * length + (length == 1 ? 0 : i));
    places = std::move(next);
  }
  return places;
}

template <Element element>
void computeElements(void*, Call& call) {
  const Tensor* a = call.input(0);
  const bool isBinary = call.inputs() == 2;
  const Tensor* b = isBinary ? call.input(1) : a;
  const Kernels* kernels = b ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  const bool isSame = hasShape(a, shapeOf(b));
  if (!isSame && element != Element::add && element != Element::multiply) return call.refuse("the shapes differ");
  // Both sums and products may be taken the other way round.
  if (a->count() < b->count()) std::swap(a, b);
  const std::vector<int64_t> shape = broadcastShape(call, *a, *b);
  float* y = call.output<float>(0, shape);
  if (!y) return;
  const int64_t count = a->count();
  if (isSame || b->count() == 1) {
    kernels->elements(element, count, dataOf(a), isBinary ? dataOf(b) : nullptr, isBinary && !isSame, y);
    return;
  }
  const int last = b->axes - 1, length = sizeOf(b, last);
  const bool isAlongLast = b->count() == length && hasShape(a, shape) && sizeOf(a, a->axes - 1) == length;
  if (isAlongLast) {
    for (int64_t row = 0; row < count; row += length)
      kernels->elements(element, length, dataOf(a) + row, dataOf(b), false, y + row);
    return;
  }
  const std::vector<int64_t> ofA = placesIn(*a, shape), ofB = placesIn(*b, shape);
  for (size_t i = 0; i < ofA.size(); i++) {
    const float u = dataOf(a)[ofA[i]], v = dataOf(b)[ofB[i]];
    y[i] = element == Element::add ? u + v : u * v;
  }
}

/** The sum of two tensors with the ReLU after it, or, with the ReLU's result as a third input, with its gradient. */
void computeRectifiedSum(void*, Call& call) {
  const Tensor* a = call.input(0);
  const Tensor* b = call.input(1);
  const Tensor* features = call.ok() && call.inputs() > 2 ? call.input(2) : nullptr;
  const Kernels* kernels = call.ok() ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  const std::vector<int64_t> shape = broadcastShape(call, *a, *b);
  if (call.ok() && features && !hasShape(features, shape)) return call.refuse("the shapes differ");
  if (hasShape(a, shape) && hasShape(b, shape)) {
    float* y = call.output<float>(0, shape);
    if (y) kernels->rectifiedSum(a->count(), dataOf(a), dataOf(b), features ? dataOf(features) : nullptr, y);
    return;
  }
  const int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<int64_t>());
  const std::vector<int64_t> ofA = placesIn(*a, shape), ofB = placesIn(*b, shape);
  float* y = call.output<float>(0, shape);
  for (int64_t i = 0; y && i < count; i++) {
    const float sum = dataOf(a)[ofA[static_cast<size_t>(i)]] + dataOf(b)[ofB[static_cast<size_t>(i)]];
    y[i] = (features ? dataOf(features)[i] : sum) > 0 || (!features && sum != sum) ? sum : 0;
  }
}

void computeSumOfAll(void*, Call& call) {
  const Tensor* first = call.input(0);
  const Kernels* kernels = first ? kernelsOfAll(call) : nullptr;
  float* sum = kernels ? call.output<float>(0, shapeOf(first)) : nullptr;
  if (sum) std::memcpy(sum, first->data, static_cast<size_t>(first->count()) * sizeof(float));
  for (int i = 1; i < call.inputs() && call.ok(); i++) {
    const Tensor* next = call.input(i);
    if (!next) return;
    if (!hasShape(next, shapeOf(first))) return call.refuse("the shapes differ");
    kernels->elements(Element::add, first->count(), sum, dataOf(next), false, sum);
  }
}

/** The sum over the first axis. */
void computeSum(void*, Call& call) {
  const Tensor* x = call.input(0);
  if (!x || x->axes < 1) return call.refuse("there is no axis to add along");
  std::vector<int64_t> shape = shapeOf(x);
  const int64_t rows = shape[0];
  shape.erase(shape.begin());
  float* sum = call.output<float>(0, shape);
  const int64_t length = rows > 0 ? x->count() / rows : 0;
  for (int64_t i = 0; sum && i < length; i++) {
    float total = 0;
    for (int64_t row = 0; row < rows; row++) total += dataOf(x)[row * length + i];
    sum[i] = total;
  }
}

/** The mean over rows and columns, which stay as axes of length 1. */
void computeMean(void*, Call& call) {
  const Tensor* x = call.input(0);
  const Kernels* kernels = x ? kernelsOfAll(call) : nullptr;
  if (!kernels) return;
  if (x->axes < 4) return call.refuse("there are no rows and columns");
  std::vector<int64_t> shape = shapeOf(x);
  const int64_t images = shape[0], pixels = shape[1] * shape[2];
  shape[1] = shape[2] = 1;
  float* mean = call.output<float>(0, shape);
  if (!mean || images == 0 || pixels == 0) return;
  const int64_t length = x->count() / images / pixels;
  const float share = 1.0f / static_cast<float>(pixels);
  for (int64_t image = 0; image < images; image++, mean += length) {
    const float* from = dataOf(x) + image * pixels * length;
    std::memcpy(mean, from, static_cast<size_t>(length) * sizeof(float));
    for (int64_t pixel = 1; pixel < pixels; pixel++)
      kernels->elements(Element::add, length, mean, from + pixel * length, false, mean);
    kernels->elements(Element::multiply, length, mean, &share, true, mean);
  }
}

void computeShape(void*, Call& call) {
  const Tensor* x = call.input(0);
  int32_t* shape = x ? call.output<int32_t>(0, {x->axes}) : nullptr;
  for (int axis = 0; shape && axis < x->axes; axis++) shape[axis] = sizeOf(x, axis);
}

/** Repeats a tensor along its axes of length 1, up to the shape that the second input is. */
void computeBroadcast(void*, Call& call) {
  const Tensor* x = call.input(0);
  const Tensor* wanted = call.input(1, 1);
  if (!call.ok()) return;
  const std::vector<int64_t> shape(dataOf<int32_t>(wanted), dataOf<int32_t>(wanted) + wanted->count());
  Tensor target;
  target.axes = static_cast<int>(shape.size());
  if (target.axes > mostAxes) return call.refuse("there are too many axes");
  std::copy(shape.begin(), shape.end(), target.shape.begin());
  if (broadcastShape(call, *x, target) != shape) call.refuse("the shape does not fit");
  float* y = call.output<float>(0, shape);
  if (!y) return;
  // Pixels of maps, which is what a global pool's gradient needs.
  if (x->axes == target.axes && target.axes > 3 && lengthOf(x, 0) == shape[0] && lengthOf(x, 1) == 1 && lengthOf(x, 2) == 1 &&
      x->count() * shape[1] * shape[2] == target.count()) {
    const int64_t pixels = shape[1] * shape[2], length = shape[0] > 0 ? x->count() / shape[0] : 0;
    for (int64_t image = 0; image < shape[0]; image++)
      for (int64_t pixel = 0; pixel < pixels; pixel++, y += length)
        std::memcpy(y, dataOf(x) + image * length, static_cast<size_t>(length) * sizeof(float));
    return;
  }
  const std::vector<int64_t> places = placesIn(*x, shape);
  for (size_t i = 0; i < places.size(); i++) y[i] = dataOf(x)[places[i]];
}

/** Joins tensors along their first axis. */
void computeConcat(void*, Call& call) {
  const Tensor* first = call.input(0);
  if (!first || first->axes < 1) return call.refuse("there is no axis to join along");
  std::vector<int64_t> shape = shapeOf(first);
  shape[0] = 0;
  for (int i = 0; i < call.inputs(); i++) {
    const Tensor* next = call.input(i, first->axes);
    if (!next) return;
    if (!std::equal(shape.begin() + 1, shape.end(), next->shape.begin() + 1)) return call.refuse("the shapes do not fit each other");
    shape[0] += lengthOf(next, 0);
  }
  float* y = call.output<float>(0, shape);
  for (int i = 0; y && i < call.inputs(); i++) {
    const Tensor* next = call.input(i);
    std::memcpy(y, next->data, static_cast<size_t>(next->count()) * sizeof(float));
    y += next->count();
  }
}

}  // namespace

std::vector<Operation> elementOperations() {
  return {
      plain("AddV2", {"x: float", "y: float"}, {"z"}, computeElements<Element::add>, true),
      plain("BiasAdd", {"value: float", "bias: float"}, {"output"}, computeElements<Element::add>),
      plain("Mul", {"x: float", "y: float"}, {"z"}, computeElements<Element::multiply>, true),
      plain("Relu", {"features: float"}, {"activations"}, computeElements<Element::relu>, true),
      plain("ReluGrad", {"gradients: float", "features: float"}, {"backprops"}, computeElements<Element::reluGradient>, true),
      plain("AddRelu", {"x: float", "y: float"}, {"activations"}, computeRectifiedSum, true),
      plain("AddReluGrad", {"x: float", "y: float", "features: float"}, {"backprops"}, computeRectifiedSum, true),
      plain("Tanh", {"x: float"}, {"y"}, computeElements<Element::tanh>, true),
      plain("TanhGrad", {"y: float", "dy: float"}, {"z"}, computeElements<Element::tanhGradient>, true),
      plain("AddN", {"inputs: float"}, {"sum"}, computeSumOfAll),
      plain("Sum", {"input: float"}, {"output"}, computeSum),
      plain("Mean", {"input: float"}, {"output"}, computeMean),
      plain("Shape", {"input"}, {"output"}, computeShape),
      plain("BroadcastTo", {"input: float", "shape: int32"}, {"output"}, computeBroadcast),
      plain("ConcatV2", {"values: float"}, {"output"}, computeConcat),
  };
}

}  // namespace stride
