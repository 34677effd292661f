/**
 * Registers the kernels as operations of TensorFlow. A map in the lanes' layout is a tensor of groups × height × width ×
 * channels × lanes.
 *
 *     StridePixels             bytes of images, mean, deviation → pixels, normalised
 *     StrideToLanes            images → lanes                          lanes: 8 or 16
 *     StrideFromLanes          lanes → images                          images: how many there are
 *     StrideConv2D             x, filter, bias → y, index
 *     StrideConv2DGradients    x, filter, y's gradient, index → the gradients of x, filter, bias
 *     StrideNormalisedConv2DGradients  the same from the gradient of the y of the batch norm after the convolution
 *     StrideMoments            x → mean and Σ (x − mean)²               images: how many there are
 *     StrideNormalisation      all shards' moments, weight, bias, running statistics → scale, shift, new statistics, …
 *     StrideNormalise          x, scale, shift → y, index               with ReLU and pool
 *     StrideNormaliseSums      x, y's gradient d, index, mean → Σ d · (x − mean), Σ d
 *     StrideNormalisationGradient  all shards' sums, … → the gradients of weight and bias, and of x as a function
 *     StrideNormaliseGradient  x, y's gradient, index, the function → x's gradient
 *     StrideLinear             x, weight, bias → y                     with ReLU
 *     StrideLinearGradients    y's gradient, y, weight → the gradients before the ReLU, of the bias and of x
 *     StrideLinearStep         weights, accumulators, learning rate, and for each layer all shards' x, then y's
 *                              gradients; changes some rows of weights and accumulators, in the variables' memory
 *
 * Node and Electron load this library as an addon, so that their rules for addons hold: it stays while any thread uses
 * it. It has nothing for JavaScript.
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "call.h"

namespace {

using stride::Operation;
using stride::Status;

/** All operations, in the order of their registration. */
std::vector<Operation> operations;
constexpr size_t mostOperations = 16;

/** Computes, and prints the call in the manner of oneDNN: `stride_verbose,exec,StrideConv2D,train/0_conv2d/…,0.123`. */
template <size_t Index>
void computeTimed(void* kernel, TF_OpKernelContext* context) {
  using Clock = std::chrono::steady_clock;
  const Operation& operation = operations[Index];
  const auto begun = Clock::now();
  operation.compute(kernel, context);
  const std::chrono::duration<double, std::milli> taken = Clock::now() - begun;
  const TF_StringView node = TF_GetOpKernelName(context);
  std::printf("stride_verbose,exec,%s,%.*s,%.6f\n", operation.name, static_cast<int>(node.length), node.data,
              taken.count());
  std::fflush(stdout);
}

using Compute = void (*)(void*, TF_OpKernelContext*);

/** A kernel has nothing that tells its operation, so each operation has a function of its own. */
template <size_t... Indices>
Compute timed(size_t index, std::index_sequence<Indices...>) {
  constexpr Compute all[] = {computeTimed<Indices>...};
  return all[index];
}

/** Whether calls are timed and printed: STRIDE_KERNELS_VERBOSE, for `npm run bench -- profile`. */
bool isVerbose() { return std::getenv("STRIDE_KERNELS_VERBOSE") != nullptr; }

/** The sizes of all results follow from the values at run time, as the engine's own graph knows them. */
void inferNothing(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

bool registerOperation(const Operation& operation, Compute compute) {
  Status status;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  if (operation.hasEffect) TF_OpDefinitionBuilderSetIsStateful(definition, 1);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, inferNothing);
  TF_RegisterOpDefinition(definition, status.get());
  if (!status.ok()) return false;
  TF_RegisterKernelBuilder(
      operation.name, TF_NewKernelBuilder(operation.name, "CPU", operation.create, compute, operation.remove),
      status.get());
  return status.ok();
}

bool registerOperations() {
  for (const auto& some : {stride::imageOperations(), stride::convolutionOperations(), stride::normaliseOperations(),
                           stride::linearOperations()})
    operations.insert(operations.end(), some.begin(), some.end());
  if (operations.size() > mostOperations) return false;
  const bool verbose = isVerbose();
  for (size_t index = 0; index < operations.size(); index++) {
    const Operation& operation = operations[index];
    const Compute compute =
        verbose ? timed(index, std::make_index_sequence<mostOperations>()) : operation.compute;
    if (!registerOperation(operation, compute)) return false;
  }
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
