/**
 * A vector with one number of each image of a group. Each of `lanes8.cpp` and `lanes16.cpp` includes these headers
 * with its own LANES, and is compiled for the processor that has vectors of this length; so everything in them is in
 * an unnamed namespace.
 */
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

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
