/** What sequences compute beside convolutions, batch norm and linear layers: numbers one by one, and pools of averages. */
#pragma once
#include "../convolution.h"
#include "../vectors.h"

namespace {

using stride::Element;

template <typename Count>
inline Vector loadedElements(const float* from, Count count) {
  Vector v{};
  std::memcpy(&v, from, static_cast<size_t>(count) * sizeof(float));
  return v;
}

/** Computes y[i] = of(a[i], b[i]); with `Single`, b has one number. */
template <bool Single, typename Of>
void each(long count, const float* a, const float* b, float* y, Of of) {
  const Vector single = splat(Single ? *b : 0);
  const auto one = [&](long at, auto length) {
    const Vector of_a = loadedElements(a + at, length);
    const Vector result = of(of_a, Single ? single : b ? loadedElements(b + at, length) : of_a);
    std::memcpy(y + at, &result, static_cast<size_t>(length) * sizeof(float));
  };
  constexpr std::integral_constant<long, LANES> whole{};
  long at = 0;
  for (; at + 4 * LANES <= count; at += 4 * LANES)
#pragma GCC unroll 4
    for (int part = 0; part < 4; part++) one(at + part * LANES, whole);
  for (; at + LANES <= count; at += LANES) one(at, whole);
  if (at < count) one(at, count - at);
}

/**
 * tanh as x · P(x²) / Q(x²) with the coefficients of Eigen's `ptanh_float`, which TensorFlow uses too. It is off by some units
 * in the last place, and beyond ±8 it is what it is there, 1 but for the last bits. A NaN stays one.
 */
inline Vector tanhOf(Vector x) {
  const Vector most = splat(7.99881172180175781f);
  Vector bounded = x > most ? most : x;
  bounded = bounded < -most ? -most : bounded;
  const Vector s = bounded * bounded;
  Vector p = s * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * s + -8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-08f;
  p = p * s + 1.48572235717979e-05f;
  p = p * s + 6.37261928875436e-04f;
  p = p * s + 4.89352455891786e-03f;
  Vector q = s * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * s + 2.26843463243900e-03f;
  q = q * s + 4.89352518554385e-03f;
  return bounded * p / q;
}

template <bool Single>
void elementsWith(Element element, long count, const float* a, const float* b, float* y) {
  switch (element) {
    case Element::add: return each<Single>(count, a, b, y, [](Vector u, Vector v) { return u + v; });
    case Element::multiply: return each<Single>(count, a, b, y, [](Vector u, Vector v) { return u * v; });
    case Element::relu: return each<Single>(count, a, b, y, [](Vector u, Vector) { return u <= 0 ? Vector{} : u; });
    case Element::reluGradient: return each<Single>(count, a, b, y, [](Vector d, Vector v) { return only(v > 0, d); });
    case Element::tanh: return each<Single>(count, a, b, y, [](Vector u, Vector) { return tanhOf(u); });
    case Element::tanhGradient:
      return each<Single>(count, a, b, y, [](Vector v, Vector d) { return d * (1.0f - v * v); });
  }
}

void elements(Element element, long count, const float* a, const float* b, bool single, float* y) {
  if (single) elementsWith<true>(element, count, a, b, y);
  else elementsWith<false>(element, count, a, b, y);
}

void rectifiedSum(long count, const float* a, const float* b, const float* features, float* y) {
  const auto one = [=](long at, auto length) {
    const Vector sum = loadedElements(a + at, length) + loadedElements(b + at, length);
    // A NaN of the sum stays one.
    const Vector result = features ? only(loadedElements(features + at, length) > 0, sum) : sum <= 0 ? Vector{} : sum;
    std::memcpy(y + at, &result, static_cast<size_t>(length) * sizeof(float));
  };
  long at = 0;
  for (; at + LANES <= count; at += LANES) one(at, std::integral_constant<long, LANES>{});
  if (at < count) one(at, count - at);
}

/** Calls `of(first, length)` for the vectors of so many channels, of which the last may not be whole. */
template <typename Of>
inline void forVectors(long channels, const Of& of) {
  long c = 0;
  for (; c + LANES <= channels; c += LANES) of(c, std::integral_constant<long, LANES>{});
  if (c < channels) of(c, channels - c);
}

/** Calls `of(window, element)` for each window's first element in the maps and its element of the pooled maps. */
template <typename Of>
inline void forWindows(const stride::Averages& p, const Of& of) {
  const long row = static_cast<long>(p.width) * p.channels;
  long element = 0;
  for (long image = 0; image < p.images; image++)
    for (int r = 0; r < p.mapHeight(); r++)
      for (int column = 0; column < p.mapWidth(); column++, element += p.channels)
        of((image * p.height + r * p.kernelHeight) * row + static_cast<long>(column) * p.kernelWidth * p.channels, element);
}

template <int Height, int Width>
void averagePoolOf(const stride::Averages& p, const float* x, float* y) {
  const int height = Height ? Height : p.kernelHeight, width = Width ? Width : p.kernelWidth;
  const long row = static_cast<long>(p.width) * p.channels;
  const Vector share = splat(1.0f / static_cast<float>(height * width));
  forWindows(p, [&](long window, long element) {
    forVectors(p.channels, [&](long c, auto length) {
      Vector sum{};
#pragma GCC unroll 4
      for (int i = 0; i < height; i++)
#pragma GCC unroll 4
        for (int j = 0; j < width; j++)
          sum += loadedElements(x + window + i * row + static_cast<long>(j) * p.channels + c, length);
      sum *= share;
      std::memcpy(y + element + c, &sum, static_cast<size_t>(length) * sizeof(float));
    });
  });
}

void averagePool(const stride::Averages& p, const float* x, float* y) {
  if (p.kernelHeight == 2 && p.kernelWidth == 2) averagePoolOf<2, 2>(p, x, y);
  else averagePoolOf<0, 0>(p, x, y);
}

void averagePoolGradient(const stride::Averages& p, const float* yGradient, float* xGradient) {
  const long row = static_cast<long>(p.width) * p.channels;
  const Vector share = splat(1.0f / static_cast<float>(p.kernelHeight * p.kernelWidth));
  const bool covers = p.mapHeight() * p.kernelHeight == p.height && p.mapWidth() * p.kernelWidth == p.width;
  if (!covers) std::fill_n(xGradient, p.images * p.height * row, 0.0f);
  forWindows(p, [&](long window, long element) {
    forVectors(p.channels, [&](long c, auto length) {
      const Vector part = loadedElements(yGradient + element + c, length) * share;
      for (int i = 0; i < p.kernelHeight; i++)
        for (int j = 0; j < p.kernelWidth; j++)
          std::memcpy(xGradient + window + i * row + static_cast<long>(j) * p.channels + c, &part,
                      static_cast<size_t>(length) * sizeof(float));
    });
  });
}

}  // namespace
