/**
 * What every operation needs: its inputs, outputs and attributes, and the kernels for its number of lanes. An operation
 * is called by TensorFlow (`tensorflowCall.h`) or by a sequence of operations (`sequence/sequence.h`), and does not know by which.
 */
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../convolution.h"
#include "api.h"

namespace stride {

/** The most axes that a tensor may have. */
constexpr int mostAxes = 6;

/** A tensor's memory, the type of its numbers (TF_FLOAT, …) and its shape. */
struct Tensor {
  void* data = nullptr;
  int type = 0;
  int axes = 0;
  std::array<int64_t, mostAxes> shape{};

  int64_t count() const {
    int64_t product = 1;
    for (int axis = 0; axis < axes; axis++) product *= shape[static_cast<size_t>(axis)];
    return product;
  }
};

template <typename T>
const T* dataOf(const Tensor* tensor) {
  return static_cast<const T*>(tensor->data);
}
inline const float* dataOf(const Tensor* tensor) { return dataOf<float>(tensor); }

inline int64_t lengthOf(const Tensor* tensor, int axis) { return tensor->shape[static_cast<size_t>(axis)]; }
inline int sizeOf(const Tensor* tensor, int axis) { return static_cast<int>(lengthOf(tensor, axis)); }
inline std::vector<int64_t> shapeOf(const Tensor* tensor) {
  return {tensor->shape.begin(), tensor->shape.begin() + tensor->axes};
}

inline bool hasShape(const Tensor* tensor, const std::vector<int64_t>& shape) {
  return tensor->axes == static_cast<int>(shape.size()) && std::equal(shape.begin(), shape.end(), tensor->shape.begin());
}

template <typename T>
constexpr int typeOf() {
  return sizeof(T) == 1 ? TF_UINT8 : std::is_same<T, int32_t>::value ? TF_INT32 : TF_FLOAT;
}

/** Returns the bytes of a number; 0 if no operation has numbers of this type. */
inline size_t bytesOf(int type) { return type == TF_UINT8 ? 1 : type == TF_FLOAT || type == TF_INT32 ? 4 : 0; }

/** The inputs and outputs of one call. After it has been refused, nothing more is done. */
class Call {
 public:
  Call() = default;
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  bool ok() const { return why_.empty(); }
  const std::string& why() const { return why_; }
  void refuse(const std::string& why) {
    if (ok()) why_ = why;
  }

  virtual int inputs() const = 0;

  /** Whether anything reads an output, as far as is known. What nothing reads need not be computed. */
  virtual bool isRead(int /* output */) const { return true; }

  /** Returns an input; null, and the call is refused, if it cannot be had. */
  const Tensor* input(int index) {
    const Tensor* tensor = ok() ? given(index) : nullptr;
    return ok() ? tensor : nullptr;
  }

  /** Returns an input with that many axes; null, and the call is refused, if it has another number. */
  const Tensor* input(int index, int axes) {
    const Tensor* tensor = input(index);
    if (!tensor || tensor->axes == axes) return tensor;
    refuse("input " + std::to_string(index) + " has " + std::to_string(tensor->axes) + " axes instead of " +
           std::to_string(axes));
    return nullptr;
  }

  /** Returns an output's memory; null if it could not be had. */
  template <typename T>
  T* output(int index, const std::vector<int64_t>& shape) {
    return static_cast<T*>(output(index, typeOf<T>(), shape));
  }

  void* output(int index, int type, const std::vector<int64_t>& shape) {
    if (!ok()) return nullptr;
    Tensor tensor;
    tensor.type = type;
    tensor.axes = static_cast<int>(shape.size());
    if (tensor.axes > mostAxes) refuse("an output has more than " + std::to_string(mostAxes) + " axes");
    else std::copy(shape.begin(), shape.end(), tensor.shape.begin());
    if (ok()) make(index, tensor);
    return ok() ? tensor.data : nullptr;
  }

 protected:
  virtual const Tensor* given(int index) = 0;
  /** Gives the tensor memory. */
  virtual void make(int index, Tensor& tensor) = 0;

 private:
  std::string why_;
};

/** A node's attributes. One that is missing leaves its value as it is, and `ok` is false afterwards. */
class Attributes {
 public:
  virtual ~Attributes() = default;
  virtual bool ok() const = 0;
  virtual void read(const char* name, int64_t& value) = 0;
  virtual void read(const char* name, float& value) = 0;
  virtual void read(const char* name, bool& value) = 0;
  /** As many as there are places for. */
  virtual void read(const char* name, int64_t* values, int count) = 0;
};

/** Returns the kernels for that many lanes; null, and the call is refused, if this processor has none. */
inline const Kernels* kernelsFor(int64_t lanes, Call& call) {
  if (lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &stride::kernelsOf8;
  if (lanes == 16 && __builtin_cpu_supports("avx512f")) return &stride::kernelsOf16;
  call.refuse("this processor has no kernels for " + std::to_string(lanes) + " lanes");
  return nullptr;
}

/** Returns kernels that all processors have that have any. */
inline const Kernels* kernelsOfAll(Call& call) { return kernelsFor(8, call); }

/** Makes a node's settings of its attributes; an operation is called with these settings. */
template <typename Settings, void (*Read)(Attributes&, Settings&)>
void* create(Attributes& attributes) {
  auto* settings = new Settings{};
  Read(attributes, *settings);
  return settings;
}

template <typename Settings>
void remove(void* settings) {
  delete static_cast<Settings*>(settings);
}

/** The settings of operations without attributes. */
struct NoSettings {};
inline void readNothing(Attributes&, NoSettings&) {}

/** An operation; inputs, outputs and attributes are written as TensorFlow's op registry has them. */
struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void* (*create)(Attributes&);
  void (*compute)(void* settings, Call&);
  void (*remove)(void* settings);
  /** Whether it has an effect beside its outputs. */
  bool hasEffect = false;
  /**
   * Whether it computes each number of its output from those at the same place of its inputs, so that the output may lie
   * where an input of its size lies.
   */
  bool isByNumber = false;
};

/** Returns an operation without attributes. */
inline Operation plain(const char* name, std::vector<const char*> inputs, std::vector<const char*> outputs,
                       void (*compute)(void* settings, Call&), bool isByNumber = false) {
  return {name, std::move(inputs),    std::move(outputs), {}, create<NoSettings, readNothing>, compute, remove<NoSettings>,
          false, isByNumber};
}

std::vector<Operation> convolutionOperations();
std::vector<Operation> imageOperations();
std::vector<Operation> linearOperations();
std::vector<Operation> normaliseOperations();

/** Operations that only sequences call, named as TensorFlow's own that they stand for. */
std::vector<Operation> elementOperations();
std::vector<Operation> netOperations();

}  // namespace stride
