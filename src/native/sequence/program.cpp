#include "program.h"

#include <cstdlib>
#include <map>
#include <sstream>

namespace stride {
namespace {

std::vector<int64_t> integersIn(const std::string& text) {
  std::vector<int64_t> values;
  std::istringstream stream(text);
  for (std::string each; std::getline(stream, each, ',');) values.push_back(std::strtoll(each.c_str(), nullptr, 10));
  return values;
}

/** A line's attributes. */
class LineAttributes : public Attributes {
 public:
  void set(const std::string& assignment) {
    const size_t at = assignment.find('=');
    if (at == std::string::npos) missing_ = assignment;
    else values_[assignment.substr(0, at)] = assignment.substr(at + 1);
  }

  bool ok() const override { return missing_.empty(); }
  bool has(const char* name) const { return values_.count(name) > 0; }
  const std::string& missing() const { return missing_; }

  void read(const char* name, int64_t& value) override { value = std::strtoll(text(name), nullptr, 10); }
  void read(const char* name, float& value) override { value = std::strtof(text(name), nullptr); }
  void read(const char* name, bool& value) override { value = std::strtoll(text(name), nullptr, 10) != 0; }
  void read(const char* name, int64_t* values, int count) override {
    const std::vector<int64_t> all = integers(name);
    if (static_cast<int>(all.size()) != count) missing_ = name;
    else std::copy(all.begin(), all.end(), values);
  }
  std::vector<int64_t> integers(const char* name) { return integersIn(text(name)); }

