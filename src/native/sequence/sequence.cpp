#include "sequence.h"

#include <atomic>
#include <cstring>

#include "../tensorflow/verbose.h"
#include "team.h"

namespace stride {

/** The values of one call. */
struct Sequence::Values {
  std::vector<Tensor> all;
  const Plan* plan = nullptr;
  char* memory = nullptr;
  /** Held while TensorFlow is asked for memory, and while the call is refused. */
  std::mutex mutex;
  std::atomic<bool> failed{false};
  /** Where the next results are copied to, and how many of a step have been. */
  std::vector<char*> results;
  int given = 0;
};

class Sequence::LineCall : public Call {
 public:
  LineCall(const Sequence& sequence, const Line& line, Values& values, TensorFlowCall& whole)
      : sequence_(sequence), line_(line), values_(values), whole_(whole) {}

  int inputs() const override { return static_cast<int>(line_.inputs.size()); }

 protected:
  const Tensor* given(int index) override {
    if (index < 0 || index >= inputs()) {
      refuse("there is no input " + std::to_string(index));
      return nullptr;
    }
    const auto at = static_cast<size_t>(index);
    const Tensor& tensor = values_.all[static_cast<size_t>(line_.inputs[at])];
    if (line_.types[at] != 0 && tensor.type != line_.types[at]) refuse("input " + std::to_string(index) + " has another type");
    return &tensor;
  }

  void make(int index, Tensor& tensor) override {
    const auto value = static_cast<size_t>(line_.firstOutput + index);
    if (index < 0 || index >= line_.outputs) return refuse("there is no output " + std::to_string(index));
    const int output = sequence_.program_.outputOf(value);
    const size_t bytes = static_cast<size_t>(tensor.count()) * bytesOf(tensor.type);
    if (output < 0 && values_.plan && values_.plan->bytes[value] == bytes) {
      tensor.data = values_.memory + values_.plan->offsets[value];
    } else {
      const std::lock_guard<std::mutex> lock(values_.mutex);
      if (output >= 0) whole_.make(output, tensor);
      else tensor.data = whole_.temporary(std::max<size_t>(bytes, alignment));
      if (!whole_.ok()) refuse(whole_.why());
    }
    values_.all[value] = tensor;
  }

