/**
 * Threads that compute the parts of one step together. TensorFlow's own threads take 20 to 50 µs to start on a node that
 * has become ready, and with batch norm the shards of a net wait for each other a dozen times in a step; these wait for
 * each other in less than a microsecond.
 *
 * A piece of work is done in phases, each of some blocks that may run at the same time. Any thread takes any block that
 * nobody has taken, so the work is finished even if no other thread has time to help.
 */
#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace stride {

class Work {
 public:
  /** `phases` has the numbers of each phase's blocks, and at most `helpers` other threads take part. */
  Work(const std::vector<std::vector<int>>& phases, int blocks, int helpers, std::function<void(int block)> compute);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  /** Does the work in this thread, and in others that are free. It may be done several times. */
  void run();

 private:
  friend class Team;
  /** Computes blocks of a phase that nobody has taken. Phases are counted through all runs. */
  void takeBlocks(size_t phase, size_t preferred);
  /** Helps until the work is done; `place` is the helper's number from 1 on. */
  void help(size_t place);

  const std::vector<std::vector<int>>& phases_;
  const std::function<void(int block)> compute_;
  /** How often each block has been taken. */
  std::vector<std::atomic<size_t>> taken_;
  std::atomic<size_t> phase_, done_{0};
  size_t runs_ = 0, wantedDone_ = 0;
  std::atomic<int> helpers_{0};
  int wanted_ = 0, places_ = 0;
  unsigned controls_;
};

}  // namespace stride
