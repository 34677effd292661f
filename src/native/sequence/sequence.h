/**
 * A sequence of operations that TensorFlow calls as one (`program.h`). Between two operations nothing is scheduled, looked up
 * or allocated, which takes TensorFlow 3 to 6 µs for each node of a graph, many of which only give a tensor another shape.
 */
#pragma once
#include <mutex>

#include "../tensorflow/tensorflowCall.h"
#include "program.h"

namespace stride {

class Sequence {
 public:
  /** `why` says what is wrong with the program, if anything is. */
  Sequence(SequenceSettings settings, std::string& why) : settings_(std::move(settings)), program_(settings_, why) {}

  void compute(TensorFlowCall& call);

 private:
  struct Values;
  class LineCall;

  /** Returns the sequence's inputs; none, and the call is refused, if they do not fit. */
  std::vector<Tensor> givenTo(TensorFlowCall& call) const;
  /** Gives the values of the sequence's inputs for one step. */
  void take(int64_t step, const std::vector<Tensor>& given, Values& values) const;
  void keep(int64_t steps, Values& values) const;
  void give(int64_t steps, const Values& values, TensorFlowCall& call) const;
  void computeBlock(const Block& block, Values& values, TensorFlowCall& call) const;
  void view(const Line& line, Values& values, Call& call) const;

  SequenceSettings settings_;
  Program program_;
  std::mutex mutex_;
  std::shared_ptr<const Plan> plan_;
};

}  // namespace stride
