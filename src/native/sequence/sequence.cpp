#include "sequence.h"

#include <atomic>
#include <cstring>

#include "../node/mailbox.h"
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
  /** The results of the steps so far that are not computed where they are wanted, for each output of the sequence. */
  std::vector<std::vector<char>> results;
};

class Sequence::LineCall : public Call {
 public:
  LineCall(const Sequence& sequence, const Line& line, Values& values, TensorFlowCall& whole)
      : sequence_(sequence), line_(line), values_(values), whole_(whole) {}

  int inputs() const override { return static_cast<int>(line_.inputs.size()); }
  bool isRead(int output) const override { return sequence_.program_.isRead(static_cast<size_t>(line_.firstOutput + output)); }

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
  for (int64_t input : settings_.stacked) {
    Tensor& value = values.all[static_cast<size_t>(input)];
    value.axes--;
    std::copy(value.shape.begin() + 1, value.shape.end(), value.shape.begin());
    value.data = static_cast<char*>(value.data) + static_cast<size_t>(step * value.count()) * bytesOf(value.type);
  }
}

/** Copies a step's results that have not been computed where they are wanted. There will be those of so many steps. */
void Sequence::keep(int64_t steps, Values& values) const {
  values.results.resize(settings_.results.size());
  for (size_t output = 0; output < settings_.results.size(); output++) {
    const auto result = static_cast<size_t>(settings_.results[output]);
    if (program_.outputOf(result) == static_cast<int>(output)) continue;
    const Tensor& value = values.all[result];
    const auto* from = static_cast<const char*>(value.data);
    const size_t bytes = static_cast<size_t>(value.count()) * bytesOf(value.type);
    values.results[output].reserve(static_cast<size_t>(steps) * bytes);
    values.results[output].insert(values.results[output].end(), from, from + bytes);
  }
}

/** Gives TensorFlow the results of so many steps. */
void Sequence::give(int64_t steps, const Values& values, TensorFlowCall& call) const {
  for (size_t output = 0; output < settings_.results.size(); output++) {
    const auto result = static_cast<size_t>(settings_.results[output]);
    if (program_.outputOf(result) == static_cast<int>(output)) continue;
    const Tensor& value = values.all[result];
    std::vector<int64_t> shape = shapeOf(&value);
    if (!settings_.stacked.empty()) shape.insert(shape.begin(), steps);
    void* to = call.output(static_cast<int>(output), value.type, shape);
    if (!to) return;
    std::memcpy(to, values.results[output].data(), values.results[output].size());
  }
}

std::vector<Tensor> Sequence::givenTo(TensorFlowCall& call) const {
  // The mailbox may follow.
  if (call.inputs() != settings_.inputs && call.inputs() != settings_.inputs + 1) {
    call.refuse("the program is for another number of inputs");
    return {};
  }
  std::vector<Tensor> given;
  for (int input = 0; input < call.inputs(); input++) {
    const Tensor* tensor = call.input(input);
    if (!tensor) return {};
    given.push_back(*tensor);
  }
  for (int64_t input : settings_.stacked) {
    const Tensor& first = given[static_cast<size_t>(settings_.stacked[0])], &tensor = given[static_cast<size_t>(input)];
    if (tensor.axes < 1 || lengthOf(&tensor, 0) < 1 || lengthOf(&tensor, 0) != lengthOf(&first, 0))
      call.refuse("input " + std::to_string(input) + " is not one for each step");
  }
  return given;
}

/**
 * With more bytes, each value has memory of its own for as long as it is needed: one piece would be memory beside all that
 * TensorFlow keeps in smaller pieces, and asking for a value's memory takes nothing beside computing it.
 */
constexpr size_t largestPlan = size_t{64} << 20;

void Sequence::compute(TensorFlowCall& call) {
  std::vector<Tensor> given = givenTo(call);
  if (!call.ok()) return;
  int32_t mailbox = 0;
  if (call.inputs() > settings_.inputs) {
    mailbox = *dataOf<int32_t>(&given.back());
    given.pop_back();
  }
  const int64_t steps =
      settings_.stacked.empty() ? 1 : lengthOf(&given[static_cast<size_t>(settings_.stacked[0])], 0);
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
  int64_t step = 0;
  while (step < steps && call.ok() && (step == 0 || !hasUnread(mailbox))) {
    take(step, given, values);
    work.run();
    step++;
    if (call.ok()) keep(steps, values);
    if (plan || !call.ok()) continue;
    const std::shared_ptr<const Plan> made = program_.planOf(values.all);
    if (made->total <= largestPlan) {
      const std::lock_guard<std::mutex> lock(mutex_);
      plan_ = made;
    }
    call.releaseAll();
    if (step < steps) usePlan();
  }
  if (call.ok()) give(step, values, call);
}

}  // namespace stride
