/**
 * Batch norm, together with the ReLU and the max-pool after it. Its moments are taken in one pass over memory: a row of
 * a map stays in the first cache while its mean and then its squared deviations are added up, and rows are combined by
 * the formula of Chan, Golub and LeVeque (1979, Updating formulae and a pairwise algorithm for computing sample
 * variances).
 */
#pragma once
#include "convolution.h"
#include "pooling.h"
#include "vectors.h"

namespace {

using stride::Tail;

/** Mean and squared deviations of each channel, apart for each image of a group. */
struct LaneMoments {
  Vector *means, *squares;
};

/** Adds some neighbouring channels of a row to moments of `before` columns. */
template <int Channels>
void addChannels(const Vector* row, int columns, long channels, long before, LaneMoments to) {
  Vector means[Channels] = {}, squares[Channels] = {};
  const Vector* x = row;
  for (int column = 0; column < columns; column++, x += channels)
#pragma GCC unroll 4
    for (int c = 0; c < Channels; c++) means[c] += x[c];
  for (int c = 0; c < Channels; c++) means[c] *= 1.0f / static_cast<float>(columns);
  x = row;
  for (int column = 0; column < columns; column++, x += channels)
#pragma GCC unroll 4
    for (int c = 0; c < Channels; c++) squares[c] += (x[c] - means[c]) * (x[c] - means[c]);
  const float share = static_cast<float>(columns) / static_cast<float>(before + columns);
  for (int c = 0; c < Channels; c++) {
    const Vector away = means[c] - to.means[c];
    to.means[c] += away * share;
    to.squares[c] += squares[c] + away * away * (share * static_cast<float>(before));
  }
}

/** Adds a row to the moments of its group, which have `before` columns. */
inline void addRow(const Vector* row, int columns, int channels, long before, LaneMoments to) {
  int c = 0;
  for (; c + 4 <= channels; c += 4)
    addChannels<4>(row + c, columns, channels, before, {to.means + c, to.squares + c});
  for (; c < channels; c++) addChannels<1>(row + c, columns, channels, before, {to.means + c, to.squares + c});
}

/** The moments of several images, of which each has as many pixels. */
class ImageMoments {
 public:
  ImageMoments(int channels, long pixels) : channels_(channels), pixels_(pixels) {
    totals_ = memory().atLeast(2 * channels);
    std::fill_n(totals_, 2 * channels, 0.0);
  }

  /** Adds the first images of a group. */
  void add(LaneMoments of, int images) {
    const float* means = reinterpret_cast<const float*>(of.means);
    const float* squares = reinterpret_cast<const float*>(of.squares);
    for (int lane = 0; lane < images; lane++) {
      const double share = 1.0 / ++images_;
      const double between = static_cast<double>(pixels_) * (1 - share);
      for (int c = 0; c < channels_; c++) {
        const double away = means[static_cast<long>(c) * LANES + lane] - totals_[c];
        totals_[c] += away * share;
        totals_[channels_ + c] += squares[static_cast<long>(c) * LANES + lane] + away * away * between;
      }
    }
  }

  void write(float* moments) const {
    for (int i = 0; i < 2 * channels_; i++) moments[i] = static_cast<float>(totals_[i]);
  }