 private:
  const Sequence& sequence_;
  const Line& line_;
  Values& values_;
  TensorFlowCall& whole_;
};

void Sequence::view(const Line& line, Values& values, Call& call) const {
  const Tensor& whole = values.all[static_cast<size_t>(line.inputs[0])];
  Tensor part = whole;
  if (line.keepsShape) {
    values.all[static_cast<size_t>(line.firstOutput)] = part;
    return;
  }
  part.axes = static_cast<int>(line.shape.size());
  int64_t known = 1;
  int open = -1;
  for (int axis = 0; axis < part.axes; axis++) {
    const int64_t length = line.shape[static_cast<size_t>(axis)];
    if (length >= 0) known *= length;
    else open = axis;
    part.shape[static_cast<size_t>(axis)] = length;
  }
  const int64_t left = whole.count() - line.from;
  if (open >= 0) part.shape[static_cast<size_t>(open)] = known > 0 ? left / known : 0;
  if (line.from < 0 || part.count() > left || (open >= 0 && part.count() != left))
    return call.refuse("the shape does not fit the value");
  part.data = static_cast<char*>(whole.data) + static_cast<size_t>(line.from) * bytesOf(whole.type);
  values.all[static_cast<size_t>(line.firstOutput)] = part;
}

void Sequence::computeBlock(const Block& block, Values& values, TensorFlowCall& call) const {
  for (int number = block.begin; number < block.end; number++) {
    if (values.failed.load(std::memory_order_relaxed)) return;
    const Line& line = program_.lines()[static_cast<size_t>(number)];
    LineCall each(*this, line, values, call);
    if (line.operation) {
      const Timed timed(line.operation->name, line.name);
      line.operation->compute(line.settings, each);
    } else {
      view(line, values, each);
    }
    // Before there is a plan, memory is given back as soon as it may be, so that the first step needs no more than others.
    if (each.ok() && (values.plan || line.ended.empty())) continue;
    const std::lock_guard<std::mutex> lock(values.mutex);
    if (each.ok()) {
      for (int value : line.ended) call.release(values.all[static_cast<size_t>(value)].data);
      continue;
    }
    call.refuse(line.name + ": " + each.why());
    values.failed.store(true, std::memory_order_relaxed);
  }
}

void Sequence::take(int64_t step, const std::vector<Tensor>& given, Values& values) const {
  std::copy(given.begin(), given.end(), values.all.begin());
  if (settings_.steps == 1) return;
  for (int64_t input : settings_.stacked) {
    Tensor& value = values.all[static_cast<size_t>(input)];
    value.axes--;
    std::copy(value.shape.begin() + 1, value.shape.end(), value.shape.begin());
    value.data = static_cast<char*>(value.data) + static_cast<size_t>(step * value.count()) * bytesOf(value.type);
  }
}

/** Copies the results that have not been computed where they are wanted. */
void Sequence::give(int64_t step, Values& values, TensorFlowCall& call) const {
  for (size_t output = 0; output < settings_.results.size() && call.ok(); output++) {
    const auto result = static_cast<size_t>(settings_.results[output]);
    if (program_.outputOf(result) == static_cast<int>(output)) continue;
    const Tensor& value = values.all[result];
    if (step == 0) {
      std::vector<int64_t> shape = shapeOf(&value);
      if (settings_.steps > 1) shape.insert(shape.begin(), settings_.steps);
      values.results.push_back(static_cast<char*>(call.output(static_cast<int>(output), value.type, shape)));
    }
    const size_t bytes = static_cast<size_t>(value.count()) * bytesOf(value.type);
    char*& to = values.results[static_cast<size_t>(values.given++)];
    if (!to) return;
    std::memcpy(to, value.data, bytes);
    to += bytes;
  }
  values.given = 0;
}

/**
 * With more bytes, each value has memory of its own for as long as it is needed: one piece would be memory beside all that
 * TensorFlow keeps in smaller pieces, and asking for a value's memory takes nothing beside computing it.
 */
constexpr size_t largestPlan = size_t{64} << 20;

void Sequence::compute(TensorFlowCall& call) {
  if (call.inputs() != static_cast<int>(settings_.inputs)) return call.refuse("the program is for another number of inputs");
  std::vector<Tensor> given;
  for (int input = 0; input < call.inputs(); input++) {
    const Tensor* tensor = call.input(input);
    if (!tensor) return;
    given.push_back(*tensor);
  }
  for (int64_t input : settings_.stacked) {
    const Tensor& tensor = given[static_cast<size_t>(input)];
    if (settings_.steps > 1 && (tensor.axes < 1 || lengthOf(&tensor, 0) != settings_.steps))
      return call.refuse("input " + std::to_string(input) + " is not one for each step");
  }
  Values values;
  values.all.resize(program_.values());
  std::shared_ptr<const Plan> plan;
  const auto usePlan = [&] {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      plan = plan_;
    }
    if (!plan || values.plan) return;
    values.memory = static_cast<char*>(call.temporary(std::max(plan->total, alignment)));
    values.plan = plan.get();
  };
  usePlan();
  Work work(program_.phases(), static_cast<int>(program_.blocks().size()), program_.shards() - 1,
            [&](int block) { computeBlock(program_.blocks()[static_cast<size_t>(block)], values, call); });
  for (int64_t step = 0; step < settings_.steps && call.ok(); step++) {
    take(step, given, values);
    work.run();
    if (call.ok()) give(step, values, call);
    if (plan || !call.ok()) continue;
    const std::shared_ptr<const Plan> made = program_.planOf(values.all);
    if (made->total <= largestPlan) {
      const std::lock_guard<std::mutex> lock(mutex_);
      plan_ = made;
    }
    call.releaseAll();
    if (step + 1 < settings_.steps) usePlan();
  }
}

}  // namespace stride
