/** Sums and linear functions of each channel, for batch norm. Lanes without an image neither count nor get a value. */
#pragma once
#include "convolution.h"
#include "vectors.h"

namespace {

/** Returns all bits in the lanes of a group that have an image. */
inline Mask lanesInUse(int images, int group) {
  int32_t numbers[LANES];
  for (int lane = 0; lane < LANES; lane++) numbers[lane] = group * LANES + lane < images ? -1 : 0;
  Mask mask;
  std::memcpy(&mask, numbers, sizeof mask);
  return mask;
}

inline int groupsOf(const stride::Channels& c) { return divideUp(c.images, LANES); }

/** Adds up `value(element, channel)` of every element of each group, with the lanes in use alone, by channel. */
template <typename Value>
void addByChannel(const stride::Channels& c, Value value, float* sums) {
  thread_local Scratch<Vector> memory;
  Vector* totals = memory.atLeast(c.channels);
  std::fill_n(totals, c.channels, Vector{});
  long element = 0;
  for (int group = 0; group < groupsOf(c); group++) {
    const Mask used = lanesInUse(c.images, group);
    for (long pixel = 0; pixel < c.pixels; pixel++)
      for (int channel = 0; channel < c.channels; channel++, element++)
        totals[channel] += only(used, value(element, channel));
  }
  for (int channel = 0; channel < c.channels; channel++) sums[channel] = sumOfLanes(totals[channel]);
}

void channelSums(const stride::Channels& c, const float* x, const float* center, bool square, float* sums) {
  const Vector* values = reinterpret_cast<const Vector*>(x);
  if (square) {
    addByChannel(c, [=](long element, int channel) {
      const Vector away = values[element] - center[channel];
      return away * away;
    }, sums);
  } else {
    addByChannel(c, [=](long element, int channel) { return values[element] - center[channel]; }, sums);
  }
}

void channelDots(const stride::Channels& c, const float* x, const float* y, const float* center, float* dots,
                 float* sums) {
  const Vector* values = reinterpret_cast<const Vector*>(x);
  const Vector* factors = reinterpret_cast<const Vector*>(y);
  addByChannel(c, [=](long element, int channel) { return (values[element] - center[channel]) * factors[element]; },
               dots);
  addByChannel(c, [=](long element, int) { return factors[element]; }, sums);
}

void channelScale(const stride::Channels& c, const float* x, const float* y, const stride::LinearOfTwo& of,
                  float* result) {
  const Vector* first = reinterpret_cast<const Vector*>(x);
  const Vector* second = reinterpret_cast<const Vector*>(y);
  Vector* values = reinterpret_cast<Vector*>(result);
  long element = 0;
  for (int group = 0; group < groupsOf(c); group++) {
    const Mask used = lanesInUse(c.images, group);
    for (long pixel = 0; pixel < c.pixels; pixel++)
      for (int channel = 0; channel < c.channels; channel++, element++)
        values[element] = only(used, of.ofX[channel] * first[element] + of.ofY[channel] * second[element] +
                                         of.constant[channel]);
  }
}

}  // namespace
