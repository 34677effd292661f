/**
 * Batch norm as operations of TensorFlow. Mean and variance are those of the whole batch, so between two passes over a
 * shard's maps stands an operation on the few numbers of all shards. Formulas: Ioffe and Szegedy 2015.
 */
#include <cmath>

#include "tensorflow/call.h"

namespace stride {
namespace {

struct Settings {
  int64_t images;
  bool relu, pool;
};

void readImages(Attributes& attributes, Settings& settings) {
  attributes.read("images", settings.images);
}

void readTail(Attributes& attributes, Settings& settings) {
  attributes.read("relu", settings.relu);
  attributes.read("pool", settings.pool);
}

void readBoth(Attributes& attributes, Settings& settings) {
  readImages(attributes, settings);
  readTail(attributes, settings);
}

/** The map of a call, and the kernels for it; null if the call has been refused. */
struct Given {
  const Kernels* kernels = nullptr;
  const float* x = nullptr;
  Tail tail{};
  int64_t groups = 0, lanes = 0;

  std::vector<int64_t> inputShape() const { return {groups, tail.height, tail.width, tail.channels, lanes}; }
  std::vector<int64_t> outputShape() const {
    return {groups, tail.mapHeight(), tail.mapWidth(), tail.channels, lanes};
  }
};

Given givenTo(Call& call, const Settings& settings) {
  Given given;
  const Tensor* x = call.input(0, 5);
  if (!x) return given;
  given.x = dataOf(x);
  given.tail = {sizeOf(x, 1), sizeOf(x, 2), sizeOf(x, 3), settings.relu != 0, settings.pool != 0};
  given.groups = lengthOf(x, 0);
  given.lanes = lengthOf(x, 4);
  if (given.tail.mapHeight() < 1 || given.tail.mapWidth() < 1 || given.tail.channels < 1)
    call.refuse("the maps are smaller than a window of the pool, or empty");
  const Kernels* kernels = kernelsFor(given.lanes, call);
  if (call.ok()) given.kernels = kernels;
  return given;
}

void requireImages(const Given& given, int64_t images, Call& call) {
  if (call.ok() && (images < 1 || (images + given.lanes - 1) / given.lanes != given.groups))
    call.refuse("the images do not fill the groups");
}

/** Returns the numbers of an input with one for each channel; null, and the call is refused, if it has others. */
const float* channelsOf(Call& call, int index, int channels) {
  const Tensor* numbers = call.input(index, 1);
  if (!numbers) return nullptr;
  if (sizeOf(numbers, 0) != channels) call.refuse("a vector has not one number for each channel");
  return call.ok() ? dataOf(numbers) : nullptr;
}

void computeMoments(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Given given = givenTo(call, settings);
  requireImages(given, settings.images, call);
  float* moments = call.output<float>(0, {2, given.tail.channels});
  if (moments) given.kernels->moments(given.tail, static_cast<int>(settings.images), given.x, moments);
}

void computeNormalise(void* kernel, Call& call) {
  const Given given = givenTo(call, *static_cast<Settings*>(kernel));
  const float* scale = channelsOf(call, 1, given.tail.channels);
  const float* shift = channelsOf(call, 2, given.tail.channels);
  float* y = call.output<float>(0, given.outputShape());
  uint8_t* index =
      call.output<uint8_t>(1, given.tail.hasIndex() ? given.outputShape() : std::vector<int64_t>{0});
  if (call.ok())
    given.kernels->normalise(given.tail, static_cast<int>(given.groups), given.x, scale, shift, y, index);
}

/** The gradient of `y`, and the index that leads it back. */
struct YGradient {
  const float* numbers = nullptr;
  const uint8_t* index = nullptr;
};

YGradient yGradientOf(Call& call, const Given& given) {
  const Tensor* gradient = call.input(1, 5);
  const Tensor* index = call.input(2, given.tail.hasIndex() ? 5 : 1);
  if (!call.ok()) return {};
  if (!hasShape(gradient, given.outputShape()) || (given.tail.hasIndex() && !hasShape(index, given.outputShape())))
    call.refuse("the gradient or the index has another shape than the output");
  return {dataOf(gradient), dataOf<uint8_t>(index)};
}

void computeSums(void* kernel, Call& call) {
  const Given given = givenTo(call, *static_cast<Settings*>(kernel));
  const YGradient y = yGradientOf(call, given);
  const float* mean = channelsOf(call, 3, given.tail.channels);
  float* sums = call.output<float>(0, {2, given.tail.channels});
  if (sums)
    given.kernels->normaliseSums(given.tail, static_cast<int>(given.groups), given.x, y.numbers, y.index, mean, sums);
}

void computeGradient(void* kernel, Call& call) {
  const Settings& settings = *static_cast<Settings*>(kernel);
  const Given given = givenTo(call, settings);
  requireImages(given, settings.images, call);
  const YGradient y = yGradientOf(call, given);
  const Linear of{channelsOf(call, 3, given.tail.channels), channelsOf(call, 4, given.tail.channels),
                  channelsOf(call, 5, given.tail.channels)};
  float* gradient = call.output<float>(0, given.inputShape());
  if (gradient)
    given.kernels->normaliseGradient(given.tail, static_cast<int>(settings.images), given.x, y.numbers, y.index, of,
                                     gradient);
}

/** The attributes of the operations on all shards' numbers. */
struct BatchSettings {
  int64_t shards;
  /** Numbers that each shard's moments are of, images × pixels; for the gradient, those of the whole batch. */
  std::vector<int64_t> counts;
  float epsilon, momentum;
};

void readCounts(Attributes& attributes, BatchSettings& settings) {
  attributes.read("shards", settings.shards);
  if (!attributes.ok() || settings.shards < 1) return;
  settings.counts.resize(static_cast<size_t>(settings.shards));
  attributes.read("counts", settings.counts.data(), static_cast<int>(settings.shards));
}

void readBatch(Attributes& attributes, BatchSettings& settings) {
  readCounts(attributes, settings);
  attributes.read("epsilon", settings.epsilon);
  attributes.read("momentum", settings.momentum);
}

/** Returns 2 × channels of each shard; empty, and the call is refused, if they differ in shape. */
std::vector<const float*> shardsOf(Call& call, int64_t shards, int& channels) {
  std::vector<const float*> numbers;
  for (int shard = 0; shard < shards; shard++) {
    const Tensor* of = call.input(shard, 2);
    if (!of) return {};
    if (shard == 0) channels = sizeOf(of, 1);
    if (!hasShape(of, {2, channels})) call.refuse("the shards' numbers are not 2 for each channel");
    numbers.push_back(dataOf(of));
  }
  return call.ok() ? numbers : std::vector<const float*>{};
}

void computeNormalisation(void* kernel, Call& call) {
  const BatchSettings& settings = *static_cast<BatchSettings*>(kernel);
  const int first = static_cast<int>(settings.shards);
  int channels = 0;
  const std::vector<const float*> moments = shardsOf(call, settings.shards, channels);
  const float* given[4] = {};
  for (int i = 0; i < 4; i++) given[i] = channelsOf(call, first + i, channels);
  const auto [weight, bias, runningMean, runningVariance] = given;
  float* results[6] = {};
  for (int i = 0; i < 6; i++) results[i] = call.output<float>(i, {channels});
  const auto [means, inverses, scales, shifts, newMeans, newVariances] = results;
  for (int c = 0; call.ok() && c < channels; c++) {
    double count = 0, mean = 0, squares = 0;
    for (size_t shard = 0; shard < moments.size(); shard++) {
      const double more = static_cast<double>(settings.counts[shard]);
      const double away = moments[shard][c] - mean;
      mean += away * more / (count + more);
      squares += moments[shard][channels + c] + away * away * count * more / (count + more);
      count += more;
    }
    const double inverse = 1 / std::sqrt(squares / count + settings.epsilon);
    means[c] = static_cast<float>(mean);
    inverses[c] = static_cast<float>(inverse);
    scales[c] = static_cast<float>(weight[c] * inverse);
    shifts[c] = static_cast<float>(bias[c] - mean * weight[c] * inverse);
    // PyTorch keeps the unbiased variance.
    newMeans[c] = runningMean[c] * (1 - settings.momentum) + means[c] * settings.momentum;
    newVariances[c] = runningVariance[c] * (1 - settings.momentum) +
                      static_cast<float>(squares / (count - 1)) * settings.momentum;
  }
}

void computeNormalisationGradient(void* kernel, Call& call) {
  const BatchSettings& settings = *static_cast<BatchSettings*>(kernel);
  const int first = static_cast<int>(settings.shards);
  int channels = 0;
  const std::vector<const float*> sums = shardsOf(call, settings.shards, channels);
  const float* given[3] = {};
  for (int i = 0; i < 3; i++) given[i] = channelsOf(call, first + i, channels);
  const auto [scale, mean, inverse] = given;
  float* results[4] = {};
  for (int i = 0; i < 4; i++) results[i] = call.output<float>(i, {channels});
  const auto [weightGradient, biasGradient, ofX, constant] = results;
  double count = 0;
  for (int64_t each : settings.counts) count += static_cast<double>(each);
  for (int c = 0; call.ok() && c < channels; c++) {
    double dots = 0, sum = 0;
    for (const float* of : sums) dots += of[c], sum += of[channels + c];
    // dx = scale · (d − mean(d) − x̂ · mean(d · x̂)), where x̂ = (x − mean) · inverse
    const double along = -scale[c] * static_cast<double>(inverse[c]) * inverse[c] * dots / count;
    weightGradient[c] = static_cast<float>(dots * inverse[c]);
    biasGradient[c] = static_cast<float>(sum);
    ofX[c] = static_cast<float>(along);
    constant[c] = static_cast<float>(-scale[c] * sum / count - along * mean[c]);
  }
}

}  // namespace

std::vector<Operation> normaliseOperations() {
  return {
      {"StrideMoments",
       {"x: float"},
       {"moments: float"},
       {"images: int"},
       create<Settings, readImages>,
       computeMoments,
       remove<Settings>},
      {"StrideNormalisation",
       {"moments: shards * float", "weight: float", "bias: float", "running_mean: float", "running_var: float"},
       {"mean: float", "inverse: float", "scale: float", "shift: float", "new_mean: float", "new_var: float"},
       {"shards: int >= 1", "counts: list(int)", "epsilon: float", "momentum: float"},
       create<BatchSettings, readBatch>,
       computeNormalisation,
       remove<BatchSettings>},
      {"StrideNormalise",
       {"x: float", "scale: float", "shift: float"},
       {"y: float", "index: uint8"},
       {"relu: bool", "pool: bool"},
       create<Settings, readTail>,
       computeNormalise,
       remove<Settings>},
      {"StrideNormaliseSums",
       {"x: float", "y_gradient: float", "index: uint8", "mean: float"},
       {"sums: float"},
       {"relu: bool", "pool: bool"},
       create<Settings, readTail>,
       computeSums,
       remove<Settings>},
      {"StrideNormalisationGradient",
       {"sums: shards * float", "scale: float", "mean: float", "inverse: float"},
       {"weight_gradient: float", "bias_gradient: float", "of_x: float", "constant: float"},
       {"shards: int >= 1", "counts: list(int)"},
       create<BatchSettings, readCounts>,
       computeNormalisationGradient,
       remove<BatchSettings>},
      {"StrideNormaliseGradient",
       {"x: float", "y_gradient: float", "index: uint8", "of_x: float", "of_y_gradient: float", "constant: float"},
       {"x_gradient: float"},
       {"images: int", "relu: bool", "pool: bool"},
       create<Settings, readBoth>,
       computeGradient,
       remove<Settings>},
  };
}

}  // namespace stride
