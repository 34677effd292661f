/**
 * A vector with one number of each image of a group. Each of `lanes8.cpp` and `lanes16.cpp` includes these headers
 * with its own LANES, and is compiled for the processor that has vectors of this length; so everything in them is in
 * an unnamed namespace.
 */
#pragma once
#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#ifndef LANES
#error "LANES must be defined before these headers are included"
#endif

namespace {

typedef float Vector __attribute__((vector_size(LANES * sizeof(float))));
/** What a comparison of vectors gives: all bits of a lane, or none. */
typedef int32_t Mask __attribute__((vector_size(LANES * sizeof(int32_t))));
typedef uint8_t Bytes __attribute__((vector_size(LANES)));

inline const Vector* vectors(const float* numbers) { return reinterpret_cast<const Vector*>(numbers); }
inline Vector* vectors(float* numbers) { return reinterpret_cast<Vector*>(numbers); }
inline Bytes* bytes(uint8_t* numbers) { return reinterpret_cast<Bytes*>(numbers); }
inline const Bytes* bytes(const uint8_t* numbers) { return reinterpret_cast<const Bytes*>(numbers); }

inline Vector splat(float value) { return Vector{} + value; }
inline Vector only(Mask mask, Vector value) { return (Vector)(mask & (Mask)value); }

inline float sumOfLanes(Vector v) {
  float sums[LANES];
  std::memcpy(sums, &v, sizeof v);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
  return sums[0];
}

/*
 * The conversions between bytes and masks, in the processor's own instructions: the compiler's conversion goes through
 * memory, and the gradient of a batch norm with a ReLU took five times as long.
 */
#if LANES == 16
inline Mask widened(Bytes v) { return (Mask)_mm512_maskz_cvtepu8_epi32(0xffff, (__m128i)v); }
inline Bytes narrowed(Mask v) { return (Bytes)_mm512_maskz_cvtepi32_epi8(0xffff, (__m512i)v); }
#else
inline Mask widened(Bytes v) { return (Mask)_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)v)); }
inline Bytes narrowed(Mask v) {
  const __m256i whole = (__m256i)v;
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
  return (Bytes)_mm_cvtsi128_si64(_mm_packus_epi16(words, words));
}
#endif

/** A quarter of a vector with 16 lanes, or half of one with 8. */
typedef float Quarter __attribute__((vector_size(16)));

inline Quarter sumOfQuarters(Vector v) {
  Quarter parts[LANES / 4];
  std::memcpy(parts, &v, sizeof v);
  Quarter sum = parts[0] + parts[1];
  if (LANES == 16) sum += parts[LANES / 4 - 2] + parts[LANES / 4 - 1];
  return sum;
}

/** Of each quarter of two vectors, the first and third number of both, and the second and fourth. */
#if LANES == 16
constexpr Mask evens = {0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30};
constexpr Mask odds = {1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31};
#else
constexpr Mask evens = {0, 2, 8, 10, 4, 6, 12, 14};
constexpr Mask odds = {1, 3, 9, 11, 5, 7, 13, 15};
#endif

inline Vector sumOfPairs(Vector a, Vector b) { return __builtin_shuffle(a, b, evens) + __builtin_shuffle(a, b, odds); }

/** Returns the sums of four vectors' lanes. */
inline Quarter sumsOfLanes(const Vector* v) {
  return sumOfQuarters(sumOfPairs(sumOfPairs(v[0], v[1]), sumOfPairs(v[2], v[3])));
}

/** Memory that a thread keeps for the next call; what it contains is not defined. */
template <typename T>
class Scratch {
 public:
  T* atLeast(long count) {
    if (count > count_) {
      memory_.reset(static_cast<T*>(std::aligned_alloc(64, (count * sizeof(T) + 63) / 64 * 64)));
      if (!memory_) std::abort();
      count_ = count;
    }
    return memory_.get();
  }

 private:
  struct Free {
    void operator()(T* pointer) const { std::free(pointer); }
  };
  std::unique_ptr<T, Free> memory_;
  long count_ = 0;
};

inline int divideUp(int value, int by) { return (value + by - 1) / by; }

}  // namespace
