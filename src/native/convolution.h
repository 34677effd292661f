/**
 * Convolutions of small maps, with or without a ReLU and a 2 × 2 max-pool after them, and their gradients.
 *
 * Why: oneDNN, which TensorFlow computes with, has channels in a vector's lanes. The nets of a course have 1, 6, 10
 * or 20 channels, so most lanes are empty or need extra work. Here the lanes are *images*: each number of a map is a
 * vector with that number of 8 or 16 images, so no number of channels leaves a lane empty. Maps lie as
 * groups × height × width × channels × lanes ("the lanes' layout"); lanes without an image are zero.
 */
#pragma once
#include <cstdint>

namespace stride {

/** A convolution with stride 1 and without dilation. A filter is height × width × channels × filters. */
struct Convolution {
  int height, width, channels;
  int filters, kernelHeight, kernelWidth;
  /** Zeros on each side of a map. */
  int paddingHeight, paddingWidth;
  bool relu;
  /** Whether windows of 2 × 2 outputs are pooled; a last row or column that fills no window is left out. */
  bool pool;

  int outputHeight() const { return height + 2 * paddingHeight - kernelHeight + 1; }
  int outputWidth() const { return width + 2 * paddingWidth - kernelWidth + 1; }
  /** Rows and columns of the convolution that are needed. */
  int rows() const { return pool ? outputHeight() / 2 * 2 : outputHeight(); }
  int columns() const { return pool ? outputWidth() / 2 * 2 : outputWidth(); }
  /** Size of `y`. */
  int mapHeight() const { return pool ? rows() / 2 : rows(); }
  int mapWidth() const { return pool ? columns() / 2 : columns(); }
  /** Whether the gradient of `y` must be led through a pool or a ReLU. */
  bool hasIndex() const { return relu || pool; }
  long filterSize() const { return static_cast<long>(kernelHeight) * kernelWidth * channels * filters; }
  long inputSize() const { return static_cast<long>(height) * width * channels; }
  long outputSize() const { return static_cast<long>(mapHeight()) * mapWidth() * filters; }
};

/** In `index`: the ReLU was zero, so that no element of the window receives a gradient. */
constexpr uint8_t stopped = 4;

/** Maps whose channels are summed or scaled. */
struct Channels {
  int images, channels;
  /** Height × width. */
  long pixels;
};

/** ofX · x + ofY · y + constant, each with a number for every channel. */
struct LinearOfTwo {
  const float *ofX, *ofY, *constant;
};

/** The computations for one number of lanes. All pointers to maps are aligned to 64 bytes. */
struct Kernels {
  /** Copies images × size to groups × size × lanes, and back; zero in lanes without an image. */
  void (*toLanes)(const float* images, int count, long size, float* lanes);
  void (*fromLanes)(const float* lanes, int count, long size, float* images);
  /**
   * Computes `y`. `index` has, for each element of `y`, which element of its window was the largest (0 to 3, row by
   * row), or `stopped`; it is not used without pool and ReLU.
   */
  void (*forward)(const Convolution&, int groups, const float* x, const float* filter, const float* bias, float* y,
                  uint8_t* index);
  /** Computes the gradients from that of `y`; `xGradient` may be null if it is not needed. */
  void (*gradients)(const Convolution&, int groups, const float* x, const float* filter, const float* yGradient,
                    const uint8_t* index, float* xGradient, float* filterGradient, float* biasGradient);
  /** Computes Σ (x − center), or Σ (x − center)², over all images and pixels. */
  void (*channelSums)(const Channels&, const float* x, const float* center, bool square, float* sums);
  /** Computes Σ (x − center) · y and Σ y. */
  void (*channelDots)(const Channels&, const float* x, const float* y, const float* center, float* dots, float* sums);
  /** Computes a linear function of two maps; zero in lanes without an image. */
  void (*channelScale)(const Channels&, const float* x, const float* y, const LinearOfTwo&, float* result);
};

/** For any x86-64 with AVX2 and FMA. */
extern const Kernels kernelsOf8;
/** For one with AVX-512. */
extern const Kernels kernelsOf16;

}  // namespace stride
