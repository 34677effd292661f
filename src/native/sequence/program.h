/**
 * The program of a sequence has one line for each operation:
 *
 *     StrideLinear train/1_linear/StrideLinear 4,7,9 lanes=8 relu=1
 *
 * with the operation, the node's name, the numbers of its inputs, and its attributes. A number stands for a value: the
 * sequence's inputs have the first ones, and each operation's outputs the next ones. The operation `View` is another
 * shape of a value, or a part of it: `from` is its first number, and −1 in its `shape` follows from the rest. With `same`
 * it is the value itself.
 *
 *     Block 3 1
 *
 * begins the block of phase 3 that shard 1 computes (`team.h`), in the order of the phases. A block may read what earlier
 * phases have computed, and what it has computed itself; −1 is for what no shard alone computes. A program without such
 * lines is one block.
 *
 * If some inputs are stacked along their first axis, the program is computed once for each part of them, and its results are
 * stacked. An input after its own is the number of a mailbox (`node/mailbox.h`): as soon as that has a message that was not
 * received, no more steps are begun.
 */
#pragma once
#include <memory>

#include "../tensorflow/call.h"

namespace stride {

/** Returns the operation with that name; null if there is none. */
const Operation* findOperation(const std::string& name);

/** What a node of the graph says of a sequence. */
struct SequenceSettings {
  std::string program;
  int64_t inputs = 0;
  /** The inputs that are stacked, with a part for each step, and the values that leave the sequence. */
  std::vector<int64_t> stacked, results;
};

struct Line {
  /** Null for a view. */
  const Operation* operation = nullptr;
  void* settings = nullptr;
  std::string name;
  std::vector<int> inputs;
  /** The types of the inputs, 0 for any. */
  std::vector<int> types;
  int firstOutput = 0, outputs = 0;
  /** The values whose memory nothing reads after this line. */
  std::vector<int> ended;
  int block = 0;
  /** Of a view. */
  int64_t from = 0;
  bool keepsShape = false;
  std::vector<int64_t> shape;
};

struct Block {
  int phase, owner;
  /** Its lines are those from `begin` up to `end`. */
  int begin, end;
};

/** Where each value lies in one piece of memory. Values that are not needed at the same time share their place. */
struct Plan {
  std::vector<size_t> offsets, bytes;
  size_t total = 0;
};

constexpr size_t alignment = 64;

class Program {
 public:
  /** Reads a program. `why` says what is wrong with it, if anything is. */
  Program(const SequenceSettings& settings, std::string& why);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  /** The numbers of each phase's blocks. */
  const std::vector<std::vector<int>>& phases() const { return phases_; }
  int shards() const { return shards_; }
  size_t values() const { return owner_.size(); }
  /** The output of the sequence that a value is computed into; −1 if it is none. */
  int outputOf(size_t value) const { return output_[value]; }

  bool isRead(size_t value) const { return lastReader_[value] >= 0 || output_[value] >= 0; }

  /** Places the values, whose shapes are known after they have been computed once. */
  std::shared_ptr<const Plan> planOf(const std::vector<Tensor>& values) const;

 private:
  void readBlock(const std::string& text, std::string& why);
  void readLine(const std::string& text, std::string& why);
  void divide();
  void findReaders();
  void findEnds();
  void findOutputs(const SequenceSettings& settings, std::string& why);
  int blockOf(int value) const;
  bool mayReplace(const Line& line, size_t value) const;

  int inputs_, shards_ = 1;
  std::vector<Line> lines_;
  std::vector<Block> blocks_;
  std::vector<std::vector<int>> phases_;
  /** For each value the value whose memory it is in, the last line that reads that memory, and its output or −1. */
  std::vector<int> owner_, lastReader_, output_;
  /** Whether a block of another owner reads a value. */
  std::vector<bool> isShared_;
};

}  // namespace stride
