/** The pixels of a batch as an operation of TensorFlow: bytes of some images, normalised. */
#include "call.h"

namespace stride {
namespace {

struct Settings {};

void readNothing(TF_OpKernelConstruction*, Settings&, TF_Status*) {}

/**
 * Computes (byte / 255 − mean) / deviation for images of the data set. Each operation rounds as torchvision's do, and a
 * byte has only 256 values, so they are computed once for each channel and then looked up.
 */
void computeImages(void*, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor* images = call.input(0, 4);
  const TF_Tensor* indices = call.input(1, 1);
  const TF_Tensor* mean = call.input(2, 1);
  const TF_Tensor* deviation = call.input(3, 1);
  if (call.ok()) {
    const int64_t count = TF_Dim(indices, 0), channels = TF_Dim(images, 3);
    const int64_t pixels = TF_Dim(images, 1) * TF_Dim(images, 2), size = pixels * channels;
    if (!hasShape(mean, {channels}) || !hasShape(deviation, {channels}))
      call.refuse("mean and deviation must have one number for each channel");
    float* result = call.output<float>(0, {count, TF_Dim(images, 1), TF_Dim(images, 2), channels});
    std::vector<float> values(256 * channels);
    for (int64_t c = 0; call.ok() && c < channels; c++)
      for (int byte = 0; byte < 256; byte++)
        values[c * 256 + byte] = (static_cast<float>(byte) / 255.0f - dataOf(mean)[c]) / dataOf(deviation)[c];
    // A batch's images lie all over the data set, so all of them are asked for before the first is read.
    for (int64_t image = 0; call.ok() && image < count; image++) {
      const int64_t index = dataOf<int32_t>(indices)[image];
      const uint8_t* bytes = dataOf<uint8_t>(images) + index * size;
      for (int64_t byte = 0; byte < size && index >= 0 && index < TF_Dim(images, 0); byte += 64)
        __builtin_prefetch(bytes + byte);
    }
    for (int64_t image = 0; call.ok() && image < count; image++) {
      const int64_t index = dataOf<int32_t>(indices)[image];
      if (index < 0 || index >= TF_Dim(images, 0)) {
        call.refuse("there is no image " + std::to_string(index));
        break;
      }
      const uint8_t* bytes = dataOf<uint8_t>(images) + index * size;
      if (channels == 1)
        for (int64_t pixel = 0; pixel < pixels; pixel++) result[pixel] = values[bytes[pixel]];
      else
        for (int64_t at = 0; at < size; at++) result[at] = values[at % channels * 256 + bytes[at]];
      result += size;
    }
  }
  call.end();
}

}  // namespace

std::vector<Operation> imageOperations() {
  return {{"StrideImages",
           {"images: uint8", "indices: int32", "mean: float", "deviation: float"},
           {"pixels: float"},
           {},
           create<Settings, readNothing>,
           computeImages,
           remove<Settings>}};
}

}  // namespace stride