 private:
  static Scratch<double>& memory() {
    thread_local Scratch<double> kept;
    return kept;
  }
  int channels_;
  long pixels_;
  int images_ = 0;
  double* totals_;
};

void moments(const Tail& t, int images, const float* x, float* result) {
  thread_local Scratch<Vector> memory;
  Vector* lanes = memory.atLeast(2 * t.channels);
  const LaneMoments group{lanes, lanes + t.channels};
  ImageMoments all(t.channels, static_cast<long>(t.height) * t.width);
  const Vector* row = vectors(x);
  for (int first = 0; first < images; first += LANES) {
    std::fill_n(lanes, 2 * t.channels, Vector{});
    for (int r = 0; r < t.height; r++, row += static_cast<long>(t.width) * t.channels)
      addRow(row, t.width, t.channels, static_cast<long>(r) * t.width, group);
    all.add(group, std::min(LANES, images - first));
  }
  all.write(result);
}

void normalise(const Tail& t, int groups, const float* x, const float* scale, const float* shift, float* y,
               uint8_t* index) {
  const auto value = [=](Vector element, int c) { return element * scale[c] + shift[c]; };
  const long pitch = static_cast<long>(t.width) * t.channels;
  const long row = static_cast<long>(t.mapWidth()) * t.channels;
  Vector* to = vectors(y);
  Bytes* indices = bytes(index);
  for (int group = 0; group < groups; group++) {
    const Vector* from = vectors(x) + group * t.inputSize();
    for (int r = 0; r < t.mapHeight(); r++, to += row, indices += t.hasIndex() ? row : 0) {
      if (t.pool) {
        poolRows(from + 2 * r * pitch, pitch, t.columns(), t.channels, t.relu, to, indices, value);
      } else if (t.relu) {
        rectifyRow(from + r * pitch, t.width, t.channels, to, indices, value);
      } else {
        for (long element = 0; element < row; element += t.channels)
          for (int c = 0; c < t.channels; c++) to[element + c] = value(from[r * pitch + element + c], c);
      }
    }
  }
}

/** Adds one row of `y`'s gradient to Σ d · (x − mean) and Σ d. */
inline void addGradients(const Tail& t, const Vector* x, const Vector* gradient, const Bytes* indices,
                         const float* mean, Vector* dots, Vector* sums) {
  const long pitch = static_cast<long>(t.width) * t.channels;
  const int step = t.pool ? 2 * t.channels : t.channels;
  for (int column = 0; column < t.mapWidth(); column++, x += step) {
    for (int c = 0; c < t.channels; c++) {
      Vector d = *gradient++;
      Vector chosen = x[c];
      if (indices) {
        const Mask index = widened(*indices++);
        d = only(index != stride::stopped, d);
        if (t.pool) {
          chosen = index == 1 ? x[t.channels + c] : chosen;
          chosen = index == 2 ? x[pitch + c] : chosen;
          chosen = index == 3 ? x[pitch + t.channels + c] : chosen;
        }
      }
      dots[c] += d * (chosen - mean[c]);
      sums[c] += d;
    }
  }
}

void normaliseSums(const Tail& t, int groups, const float* x, const float* yGradient, const uint8_t* index,
                   const float* mean, float* result) {
  thread_local Scratch<Vector> memory;
  Vector* sums = memory.atLeast(2 * t.channels);
  std::fill_n(sums, 2 * t.channels, Vector{});
  const long row = static_cast<long>(t.mapWidth()) * t.channels;
  const long step = static_cast<long>(t.width) * t.channels * (t.pool ? 2 : 1);
  for (int group = 0; group < groups; group++) {
    const Vector* from = vectors(x) + group * t.inputSize();
    const Vector* gradient = vectors(yGradient) + group * t.outputSize();
    const Bytes* indices = t.hasIndex() ? bytes(index) + group * t.outputSize() : nullptr;
    for (int r = 0; r < t.mapHeight(); r++)
      addGradients(t, from + r * step, gradient + r * row, indices ? indices + r * row : nullptr, mean, sums,
                   sums + t.channels);
  }
  for (int i = 0; i < 2 * t.channels; i++) result[i] = sumOfLanes(sums[i]);
}

/** Writes a linear function of some columns that receive no gradient. */
inline void writeLevel(const Vector* x, long count, int channels, const stride::Linear& of, Vector* to) {
  for (long element = 0; element < count; element += channels)
    for (int c = 0; c < channels; c++) to[element + c] = x[element + c] * of.ofX[c] + of.constant[c];
}

/** Writes one row of the map's gradient; with a pool, two, which are `toPitch` apart. */
inline void leadBackRow(const Tail& t, const Vector* x, const Vector* gradient, const Bytes* indices,
                        const stride::Linear& of, Vector* to, long toPitch) {
  const long pitch = static_cast<long>(t.width) * t.channels;
  const int n = t.channels;
  if (!t.pool) {
    for (int column = 0; column < t.width; column++, x += n, to += n) {
      for (int c = 0; c < n; c++) {
        Vector d = *gradient++;
        if (indices) d = only(widened(*indices++) == 0, d);
        to[c] = x[c] * of.ofX[c] + (d * of.ofY[c] + of.constant[c]);
      }
    }
    return;
  }
  for (int column = 0; column < t.mapWidth(); column++, x += 2 * n, to += 2 * n) {
    for (int c = 0; c < n; c++) {
      const Vector d = *gradient++ * of.ofY[c];
      const Mask index = widened(*indices++);
      const Vector ofX = splat(of.ofX[c]), constant = splat(of.constant[c]);
      to[c] = x[c] * ofX + constant + only(index == 0, d);
      to[n + c] = x[n + c] * ofX + constant + only(index == 1, d);
      to[toPitch + c] = x[pitch + c] * ofX + constant + only(index == 2, d);
      to[toPitch + n + c] = x[pitch + n + c] * ofX + constant + only(index == 3, d);
    }
  }
  const long rest = static_cast<long>(t.width - t.columns()) * n;
  writeLevel(x, rest, n, of, to);
  writeLevel(x + pitch, rest, n, of, to + toPitch);
}

/** Sets lanes from `images` on to zero: the sums of a filter's gradient count all lanes. */
inline void clearUnused(int images, long count, Vector* row) {
  float* numbers = reinterpret_cast<float*>(row);
  for (long element = 0; element < count; element++)
    for (int lane = images; lane < LANES; lane++) numbers[element * LANES + lane] = 0;
}

/** Writes a group's gradient of the map, `toPitch` elements from one row to the next; zero in lanes without an image. */
inline void leadBackMap(const Tail& t, int images, const Vector* x, const Vector* gradient, const Bytes* indices,
                        const stride::Linear& of, Vector* to, long toPitch) {
  const long pitch = static_cast<long>(t.width) * t.channels;
  const long row = static_cast<long>(t.mapWidth()) * t.channels;
  const int step = t.pool ? 2 : 1;
  for (int r = 0; r < t.mapHeight(); r++)
    leadBackRow(t, x + r * step * pitch, gradient + r * row, indices ? indices + r * row : nullptr, of,
                to + r * step * toPitch, toPitch);
  for (int r = t.rows(); r < t.height; r++) writeLevel(x + r * pitch, pitch, t.channels, of, to + r * toPitch);
  if (images < LANES)
    for (int r = 0; r < t.height; r++) clearUnused(images, pitch, to + r * toPitch);
}

void normaliseGradient(const Tail& t, int images, const float* x, const float* yGradient, const uint8_t* index,
                       const stride::Linear& of, float* xGradient) {
  for (int group = 0; group * LANES < images; group++)
    leadBackMap(t, std::min(LANES, images - group * LANES), vectors(x) + group * t.inputSize(),
                vectors(yGradient) + group * t.outputSize(),
                t.hasIndex() ? bytes(index) + group * t.outputSize() : nullptr, of,
                vectors(xGradient) + group * t.inputSize(), static_cast<long>(t.width) * t.channels);
}

}  // namespace
