/**
 * The gradient of a convolution's input for one group of images. Input elements whose row and column have the same
 * remainders when divided by the stride meet the same elements of the filter, every stride-th one. So the gradient falls
 * into stride² phases, each a slide with stride 1 over the output's gradient, with those elements turned by 180°.
 */
#pragma once
#include "convolution.h"
#include "slide.h"
#include "vectors.h"

namespace {

/** A phase along one axis. */
struct Phase {
  /** The first row or column, and how many there are. */
  int start, count;
  /** The first element of the filter that they meet, and how many they meet. */
  int first, elements;
  /** Zeros before the output's gradient. */
  int zeros;
};

inline Phase phaseAt(int start, int size, int kernel, int padding, int stride) {
  const int first = (start + padding) % stride;
  const int elements = first < kernel ? divideUp(kernel - first, stride) : 0;
  const int count = start < size ? divideUp(size - start, stride) : 0;
  return {start, count, first, elements, std::max(0, elements - 1 - (start + padding) / stride)};
}

class InputGradient {
 public:
  /**
   * `filter` may be null if the gradient is not computed; `two`: whether two groups are computed at once, whose rows lie
   * between no zeros.
   */
  InputGradient(const stride::Convolution& c, const float* filter, bool two, Scratch<float>& memory) : c_(c) {
    width_ = c.columns();
    for (int start = 0; start < c.stride && !two; start++) {
      const Phase phase = columnsAt(start);
      before_ = std::max(before_, phase.zeros);
    }
    width_ += before_;
    for (int start = 0; start < c.stride && !two; start++) {
      const Phase phase = columnsAt(start);
      if (phase.count > 0 && phase.elements > 0)
        width_ = std::max(width_, before_ - phase.zeros + phase.count + phase.elements - 1);
    }
    if (filter) pack(filter, memory);
  }

  /** Elements of zeros before each row of the output's gradient, and from one row to the next. */
  long before() const { return static_cast<long>(before_) * c_.filters; }
  long pitch() const { return static_cast<long>(width_) * c_.filters; }

  /** Sets the columns beside a group's gradient of the output to zero. */
  void clearBeside(Vector* output) const {
    const long end = before() + static_cast<long>(c_.columns()) * c_.filters;
    for (int row = 0; row < c_.rows(); row++, output += pitch()) {
      std::fill_n(output, before(), Vector{});
      std::fill_n(output + end, pitch() - end, Vector{});
    }
  }

  /** Computes a group's gradient from that of the convolution's output, which lies between columns of zeros. */
  void compute(const Vector* output, Vector* result) const {
    clear(1, result);
    forPhases(result, [&](const Slide& slide, const float* packed, int row, Vector* to) {
      const Vector* source = output + static_cast<long>(before_ - slide.paddingWidth) * c_.filters;
      slideRow(slide, source, packed, nullptr, row, to);
    });
  }

  /** Computes two groups' gradients; `apart` are the elements from one's gradient of the output to the other's. */
  void computeTwo(const Vector* output, long apart, Vector* result) const {
    clear(2, result);
    forPhases(result, [&](const Slide& slide, const float* packed, int row, Vector* to) {
      slideRowOfTwo(slide, {apart, c_.inputSize()}, output, packed, nullptr, row, to);
    });
  }

 private:
  /** Sets the gradients of so many groups to zero if there are phases that no element of the filter meets. */
  void clear(int groups, Vector* result) const {
    if (c_.kernelHeight < c_.stride || c_.kernelWidth < c_.stride) std::fill_n(result, groups * c_.inputSize(), Vector{});
  }

  /** Calls `slideTo(slide, packed, row, result)` for each row of each phase. */
  template <typename SlideTo>
  void forPhases(Vector* result, const SlideTo& slideTo) const {
    const float* packed = packed_;
    for (int a = 0; a < c_.stride; a++)
      for (int b = 0; b < c_.stride; b++) {
        const Phase rows = rowsAt(a), columns = columnsAt(b);
        const Slide slide{c_.rows(), c_.columns(), c_.filters, c_.channels, rows.elements, columns.elements,
                          rows.zeros, columns.zeros, 1, columns.count,
                          static_cast<long>(c_.stride) * c_.channels, pitch()};
        if (rows.elements > 0 && columns.elements > 0)
          for (int row = 0; row < rows.count; row++)
            slideTo(slide, packed, row, result + (static_cast<long>(a + row * c_.stride) * c_.width + b) * c_.channels);
        packed += static_cast<long>(rows.elements) * columns.elements * c_.filters * c_.channels;
      }
  }

  Phase rowsAt(int start) const { return phaseAt(start, c_.height, c_.kernelHeight, c_.paddingHeight, c_.stride); }
  Phase columnsAt(int start) const { return phaseAt(start, c_.width, c_.kernelWidth, c_.paddingWidth, c_.stride); }

  /** Packs the phases' filters, turned by 180°, with inputs and outputs exchanged. */
  void pack(const float* filter, Scratch<float>& memory) {
    float* turned = memory.atLeast(2 * c_.filterSize());
    float* packed = turned + c_.filterSize();
    packed_ = packed;
    for (int a = 0; a < c_.stride; a++)
      for (int b = 0; b < c_.stride; b++) {
        const Phase rows = rowsAt(a), columns = columnsAt(b);
        float* to = turned;
        for (int i = rows.elements - 1; i >= 0; i--)
          for (int j = columns.elements - 1; j >= 0; j--) {
            const long element = (rows.first + i * c_.stride) * static_cast<long>(c_.kernelWidth) + columns.first +
                                 j * c_.stride;
            for (int f = 0; f < c_.filters; f++)
              for (int channel = 0; channel < c_.channels; channel++)
                *to++ = filter[(element * c_.channels + channel) * c_.filters + f];
          }
        const long window = static_cast<long>(rows.elements) * columns.elements * c_.filters;
        packFilter(turned, window, c_.channels, packed);
        packed += window * c_.channels;
      }
  }

  const stride::Convolution c_;
  int before_ = 0, width_ = 0;
  const float* packed_ = nullptr;
};

}  // namespace
