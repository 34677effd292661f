/**
 * Times of calls in the manner of oneDNN, for `npm run bench -- profile`, if STRIDE_KERNELS_VERBOSE is set:
 * `stride_verbose,exec,StrideConv2D,train/0_conv2d/StrideConv2D,0.123`.
 */
#pragma once
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace stride {

inline bool isVerbose() {
  static const bool is = std::getenv("STRIDE_KERNELS_VERBOSE") != nullptr;
  return is;
}

/** Prints a call when it goes out of scope. Operation and node must outlive it. */
class Timed {
 public:
  Timed(const char* operation, const std::string& node) : operation_(operation), node_(node) {
    if (isVerbose()) begun_ = Clock::now();
  }
  ~Timed() {
    if (!isVerbose()) return;
    const std::chrono::duration<double, std::milli> taken = Clock::now() - begun_;
    std::printf("stride_verbose,exec,%s,%s,%.6f\n", operation_, node_.c_str(), taken.count());
    std::fflush(stdout);
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  const char* operation_;
  const std::string& node_;
  Clock::time_point begun_;
};

}  // namespace stride
