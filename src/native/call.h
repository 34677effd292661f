/** What every operation needs: its inputs and outputs, errors, and the kernels for its number of lanes. */
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "convolution.h"
#include "tensorflow.h"

namespace stride {

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

inline int sizeOf(const TF_Tensor* tensor, int axis) { return static_cast<int>(TF_Dim(tensor, axis)); }

inline bool hasShape(const TF_Tensor* tensor, const std::vector<int64_t>& shape) {
  for (size_t axis = 0; axis < shape.size(); axis++)
    if (TF_Dim(tensor, static_cast<int>(axis)) != shape[axis]) return false;
  return true;
}

/** Returns the kernels for that many lanes; null, and the call is refused, if this processor has none. */
inline const Kernels* kernelsFor(int64_t lanes, const Call& call) {
  if (lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &stride::kernelsOf8;
  if (lanes == 16 && __builtin_cpu_supports("avx512f")) return &stride::kernelsOf16;
  call.refuse("this processor has no kernels for " + std::to_string(lanes) + " lanes");
  return nullptr;
}

/** Makes a node's settings of its attributes; a kernel is these settings. */
template <typename Settings, void (*Read)(TF_OpKernelConstruction*, Settings&, TF_Status*)>
void* create(TF_OpKernelConstruction* node) {
  Status status;
  auto* settings = new Settings{};
  Read(node, *settings, status.get());
  if (!status.ok()) TF_OpKernelConstruction_Failure(node, status.get());
  return settings;
}

template <typename Settings>
void remove(void* kernel) {
  delete static_cast<Settings*>(kernel);
}

/** An operation as it is registered. */
struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*remove)(void*);
  /** Whether it has an effect beside its outputs. */
  bool hasEffect = false;
};

std::vector<Operation> convolutionOperations();
std::vector<Operation> imageOperations();
std::vector<Operation> linearOperations();
std::vector<Operation> normaliseOperations();

}  // namespace stride
