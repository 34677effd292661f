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

/** A map, and the ReLU and the max-pool of 2 × 2 windows that are computed after it, in a pass over its rows. */
struct Tail {
  int height, width, channels;
  bool relu;
  /** Whether windows of 2 × 2 elements are pooled; a last row or column that fills no window is left out. */
  bool pool;

  /** Rows and columns of the map that are needed. */
  int rows() const { return pool ? height / 2 * 2 : height; }
  int columns() const { return pool ? width / 2 * 2 : width; }
  /** Size of `y`. */
  int mapHeight() const { return pool ? height / 2 : height; }
  int mapWidth() const { return pool ? width / 2 : width; }
  /** Whether the gradient of `y` must be led through a pool or a ReLU. */
  bool hasIndex() const { return relu || pool; }
  long inputSize() const { return static_cast<long>(height) * width * channels; }
  long outputSize() const { return static_cast<long>(mapHeight()) * mapWidth() * channels; }
};

/** A convolution without dilation. A filter is height × width × channels × filters. */
struct Convolution {
  int height, width, channels;
  int filters, kernelHeight, kernelWidth;
  /** Zeros on each side of a map. */
  int paddingHeight, paddingWidth;
  /** Rows and columns from one window to the next. */
  int stride;
  bool relu, pool;

  int outputHeight() const { return (height + 2 * paddingHeight - kernelHeight) / stride + 1; }
  int outputWidth() const { return (width + 2 * paddingWidth - kernelWidth) / stride + 1; }
  /**
   * Whether there is an output, and its gradient can be led back: for every remainder of a row or column divided by
   * the stride, the elements of the filter that meet it must not end before the element itself.
   */
  bool isPossible() const {
    return height + 2 * paddingHeight >= kernelHeight && width + 2 * paddingWidth >= kernelWidth &&
           stride * paddingHeight < kernelHeight && stride * paddingWidth < kernelWidth && tail().mapHeight() > 0 &&
           tail().mapWidth() > 0;
  }
  Tail tail() const { return {outputHeight(), outputWidth(), filters, relu, pool}; }
  int rows() const { return tail().rows(); }
  int columns() const { return tail().columns(); }
  int mapHeight() const { return tail().mapHeight(); }
  int mapWidth() const { return tail().mapWidth(); }
  bool hasIndex() const { return tail().hasIndex(); }
  long filterSize() const { return static_cast<long>(kernelHeight) * kernelWidth * channels * filters; }
  long inputSize() const { return static_cast<long>(height) * width * channels; }
  long outputSize() const { return tail().outputSize(); }
};

/** In `index`: the ReLU was zero, so that no element of the window receives a gradient. */
constexpr uint8_t stopped = 4;

/** ofX · x + ofY · y + constant, each with a number for every channel. */
struct Linear {
  const float *ofX, *ofY, *constant;
};

/** The batch norm after a convolution, through which the gradient of its `y` is led back to the convolution's output. */
struct Normalised {
  Tail tail;
  int images;
  /** The convolution's output, and the gradient at it as a function of that and of the gradient led back. */
  const float* x;
  Linear of;
};

/** A linear layer with a weight of outputs × inputs, and whether a ReLU is computed after it. */
struct LinearLayer {
  int inputs, outputs;
  bool relu;
};

/** A shard's input of a linear layer, and the gradient of its output. */
struct LinearShard {
  int images;
  const float *x, *yGradient;
};

/** A step of stochastic gradient descent, as `torch.optim.SGD` takes it. */
struct DescentStep {
  float learningRate, momentum, weightDecay;
  bool nesterov;
};

/** What is computed of numbers one by one. */
enum class Element { add, multiply, relu, reluGradient, tanh, tanhGradient };

/** A pool of averages over windows that lie side by side; rows and columns that fill no window have no part in it. */
struct Averages {
  long images;
  int height, width, channels;
  int kernelHeight, kernelWidth;

  int mapHeight() const { return height / kernelHeight; }
  int mapWidth() const { return width / kernelWidth; }
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
  /**
   * Computes the gradients from that of `y`, or, unless `normalised` is null, of the `y` of the batch norm after it.
   * `xGradient` and `biasGradient` may be null if they are not needed.
   */
  void (*gradients)(const Convolution&, int groups, const float* x, const float* filter, const float* yGradient,
                    const uint8_t* index, const Normalised* normalised, float* xGradient, float* filterGradient,
                    float* biasGradient);
  /** Computes for each channel the mean and then Σ (x − mean)² of so many images. */
  void (*moments)(const Tail&, int images, const float* x, float* moments);
  /** Computes scale · x + shift with ReLU and pool after it; `index` as `forward` has it. */
  void (*normalise)(const Tail&, int groups, const float* x, const float* scale, const float* shift, float* y,
                    uint8_t* index);
  /** Computes for each channel Σ d · (x − mean) and then Σ d, where d is `y`'s gradient led back to the map. */
  void (*normaliseSums)(const Tail&, int groups, const float* x, const float* yGradient, const uint8_t* index,
                        const float* mean, float* sums);
  /** Computes ofX · x + ofY · d + constant; zero in lanes without an image. */
  void (*normaliseGradient)(const Tail&, int images, const float* x, const float* yGradient, const uint8_t* index,
                            const Linear&, float* xGradient);
  /** Computes images × outputs; `bias` may be null. */
  void (*linearForward)(const LinearLayer&, int images, const float* x, const float* weight, const float* bias, float* y);
  /**
   * Computes from the gradient of `y` the one before the ReLU, if there is one, and those of the bias and of x, which may
   * be null if it is not needed.
   */
  void (*linearGradients)(const LinearLayer&, int images, const float* yGradient, const float* y, const float* weight,
                          float* beforeRelu, float* biasGradient, float* xGradient);
  /**
   * Takes the step of the weight's rows `from` up to `to`, with the gradient of all shards. Without momentum the
   * accumulator is not used.
   */
  void (*linearStep)(const LinearLayer&, const LinearShard* shards, int count, const DescentStep&, int from, int to,
                     float* weight, float* accumulator);
  /** Takes a step along a known gradient; `accumulator` is null without momentum. */
  void (*descend)(const DescentStep&, long count, const float* gradient, float* parameter, float* accumulator);
  /**
   * Computes y of a and b, number by number; b may be the same number for all. The gradients take what TensorFlow's do:
   * `reluGradient` the gradient and y, `tanhGradient` y and the gradient.
   */
  void (*elements)(Element, long count, const float* a, const float* b, bool single, float* y);
  /** Computes a + b, number by number, where that (if `features` is null) or `features` is above zero, otherwise 0. */
  void (*rectifiedSum)(long count, const float* a, const float* b, const float* features, float* y);
  /** Computes averages of images × height × width × channels, and leads their gradients back. */
  void (*averagePool)(const Averages&, const float* x, float* y);
  void (*averagePoolGradient)(const Averages&, const float* yGradient, float* xGradient);
};

/** For any x86-64 with AVX2 and FMA. */
extern const Kernels kernelsOf8;
/** For one with AVX-512. */
extern const Kernels kernelsOf16;

}  // namespace stride
