/** Sums and linear functions of channels as operations of TensorFlow: what batch norm is made of. */
#include "call.h"

namespace stride {
namespace {

struct Settings {
  int64_t images;
  unsigned char square;
};

void readImages(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  TF_OpKernelConstruction_GetAttrInt64(node, "images", &settings.images, status);
}

void readSums(TF_OpKernelConstruction* node, Settings& settings, TF_Status* status) {
  readImages(node, settings, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrBool(node, "square", &settings.square, status);
}

bool haveOneShape(const TF_Tensor* x, const TF_Tensor* y) {
  for (int axis = 0; axis < 5; axis++)
    if (TF_Dim(x, axis) != TF_Dim(y, axis)) return false;
  return true;
}

/** What a call is given: one or two maps, and vectors with a number for each channel. */
struct Given {
  const Kernels* kernels = nullptr;
  Channels of{};
  const float* maps[2] = {};
  const float* vectors[3] = {};
  std::vector<int64_t> shape;
};

Given givenTo(Call& call, int64_t images, int maps, int vectors) {
  Given given;
  const TF_Tensor* first = nullptr;
  for (int index = 0; index < maps; index++) {
    const TF_Tensor* map = call.input(index, 5);
    if (!map) return given;
    if (!first) first = map;
    if (!haveOneShape(first, map)) call.refuse("the maps have different shapes");
    given.maps[index] = dataOf(map);
  }
  const int64_t lanes = TF_Dim(first, 4);
  given.of = {static_cast<int>(images), sizeOf(first, 3), static_cast<long>(TF_Dim(first, 1) * TF_Dim(first, 2))};
  for (int axis = 0; axis < 5; axis++) given.shape.push_back(TF_Dim(first, axis));
  for (int index = 0; index < vectors; index++) {
    const TF_Tensor* vector = call.input(maps + index, 1);
    if (!vector) return given;
    if (sizeOf(vector, 0) != given.of.channels) call.refuse("a vector has not one number for each channel");
    given.vectors[index] = dataOf(vector);
  }
  if ((images + lanes - 1) / lanes != TF_Dim(first, 0)) call.refuse("the images do not fill the groups");
  const Kernels* kernels = kernelsFor(lanes, call);
  if (call.ok()) given.kernels = kernels;
  return given;
}

void computeSums(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Given given = givenTo(call, settings.images, 1, 1);
  float* sums = given.kernels ? call.output<float>(0, {given.of.channels}) : nullptr;
  if (sums) given.kernels->channelSums(given.of, given.maps[0], given.vectors[0], settings.square != 0, sums);
  call.end();
}

void computeDots(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Given given = givenTo(call, static_cast<Settings*>(kernel)->images, 2, 1);
  float* dots = given.kernels ? call.output<float>(0, {given.of.channels}) : nullptr;
  float* sums = dots ? call.output<float>(1, {given.of.channels}) : nullptr;
  if (sums) given.kernels->channelDots(given.of, given.maps[0], given.maps[1], given.vectors[0], dots, sums);
  call.end();
}

void computeScale(void* kernel, TF_OpKernelContext* context) {
  Call call(context);
  const Given given = givenTo(call, static_cast<Settings*>(kernel)->images, 2, 3);
  float* result = given.kernels ? call.output<float>(0, given.shape) : nullptr;
  if (result)
    given.kernels->channelScale(given.of, given.maps[0], given.maps[1],
                                {given.vectors[0], given.vectors[1], given.vectors[2]}, result);
  call.end();
}

}  // namespace

std::vector<Operation> channelOperations() {
  return {
      {"StrideChannelSums",
       {"x: float", "center: float"},
       {"sums: float"},
       {"images: int", "square: bool"},
       create<Settings, readSums>,
       computeSums,
       remove<Settings>},
      {"StrideChannelDots",
       {"x: float", "y: float", "center: float"},
       {"dots: float", "sums: float"},
       {"images: int"},
       create<Settings, readImages>,
       computeDots,
       remove<Settings>},
      {"StrideChannelScale",
       {"x: float", "y: float", "a: float", "b: float", "c: float"},
       {"result: float"},
       {"images: int"},
       create<Settings, readImages>,
       computeScale,
       remove<Settings>},
  };
}

}  // namespace stride
