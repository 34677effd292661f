/** The normalised pixels of images as an operation of TensorFlow. */
#include "tensorflow/call.h"

namespace stride {
namespace {

/**
 * Computes (byte / 255 − mean) / deviation. Each operation rounds as torchvision's do, and a byte has only 256 values, so
 * they are computed once for each channel and then looked up.
 */
void computePixels(void*, Call& call) {
  const Tensor* images = call.input(0, 4);
  const Tensor* mean = call.input(1, 1);
  const Tensor* deviation = call.input(2, 1);
  if (call.ok()) {
    const std::vector<int64_t> shape{lengthOf(images, 0), lengthOf(images, 1), lengthOf(images, 2), lengthOf(images, 3)};
    const int64_t channels = shape[3], size = shape[0] * shape[1] * shape[2] * channels;
    if (!hasShape(mean, {channels}) || !hasShape(deviation, {channels}))
      call.refuse("mean and deviation must have one number for each channel");
    float* result = call.output<float>(0, shape);
    std::vector<float> values(256 * channels);
    for (int64_t c = 0; call.ok() && c < channels; c++)
      for (int byte = 0; byte < 256; byte++)
        values[c * 256 + byte] = (static_cast<float>(byte) / 255.0f - dataOf(mean)[c]) / dataOf(deviation)[c];
    const uint8_t* bytes = dataOf<uint8_t>(images);
    if (call.ok() && channels == 1)
      for (int64_t at = 0; at < size; at++) result[at] = values[bytes[at]];
    else if (call.ok())
      for (int64_t at = 0; at < size; at++) result[at] = values[at % channels * 256 + bytes[at]];
  }
}

}  // namespace

std::vector<Operation> imageOperations() {
  return {{"StridePixels",
           {"images: uint8", "mean: float", "deviation: float"},
           {"pixels: float"},
           {},
           create<NoSettings, readNothing>,
           computePixels,
           remove<NoSettings>}};
}

}  // namespace stride
