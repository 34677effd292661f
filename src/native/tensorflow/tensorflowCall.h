/** A call of an operation by TensorFlow, and a node's attributes as TensorFlow has them. */
#pragma once
#include <deque>

#include "call.h"

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

 private:
  TF_Status* status_;
};

class TensorFlowCall : public Call {
 public:
  explicit TensorFlowCall(TF_OpKernelContext* context) : context_(context), inputs_(TF_NumInputs(context)) {
    known_.resize(static_cast<size_t>(inputs_));
  }
  ~TensorFlowCall() override {
    releaseAll();
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
  }

  int inputs() const override { return inputs_; }

  /** Returns memory until it is released or the call ends; null, and the call is refused, if there is none. */
  void* temporary(size_t bytes) {
    TF_AllocatorAttributes where{sizeof where, nullptr, 1};
    const int64_t count = static_cast<int64_t>((bytes + sizeof(float) - 1) / sizeof(float));
    if (!ok()) return nullptr;
    TF_Tensor* tensor = TF_AllocateTemp(context_, TF_FLOAT, &count, 1, &where, status_.get());
    if (tensor) temporaries_.push_back(tensor);
    return dataIn(tensor);
  }

  /** Gives memory back that `temporary` returned. */
  void release(const void* memory) {
    const auto isIt = [&](TF_Tensor* tensor) { return TF_TensorData(tensor) == memory; };
    const auto found = std::find_if(temporaries_.begin(), temporaries_.end(), isIt);
    if (found == temporaries_.end()) return;
    TF_DeleteTensor(*found);
    temporaries_.erase(found);
  }

  /** Gives all such memory back. */
  void releaseAll() {
    for (TF_Tensor* tensor : temporaries_) TF_DeleteTensor(tensor);
    temporaries_.clear();
  }

  void make(int index, Tensor& tensor) override {
    const size_t bytes = static_cast<size_t>(tensor.count()) * bytesOf(tensor.type);
    tensor.data = dataOf(TF_AllocateOutput(context_, index, tensor.type, tensor.shape.data(), tensor.axes, bytes,
                                           status_.get()));
  }

  /** Tells TensorFlow if the call was refused. */
  void end() {
    if (ok()) return;
    if (status_.ok()) TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, why().c_str());
    TF_OpKernelContext_Failure(context_, status_.get());
  }

 protected:
  const Tensor* given(int index) override {
    if (index < 0 || index >= inputs_) {
      refuse("there is no input " + std::to_string(index));
      return nullptr;
    }
    Tensor& known = known_[static_cast<size_t>(index)];
    if (known.type != 0) return &known;
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    known.data = dataOf(tensor);
    if (!ok()) return nullptr;
    if (TF_NumDims(tensor) > mostAxes) {
      refuse("input " + std::to_string(index) + " has more than " + std::to_string(mostAxes) + " axes");
      return nullptr;
    }
    known.axes = TF_NumDims(tensor);
    for (int axis = 0; axis < known.axes; axis++) known.shape[static_cast<size_t>(axis)] = TF_Dim(tensor, axis);
    known.type = TF_TensorType(tensor);
    return &known;
  }

 private:
  /** Keeps a tensor until the call ends, and returns its memory. */
  void* dataOf(TF_Tensor* tensor) {
    if (tensor) tensors_.push_back(tensor);
    return dataIn(tensor);
  }

  void* dataIn(const TF_Tensor* tensor) {
    if (status_.ok() && tensor) return TF_TensorData(tensor);
    refuse(status_.ok() ? "TensorFlow gave no tensor" : TF_Message(status_.get()));
    return nullptr;
  }

  TF_OpKernelContext* context_;
  int inputs_;
  Status status_;
  std::vector<Tensor> known_;
  std::vector<TF_Tensor*> tensors_, temporaries_;
};

class TensorFlowAttributes : public Attributes {
 public:
  explicit TensorFlowAttributes(TF_OpKernelConstruction* node) : node_(node) {}

  bool ok() const override { return status_.ok(); }
  TF_Status* status() const { return status_.get(); }

  void read(const char* name, int64_t& value) override {
    if (ok()) TF_OpKernelConstruction_GetAttrInt64(node_, name, &value, status_.get());
  }
  void read(const char* name, float& value) override {
    if (ok()) TF_OpKernelConstruction_GetAttrFloat(node_, name, &value, status_.get());
  }
  void read(const char* name, bool& value) override {
    unsigned char read = 0;
    if (ok()) TF_OpKernelConstruction_GetAttrBool(node_, name, &read, status_.get());
    value = read != 0;
  }
  void read(const char* name, int64_t* values, int count) override {
    if (ok()) TF_OpKernelConstruction_GetAttrInt64List(node_, name, values, count, status_.get());
  }

  std::string text(const char* name) {
    int32_t list = 0, length = 0;
    if (ok()) TF_OpKernelConstruction_GetAttrSize(node_, name, &list, &length, status_.get());
    std::string value(static_cast<size_t>(ok() ? length : 0), '\0');
    if (ok()) TF_OpKernelConstruction_GetAttrString(node_, name, &value[0], value.size(), status_.get());
    return value;
  }

  std::vector<int64_t> integers(const char* name) {
    int32_t length = 0, bytes = 0;
    if (ok()) TF_OpKernelConstruction_GetAttrSize(node_, name, &length, &bytes, status_.get());
    std::vector<int64_t> values(static_cast<size_t>(ok() ? length : 0));
    if (!values.empty()) read(name, values.data(), static_cast<int>(values.size()));
    return values;
  }

 private:
  TF_OpKernelConstruction* node_;
  Status status_;
};

}  // namespace stride