 private:
  const char* text(const char* name) {
    const auto found = values_.find(name);
    if (found == values_.end()) missing_ = name;
    return found == values_.end() ? "" : found->second.c_str();
  }
  std::map<std::string, std::string> values_;
  std::string missing_;
};

/** Returns the type that the op registry's text of an input names, such as `x: float`; 0 if any type will do. */
int typeNamed(const std::string& input) {
  const auto endsWith = [&](const std::string& end) {
    return input.size() >= end.size() && input.compare(input.size() - end.size(), end.size(), end) == 0;
  };
  return endsWith("float") ? TF_FLOAT : endsWith("uint8") ? TF_UINT8 : endsWith("int32") ? TF_INT32 : 0;
}

}  // namespace

Program::Program(const SequenceSettings& settings, std::string& why) : inputs_(static_cast<int>(settings.inputs)) {
  owner_.resize(static_cast<size_t>(inputs_));
  for (int value = 0; value < inputs_; value++) owner_[static_cast<size_t>(value)] = value;
  for (int64_t input : settings.stacked)
    if (input < 0 || input >= inputs_) why = "there is no input " + std::to_string(input);
  std::istringstream stream(settings.program);
  for (std::string text; why.empty() && std::getline(stream, text);) {
    if (text.compare(0, 6, "Block ") == 0) readBlock(text, why);
    else readLine(text, why);
  }
  if (!why.empty()) return;
  divide();
  findReaders();
  findOutputs(settings, why);
  if (why.empty()) findEnds();
}

Program::~Program() {
  for (const Line& line : lines_)
    if (line.operation) line.operation->remove(line.settings);
}

/** Puts the blocks into phases. */
void Program::divide() {
  if (blocks_.empty()) blocks_.push_back({0, 0, 0, 0});
  for (size_t number = 0; number < blocks_.size(); number++) {
    Block& block = blocks_[number];
    block.end = number + 1 < blocks_.size() ? blocks_[number + 1].begin : static_cast<int>(lines_.size());
    if (number == 0 || block.phase != blocks_[number - 1].phase) phases_.emplace_back();
    phases_.back().push_back(static_cast<int>(number));
    shards_ = std::max(shards_, block.owner + 1);
    for (int line = block.begin; line < block.end; line++) lines_[static_cast<size_t>(line)].block = static_cast<int>(number);
  }
}

void Program::findReaders() {
  lastReader_.assign(owner_.size(), -1);
  isShared_.assign(owner_.size(), false);
  for (size_t number = 0; number < lines_.size(); number++) {
    const Block& block = blocks_[static_cast<size_t>(lines_[number].block)];
    int endOfPhase = static_cast<int>(number);
    for (const Block& each : blocks_)
      if (each.phase == block.phase) endOfPhase = std::max(endOfPhase, each.end - 1);
    for (int input : lines_[number].inputs) {
      const int value = owner_[static_cast<size_t>(input)];
      // While another shard's block reads it, its own may be anywhere in the same phase.
      const bool isOwn = value >= inputs_ && blocks_[static_cast<size_t>(blockOf(value))].owner == block.owner;
      if (!isOwn) isShared_[static_cast<size_t>(value)] = true;
      int& last = lastReader_[static_cast<size_t>(value)];
      last = std::max(last, isOwn ? static_cast<int>(number) : endOfPhase);
    }
  }
}

void Program::findOutputs(const SequenceSettings& settings, std::string& why) {
  output_.assign(owner_.size(), -1);
  for (size_t output = 0; output < settings.results.size(); output++) {
    const int64_t result = settings.results[output];
    if (result < 0 || result >= static_cast<int64_t>(owner_.size())) {
      why = "there is no value " + std::to_string(result);
      return;
    }
    const auto value = static_cast<size_t>(result);
    // A view that leaves the sequence is copied at the end, as is an input, a value that leaves it twice, and one of several.
    const bool isMade = settings.stacked.empty() && result >= inputs_ && owner_[value] == result;
    if (isMade && output_[value] < 0) output_[value] = static_cast<int>(output);
    else lastReader_[static_cast<size_t>(owner_[value])] = static_cast<int>(lines_.size());
  }
}

void Program::findEnds() {
  for (Line& line : lines_)
    for (int value = line.firstOutput; line.operation && value < line.firstOutput + line.outputs; value++) {
      const auto number = static_cast<size_t>(value);
      const int last = std::max(lastReader_[number], static_cast<int>(&line - lines_.data()));
      // What another shard may still be reading, and what leaves the sequence, stays until the end.
      const bool endsHere = last < static_cast<int>(lines_.size()) && output_[number] < 0 && !isShared_[number];
      if (endsHere) lines_[static_cast<size_t>(last)].ended.push_back(value);
    }
}

/** Returns the block in which a value is computed, which is not an input. */
int Program::blockOf(int value) const {
  const auto isAfter = [](int number, const Line& line) { return number < line.firstOutput; };
  return (std::upper_bound(lines_.begin(), lines_.end(), value, isAfter) - 1)->block;
}

void Program::readBlock(const std::string& text, std::string& why) {
  std::istringstream words(text);
  std::string word;
  Block block{0, 0, static_cast<int>(lines_.size()), 0};
  words >> word >> block.phase >> block.owner;
  if (!words || (blocks_.empty() && block.begin > 0) || (!blocks_.empty() && block.phase < blocks_.back().phase))
    why = "the blocks are not in the order of their phases";
  blocks_.push_back(block);
}

void Program::readLine(const std::string& text, std::string& why) {
  std::istringstream words(text);
  Line line;
  std::string operation, inputs;
  words >> operation >> line.name >> inputs;
  LineAttributes attributes;
  for (std::string word; words >> word;) attributes.set(word);
  const int values = static_cast<int>(owner_.size());
  for (int64_t input : integersIn(inputs)) {
    if (input < 0 || input >= values) why = line.name + " reads a value before it is there";
    line.inputs.push_back(static_cast<int>(input));
  }
  line.firstOutput = values;
  if (operation == "View") {
    line.outputs = 1;
    line.keepsShape = attributes.has("same");
    if (!line.keepsShape) {
      attributes.read("from", line.from);
      line.shape = attributes.integers("shape");
    }
    if (line.inputs.size() != 1) why = line.name + " is a view of one value";
    if (why.empty()) owner_.push_back(owner_[static_cast<size_t>(line.inputs[0])]);
  } else {
    line.operation = findOperation(operation);
    if (!line.operation) {
      why = "there is no operation " + operation;
      return;
    }
    line.settings = line.operation->create(attributes);
    line.outputs = static_cast<int>(line.operation->outputs.size());
    for (int output = 0; output < line.outputs; output++) owner_.push_back(values + output);
    // Where an operation takes a list, all of its inputs have one type.
    const auto& declared = line.operation->inputs;
    for (size_t input = 0; input < line.inputs.size(); input++)
      line.types.push_back(typeNamed(declared[std::min(input, declared.size() - 1)]));
  }
  if (!attributes.ok()) why = line.name + " has no " + attributes.missing();
  lines_.push_back(std::move(line));
}

/** Whether a line's output may lie where one of its inputs lies, which nothing reads after it. */
bool Program::mayReplace(const Line& line, size_t value) const {
  const int number = static_cast<int>(&line - lines_.data()), of = static_cast<int>(value);
  return line.operation->isByNumber && of >= inputs_ && lastReader_[value] == number && output_[value] < 0 && !isShared_[value] &&
         blocks_[static_cast<size_t>(blockOf(of))].owner == blocks_[static_cast<size_t>(line.block)].owner;
}

/**
 * Places each value at the lowest offset that is free while it is needed, or where an input lies that it may replace. Blocks
 * of one phase run at the same time, so each shard's values have memory of their own.
 */
std::shared_ptr<const Plan> Program::planOf(const std::vector<Tensor>& values) const {
  struct Place {
    size_t offset, bytes;
    int until;
  };
  auto plan = std::make_shared<Plan>();
  plan->offsets.assign(owner_.size(), 0);
  plan->bytes.assign(owner_.size(), 0);
  std::map<int, std::vector<Place>> ofOwner;
  std::map<int, size_t> sizes;
  for (size_t number = 0; number < lines_.size(); number++) {
    const Line& line = lines_[number];
    const int now = static_cast<int>(number), owner = blocks_[static_cast<size_t>(line.block)].owner;
    std::vector<Place>& used = ofOwner[owner];
    used.erase(std::remove_if(used.begin(), used.end(), [&](const Place& each) { return each.until < now; }), used.end());
    if (!line.operation) continue;
    for (int output = 0; output < line.outputs; output++) {
      const auto value = static_cast<size_t>(line.firstOutput + output);
      if (output_[value] >= 0) continue;
      plan->bytes[value] = static_cast<size_t>(values[value].count()) * bytesOf(values[value].type);
      const size_t bytes = (std::max<size_t>(plan->bytes[value], 1) + alignment - 1) / alignment * alignment;
      const int until = std::max(now, lastReader_[value]);
      const auto replaced = std::find_if(line.inputs.begin(), line.inputs.end(), [&](int input) {
        const auto given = static_cast<size_t>(owner_[static_cast<size_t>(input)]);
        return mayReplace(line, given) && plan->bytes[given] == plan->bytes[value];
      });
      if (replaced != line.inputs.end()) {
        plan->offsets[value] = plan->offsets[static_cast<size_t>(owner_[static_cast<size_t>(*replaced)])];
        const auto isThere = [&](const Place& each) { return each.offset == plan->offsets[value]; };
        std::find_if(used.begin(), used.end(), isThere)->until = until;
        continue;
      }
      size_t offset = 0;
      auto before = used.begin();
      for (; before != used.end() && before->offset < offset + bytes; ++before)
        offset = std::max(offset, before->offset + before->bytes);
      used.insert(before, {offset, bytes, until});
      plan->offsets[value] = offset;
      sizes[owner] = std::max(sizes[owner], offset + bytes);
    }
  }
  std::map<int, size_t> begins;
  for (const auto& [owner, size] : sizes) {
    begins[owner] = plan->total;
    plan->total += size;
  }
  for (const Line& line : lines_)
    for (int output = 0; output < line.outputs; output++)
      plan->offsets[static_cast<size_t>(line.firstOutput + output)] += begins[blocks_[static_cast<size_t>(line.block)].owner];
  return plan;
}

}  // namespace stride
