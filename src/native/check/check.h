/** What the checks of `check.cpp` share: memory of the exact size, random numbers, and the comparison. */
#pragma once
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../convolution.h"

namespace {

struct Free {
  void operator()(void* pointer) const { std::free(pointer); }
};

/** Numbers at a multiple of 64 bytes, as TensorFlow allocates them. */
template <typename T>
class Numbers {
 public:
  explicit Numbers(long count) : count_(count) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, count * sizeof(T)) != 0) std::abort();
    memory_.reset(static_cast<T*>(memory));
  }
  T* get() { return memory_.get(); }
  T& operator[](long index) { return memory_.get()[index]; }
  long count() const { return count_; }

 private:
  std::unique_ptr<T, Free> memory_;
  long count_;
};

std::mt19937 generator;
int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(generator); }
/** Returns numbers of which some are equal, so that pools have ties. */
Numbers<float> drawn(long count) {
  Numbers<float> numbers(count);
  for (long i = 0; i < count; i++) numbers[i] = static_cast<float>(between(-8, 8)) / 8;
  return numbers;
}

bool alike(const char* what, const std::string& of, const std::vector<double>& expected, const float* actual) {
  double largest = 1;
  for (double value : expected) largest = std::max(largest, std::fabs(value));
  for (size_t i = 0; i < expected.size(); i++) {
    if (std::fabs(expected[i] - actual[i]) <= 1e-5 * largest) continue;
    std::printf("%s[%zu] is %g instead of %g: %s\n", what, i, actual[i], expected[i], of.c_str());
    return false;
  }
  return true;
}

}  // namespace
