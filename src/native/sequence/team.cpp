#include "team.h"

#include <immintrin.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

namespace stride {
namespace {

using Clock = std::chrono::steady_clock;

/** Waits until `isTrue`. A processor that is wanted by others is left to them after a while. */
template <typename Condition>
void await(const Condition& isTrue) {
  for (int turn = 0; !isTrue(); turn++) {
    if (turn < 4'000) _mm_pause();
    else sched_yield();
  }
}

/** How long a helper looks for more work before it sleeps: for as long as another thread takes to begin. */
constexpr std::chrono::microseconds patience(200);

}  // namespace

/** The helpers of this process. They sleep when nothing is to be done, and end with the process. */
class Team {
 public:
  static Team& shared() {
    // It is never deleted, because its threads use it until the process ends.
    static Team* const team = new Team;
    return *team;
  }

  void offer(Work& work) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      open_.push_back(&work);
      while (threads_ < most_ && threads_ < work.wanted_ && begin()) threads_++;
      offers_.fetch_add(1, std::memory_order_release);
    }
    if (sleeping_.load(std::memory_order_acquire) > 0) wake_.notify_all();
  }

  void withdraw(Work& work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_.erase(std::find(open_.begin(), open_.end(), &work));
  }

 private:
  Team() : most_(static_cast<int>(std::thread::hardware_concurrency()) - 1) {}

  /** Returns whether there is another thread. Where the system has none left, the others do its work. */
  bool begin() {
    try {
      std::thread([this] { serve(); }).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  /** Returns work that wants another helper; null if there is none. The mutex must be held. */
  Work* find(size_t& place) {
    for (Work* work : open_) {
      if (work->places_ >= work->wanted_) continue;
      place = static_cast<size_t>(++work->places_);
      work->helpers_.fetch_add(1, std::memory_order_relaxed);
      return work;
    }
    return nullptr;
  }

  Work* next(size_t& place) {
    const Clock::time_point until = Clock::now() + patience;
    for (int turn = 0;; turn++) {
      const unsigned offers = offers_.load(std::memory_order_acquire);
      if (offers != seen()) {
        const std::lock_guard<std::mutex> lock(mutex_);
        seen() = offers;
        if (Work* work = find(place)) return work;
      }
      _mm_pause();
      if (turn % 64 != 63) continue;
      if (Clock::now() > until) break;
      sched_yield();
    }
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_.fetch_add(1);
    Work* work = nullptr;
    wake_.wait(lock, [&] { return (work = find(place)) != nullptr; });
    sleeping_.fetch_sub(1);
    return work;
  }

  static unsigned& seen() {
    thread_local unsigned offers = 0;
    return offers;
  }

  void serve() {
    for (;;) {
      size_t place = 0;
      Work* work = next(place);
      work->help(place);
      // The work may be gone as soon as this is known.
      work->helpers_.fetch_sub(1, std::memory_order_release);
    }
  }

  const int most_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Work*> open_;
  int threads_ = 0;
  std::atomic<unsigned> offers_{0};
  std::atomic<int> sleeping_{0};
};

namespace {

/** Before the first phase, and after the last. */
constexpr size_t notBegun = static_cast<size_t>(-1), ended = static_cast<size_t>(-2);

}  // namespace

Work::Work(const std::vector<std::vector<int>>& phases, int blocks, int helpers, std::function<void(int block)> compute)
    : phases_(phases), compute_(std::move(compute)), taken_(static_cast<size_t>(blocks)), phase_(notBegun),
      wanted_(helpers), controls_(_mm_getcsr()) {
  if (wanted_ > 0) Team::shared().offer(*this);
}

Work::~Work() {
  phase_.store(ended, std::memory_order_release);
  if (wanted_ == 0) return;
  Team::shared().withdraw(*this);
  await([&] { return helpers_.load(std::memory_order_acquire) == 0; });
}

void Work::takeBlocks(size_t phase, size_t preferred) {
  const std::vector<int>& blocks = phases_[phase % phases_.size()];
  const size_t run = phase / phases_.size();
  for (size_t turn = 0; turn < blocks.size(); turn++) {
    const int block = blocks[(preferred + turn) % blocks.size()];
    size_t before = run;
    if (!taken_[static_cast<size_t>(block)].compare_exchange_strong(before, run + 1, std::memory_order_acquire)) continue;
    compute_(block);
    done_.fetch_add(1, std::memory_order_release);
  }
}

void Work::run() {
  for (size_t phase = 0; phase < phases_.size(); phase++) {
    const size_t number = runs_ * phases_.size() + phase;
    phase_.store(number, std::memory_order_release);
    takeBlocks(number, 0);
    wantedDone_ += phases_[phase].size();
    await([&] { return done_.load(std::memory_order_acquire) == wantedDone_; });
  }
  runs_++;
}

void Work::help(size_t place) {
  // Rounding, and whether the smallest numbers become zero, as in the thread whose work it is.
  _mm_setcsr(controls_);
  for (size_t seen = notBegun;;) {
    size_t phase = 0;
    await([&] { return (phase = phase_.load(std::memory_order_acquire)) != seen; });
    if (phase == ended) return;
    seen = phase;
    takeBlocks(phase, place);
  }
}

}  // namespace stride
