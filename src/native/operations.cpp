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
 *     StrideSequence           anything → anything: several of these operations and of `sequence` as one
 *     StrideStep               the same for a whole step, which changes variables in their own memory
 *
 * Node and Electron load this library as an addon, so that their rules for addons hold: it stays while any thread uses
 * it. For JavaScript it has `node/mailbox.h` alone.
 */
#include <mutex>
#include <utility>

#include "node/mailbox.h"
#include "sequence/sequence.h"
#include "tensorflow/verbose.h"

namespace {

using stride::Operation;
using stride::Sequence;
using stride::Status;
using stride::TensorFlowAttributes;
using stride::TensorFlowCall;

/** All operations that are registered, in the order of their registration, and those that only sequences call. */
std::vector<Operation> operations, inSequences;
constexpr size_t mostOperations = 16;

/** An operation with a node's settings. */
struct Kernel {
  const Operation& operation;
  void* settings;
};

/** TensorFlow does not tell which operation a kernel is made for, so each has a function of its own. */
template <size_t Index>
void* createKernel(TF_OpKernelConstruction* node) {
  TensorFlowAttributes attributes(node);
  const Operation& operation = operations[Index];
  auto* kernel = new Kernel{operation, operation.create(attributes)};
  if (!attributes.ok()) TF_OpKernelConstruction_Failure(node, attributes.status());
  return kernel;
}

using Create = void* (*)(TF_OpKernelConstruction*);

template <size_t... Indices>
Create createFor(size_t index, std::index_sequence<Indices...>) {
  constexpr Create all[] = {createKernel<Indices>...};
  return all[index];
}

void computeKernel(void* given, TF_OpKernelContext* context) {
  const Kernel& kernel = *static_cast<Kernel*>(given);
  TensorFlowCall call(context);
  std::string name;
  if (stride::isVerbose()) {
    const TF_StringView node = TF_GetOpKernelName(context);
    name.assign(node.data, node.length);
  }
  {
    const stride::Timed timed(kernel.operation.name, name);
    kernel.operation.compute(kernel.settings, call);
  }
  call.end();
}

void removeKernel(void* given) {
  auto* kernel = static_cast<Kernel*>(given);
  kernel->operation.remove(kernel->settings);
  delete kernel;
}

void* createSequence(TF_OpKernelConstruction* node) {
  TensorFlowAttributes attributes(node);
  stride::SequenceSettings settings;
  settings.program = attributes.text("program");
  attributes.read("inputs_count", settings.inputs);
  settings.stacked = attributes.integers("stacked");
  settings.results = attributes.integers("values");
  std::string why;
  if (!attributes.ok()) {
    TF_OpKernelConstruction_Failure(node, attributes.status());
    return nullptr;
  }
  auto* sequence = new Sequence(std::move(settings), why);
  if (why.empty()) return sequence;
  TF_SetStatus(attributes.status(), TF_INVALID_ARGUMENT, why.c_str());
  TF_OpKernelConstruction_Failure(node, attributes.status());
  delete sequence;
  return nullptr;
}

void computeSequence(void* sequence, TF_OpKernelContext* context) {
  TensorFlowCall call(context);
  static_cast<Sequence*>(sequence)->compute(call);
  call.end();
}

void removeSequence(void* sequence) { delete static_cast<Sequence*>(sequence); }

/** The sizes of all results follow from the values at run time, as the engine's own graph knows them. */
void inferNothing(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

struct Functions {
  Create create;
  void (*compute)(void*, TF_OpKernelContext*);
  void (*remove)(void*);
};

bool registerOperation(const Operation& operation, const Functions& functions) {
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
      operation.name, TF_NewKernelBuilder(operation.name, "CPU", functions.create, functions.compute, functions.remove),
      status.get());
  return status.ok();
}

bool registerOperations() {
  for (const auto& some : {stride::imageOperations(), stride::convolutionOperations(), stride::normaliseOperations(),
                           stride::linearOperations()})
    operations.insert(operations.end(), some.begin(), some.end());
  for (const auto& some : {stride::elementOperations(), stride::netOperations()})
    inSequences.insert(inSequences.end(), some.begin(), some.end());
  if (operations.size() > mostOperations) return false;
  for (size_t index = 0; index < operations.size(); index++) {
    const Create create = createFor(index, std::make_index_sequence<mostOperations>());
    if (!registerOperation(operations[index], {create, computeKernel, removeKernel})) return false;
  }
  const auto isRegistered = [](const char* name, bool hasEffect) {
    const Operation sequence{
        name,
        {"inputs: Tin"},
        {"results: Tout"},
        {"Tin: list(type)", "Tout: list(type)", "program: string", "inputs_count: int", "values: list(int)",
         "stacked: list(int)"},
        nullptr,
        nullptr,
        nullptr,
        hasEffect};
    return registerOperation(sequence, {createSequence, computeSequence, removeSequence});
  };
  return isRegistered("StrideSequence", false) && isRegistered("StrideStep", true);
}

}  // namespace

const Operation* stride::findOperation(const std::string& name) {
  for (const auto* all : {&operations, &inSequences})
    for (const Operation& operation : *all)
      if (operation.name == name) return &operation;
  return nullptr;
}

/** Called when a thread loads the addon; the operations are registered once in a process. Null tells of a failure. */
extern "C" __attribute__((visibility("default"))) napi_value
napi_register_module_v1(napi_env env, napi_value exports) {
  static std::once_flag once;
  static bool registered = false;
  std::call_once(once, [] { registered = registerOperations(); });
  return registered && stride::exportMailboxes(env, exports) ? exports : nullptr;
}
