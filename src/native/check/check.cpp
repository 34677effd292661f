/**
 * Compares the kernels with plain loops in double precision on random shapes. `npm run test:kernels` compiles it with
 * the address and the undefined-behaviour sanitizer; all memory is just as large as it must be, so that a step beyond
 * it is found.
 *
 *     check <lanes: 8 or 16> <shapes> <seed>
 */
#include "checkElements.h"
#include "checkLinear.h"

namespace {

using stride::Convolution;
using stride::Tail;

Convolution drawConvolution() {
  for (;;) {
    Convolution c{};
    c.kernelHeight = between(1, 5);
    c.kernelWidth = between(1, 5);
    c.stride = between(0, 1) == 1 ? between(2, 3) : 1;
    // A fifth can be computed by tiles, which are used from some number of channels and filters on.
    const bool tiles = between(0, 4) == 0;
    if (tiles) c.kernelHeight = c.kernelWidth = 3, c.stride = 1;
    c.paddingHeight = between(0, (c.kernelHeight - 1) / c.stride);
    c.paddingWidth = between(0, (c.kernelWidth - 1) / c.stride);
    c.height = between(1, 13);
    c.width = between(1, 13);
    // From 32 or 64 on, pixels are copied before they are multiplied.
    c.channels = between(0, 7) == 0 ? between(30, 66) : between(1, 9);
    c.filters = between(0, 7) == 0 ? between(30, 66) : between(1, 14);
    if (tiles) c.channels = between(6, 36), c.filters = between(6, 36);
    c.relu = between(0, 1) == 1;
    c.pool = between(0, 1) == 1;
    if (c.isPossible()) return c;
  }
}

/** What plain loops give for one image. */
struct Expected {
  std::vector<double> y, xGradient;
};

/** The convolution alone, one image. */
double outputAt(const Convolution& c, const float* x, const float* filter, const float* bias, int row, int column,
                int f) {
  double sum = bias[f];
  for (int i = 0; i < c.kernelHeight; i++)
    for (int j = 0; j < c.kernelWidth; j++) {
      const int r = row * c.stride + i - c.paddingHeight, o = column * c.stride + j - c.paddingWidth;
      if (r < 0 || r >= c.height || o < 0 || o >= c.width) continue;
      for (int k = 0; k < c.channels; k++)
        sum += static_cast<double>(x[(r * c.width + o) * c.channels + k]) *
               filter[((i * c.kernelWidth + j) * c.channels + k) * c.filters + f];
    }
  return sum;
}

/** Leads one output's gradient to the input, the filter and the bias. */
void addGradients(const Convolution& c, const float* x, const float* filter, double gradient, int row, int column,
                  int f, std::vector<double>& xGradient, std::vector<double>& filterGradient,
                  std::vector<double>& biasGradient) {
  biasGradient[f] += gradient;
  for (int i = 0; i < c.kernelHeight; i++)
    for (int j = 0; j < c.kernelWidth; j++) {
      const int r = row * c.stride + i - c.paddingHeight, o = column * c.stride + j - c.paddingWidth;
      if (r < 0 || r >= c.height || o < 0 || o >= c.width) continue;
      for (int k = 0; k < c.channels; k++) {
        const long at = (r * c.width + o) * c.channels + k;
        const long weight = ((i * c.kernelWidth + j) * c.channels + k) * c.filters + f;
        xGradient[at] += gradient * filter[weight];
        filterGradient[weight] += gradient * x[at];
      }
    }
}

Expected expectedOf(const Convolution& c, const float* x, const float* filter, const float* bias,
                    const float* yGradient, std::vector<double>& filterGradient, std::vector<double>& biasGradient) {
  Expected expected{{}, std::vector<double>(c.inputSize())};
  const int side = c.pool ? 2 : 1;
  for (int row = 0; row < c.mapHeight(); row++)
    for (int column = 0; column < c.mapWidth(); column++)
      for (int f = 0; f < c.filters; f++) {
        double largest = -INFINITY;
        int at = 0;
        for (int part = 0; part < side * side; part++) {
          const double value =
              outputAt(c, x, filter, bias, row * side + part / side, column * side + part % side, f);
          if (value > largest) largest = value, at = part;
        }
        const bool stopped = c.relu && largest <= 0;
        const double gradient = stopped ? 0 : yGradient[expected.y.size()];
        expected.y.push_back(stopped ? 0 : largest);
        addGradients(c, x, filter, gradient, row * side + at / side, column * side + at % side, f,
                     expected.xGradient, filterGradient, biasGradient);
      }
  return expected;
}

std::string describe(const Convolution& c, int images) {
  char text[200];
  std::snprintf(text, sizeof text,
                "%d images of %d x %d x %d, %d filters of %d x %d, padding %d x %d, stride %d, %s%s", images, c.height, c.width, c.channels, c.filters, c.kernelHeight, c.kernelWidth, c.paddingHeight,
                c.paddingWidth, c.stride, c.pool ? "pool " : "", c.relu ? "ReLU" : "");
  return text;
}

bool checkConvolution(const stride::Kernels& kernels, int lanes) {
  const Convolution c = drawConvolution();
  // Groups are taken two by two, and some of them at once.
  const int images = between(1, (between(0, 3) == 0 ? 5 : 2) * lanes + 1);
  const int groups = (images + lanes - 1) / lanes;
  Numbers<float> x = drawn(images * c.inputSize()), yGradient = drawn(images * c.outputSize());
  Numbers<float> filter = drawn(c.filterSize()), bias = drawn(c.filters);
  Numbers<float> xLanes(groups * c.inputSize() * lanes), yLanes(groups * c.outputSize() * lanes);
  Numbers<float> yGradientLanes(yLanes.count()), xGradientLanes(xLanes.count());
  Numbers<float> filterGradient(c.filterSize()), biasGradient(c.filters), y(yGradient.count()), xGradient(x.count());
  Numbers<uint8_t> index(c.hasIndex() ? yLanes.count() : 0);
  kernels.toLanes(x.get(), images, c.inputSize(), xLanes.get());
  kernels.forward(c, groups, xLanes.get(), filter.get(), bias.get(), yLanes.get(), index.get());
  kernels.fromLanes(yLanes.get(), images, c.outputSize(), y.get());
  kernels.toLanes(yGradient.get(), images, c.outputSize(), yGradientLanes.get());
  const bool needsInput = between(0, 3) > 0;
  kernels.gradients(c, groups, xLanes.get(), filter.get(), yGradientLanes.get(), index.get(),
                    nullptr, needsInput ? xGradientLanes.get() : nullptr, filterGradient.get(), biasGradient.get());
  if (needsInput) kernels.fromLanes(xGradientLanes.get(), images, c.inputSize(), xGradient.get());

  const std::string of = describe(c, images);
  std::vector<double> filterSums(c.filterSize()), biasSums(c.filters);
  bool good = true;
  for (int image = 0; image < images && good; image++) {
    const long in = image * c.inputSize(), out = image * c.outputSize();
    const Expected expected = expectedOf(c, x.get() + in, filter.get(), bias.get(), yGradient.get() + out, filterSums,
                                         biasSums);
    good = alike("y", of, expected.y, y.get() + out) &&
           (!needsInput || alike("x's gradient", of, expected.xGradient, xGradient.get() + in));
  }
  return good && alike("the filter's gradient", of, filterSums, filterGradient.get()) &&
         alike("the bias' gradient", of, biasSums, biasGradient.get());
}

Tail drawTail() {
  for (;;) {
    const Tail t{between(1, 9), between(1, 9), between(1, 11), between(0, 1) == 1, between(0, 1) == 1};
    if (t.mapHeight() > 0 && t.mapWidth() > 0) return t;
  }
}

/** The functions of batch norm by plain loops over images, which follow each other. */
struct Normalised {
  std::vector<double> moments, y, sums, xGradient;
};

Normalised normalisedOf(const Tail& t, int images, const float* x, const float* yGradient, const float* scale,
                        const float* shift, const float* ofX) {
  Normalised n{std::vector<double>(2 * t.channels), {}, std::vector<double>(2 * t.channels), {}};
  const long size = t.inputSize();
  const double count = static_cast<double>(images) * t.height * t.width;
  for (long i = 0; i < images * size; i++) n.moments[i % t.channels] += x[i] / count;
  for (long i = 0; i < images * size; i++)
    n.moments[t.channels + i % t.channels] += std::pow(x[i] - n.moments[i % t.channels], 2);
  for (long i = 0; i < images * size; i++)
    n.xGradient.push_back(static_cast<double>(ofX[i % t.channels]) * x[i] + shift[i % t.channels]);
  const int side = t.pool ? 2 : 1;
  for (int image = 0; image < images; image++)
    for (int row = 0; row < t.mapHeight(); row++)
      for (int column = 0; column < t.mapWidth(); column++)
        for (int c = 0; c < t.channels; c++) {
          double largest = -INFINITY;
          long at = 0;
          for (int part = 0; part < side * side; part++) {
            const long pixel = (row * side + part / side) * t.width + column * side + part % side;
            const long element = image * size + pixel * t.channels + c;
            const double value = static_cast<double>(x[element]) * scale[c] + shift[c];
            if (value > largest) largest = value, at = element;
          }
          const bool stopped = t.relu && largest <= 0;
          const double d = stopped ? 0 : yGradient[n.y.size()];
          n.y.push_back(stopped ? 0 : largest);
          n.sums[c] += d * (x[at] - static_cast<double>(ofX[c]));
          n.sums[t.channels + c] += d;
          n.xGradient[at] += d * scale[c];
        }
  return n;
}

bool isClear(const float* lanesOf, int images, int lanes, long size) {
  for (int image = images; image < (images + lanes - 1) / lanes * lanes; image++)
    for (long i = 0; i < size; i++)
      if (lanesOf[(image / lanes * size + i) * lanes + image % lanes] != 0) return false;
  return true;
}

bool checkNormalise(const stride::Kernels& kernels, int lanes) {
  const Tail t = drawTail();
  const int images = between(1, 2 * lanes + 1);
  const int groups = (images + lanes - 1) / lanes;
  Numbers<float> x = drawn(images * t.inputSize()), yGradient = drawn(images * t.outputSize());
  // `ofX` takes the place of the mean too.
  Numbers<float> scale = drawn(t.channels), shift = drawn(t.channels), ofX = drawn(t.channels);
  Numbers<float> xLanes(groups * t.inputSize() * lanes), xGradientLanes(xLanes.count()), xGradient(x.count());
  Numbers<float> yLanes(groups * t.outputSize() * lanes), yGradientLanes(yLanes.count()), y(yGradient.count());
  Numbers<float> moments(2 * t.channels), sums(2 * t.channels);
  Numbers<uint8_t> index(t.hasIndex() ? yLanes.count() : 0);
  kernels.toLanes(x.get(), images, t.inputSize(), xLanes.get());
  kernels.toLanes(yGradient.get(), images, t.outputSize(), yGradientLanes.get());
  // What stands in lanes without an image must not count.
  for (int image = images; image < groups * lanes; image++)
    for (long i = 0; i < t.inputSize(); i++) xLanes[(image / lanes * t.inputSize() + i) * lanes + image % lanes] = 100;
  kernels.moments(t, images, xLanes.get(), moments.get());
  kernels.normalise(t, groups, xLanes.get(), scale.get(), shift.get(), yLanes.get(), index.get());
  kernels.normaliseSums(t, groups, xLanes.get(), yGradientLanes.get(), index.get(), ofX.get(), sums.get());
  kernels.normaliseGradient(t, images, xLanes.get(), yGradientLanes.get(), index.get(),
                            {ofX.get(), scale.get(), shift.get()}, xGradientLanes.get());
  kernels.fromLanes(yLanes.get(), images, t.outputSize(), y.get());
  kernels.fromLanes(xGradientLanes.get(), images, t.inputSize(), xGradient.get());
  const Normalised expected =
      normalisedOf(t, images, x.get(), yGradient.get(), scale.get(), shift.get(), ofX.get());
  const std::string of = std::to_string(images) + " images of " + std::to_string(t.height) + " x " +
                         std::to_string(t.width) + " x " + std::to_string(t.channels) + (t.pool ? " pool" : "") +
                         (t.relu ? " ReLU" : "");
  const bool clear = isClear(xGradientLanes.get(), images, lanes, t.inputSize());
  if (!clear) std::printf("a lane without an image has a gradient: %s\n", of.c_str());
  return clear && alike("moments", of, expected.moments, moments.get()) && alike("y", of, expected.y, y.get()) &&
         alike("sums", of, expected.sums, sums.get()) &&
         alike("x's gradient", of, expected.xGradient, xGradient.get());
}

/** Compares a convolution's gradients through the batch norm after it with those that are taken one after the other. */
bool checkNormalised(const stride::Kernels& kernels, int lanes) {
  Convolution c = drawConvolution();
  c.relu = c.pool = false;
  Tail t = c.tail();
  t.relu = between(0, 1) == 1;
  t.pool = t.height > 1 && t.width > 1 && between(0, 1) == 1;
  const int images = between(1, 2 * lanes + 1), groups = (images + lanes - 1) / lanes;
  Numbers<float> x = drawn(groups * c.inputSize() * lanes), filter = drawn(c.filterSize());
  Numbers<float> output = drawn(groups * t.inputSize() * lanes), yGradient = drawn(groups * t.outputSize() * lanes);
  Numbers<float> ofX = drawn(c.filters), ofY = drawn(c.filters), constant = drawn(c.filters);
  Numbers<float> y(yGradient.count()), outputGradient(output.count()), xGradients[2] = {drawn(x.count()), drawn(x.count())};
  Numbers<float> filterGradients[2] = {drawn(c.filterSize()), drawn(c.filterSize())};
  Numbers<float> biasGradients[2] = {drawn(c.filters), drawn(c.filters)};
  Numbers<uint8_t> index(t.hasIndex() ? y.count() : 0);
  const stride::Linear of{ofX.get(), ofY.get(), constant.get()};
  const stride::Normalised normalised{t, images, output.get(), of};
  kernels.normalise(t, groups, output.get(), ofY.get(), constant.get(), y.get(), index.get());
  kernels.normaliseGradient(t, images, output.get(), yGradient.get(), index.get(), of, outputGradient.get());
  kernels.gradients(c, groups, x.get(), filter.get(), outputGradient.get(), nullptr, nullptr, xGradients[0].get(),
                    filterGradients[0].get(), biasGradients[0].get());
  kernels.gradients(c, groups, x.get(), filter.get(), yGradient.get(), index.get(), &normalised, xGradients[1].get(),
                    filterGradients[1].get(), biasGradients[1].get());
  const auto expected = [](Numbers<float>& numbers) {
    return std::vector<double>(numbers.get(), numbers.get() + numbers.count());
  };
  const std::string text = describe(c, images) + " through batch norm";
  return alike("x's gradient", text, expected(xGradients[0]), xGradients[1].get()) &&
         alike("the filter's gradient", text, expected(filterGradients[0]), filterGradients[1].get()) &&
         alike("the bias' gradient", text, expected(biasGradients[0]), biasGradients[1].get());
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "usage: check <lanes> <shapes> <seed>\n");
    return 2;
  }
  const int lanes = std::atoi(words[1]), shapes = std::atoi(words[2]);
  generator.seed(static_cast<unsigned>(std::atoi(words[3])));
  const stride::Kernels& kernels = lanes == 16 ? stride::kernelsOf16 : stride::kernelsOf8;
  int wrong = 0;
  for (int shape = 0; shape < shapes; shape++)
    if (!(checkConvolution(kernels, lanes) && checkNormalise(kernels, lanes) && checkNormalised(kernels, lanes) &&
          checkLinear(kernels) && checkElements(kernels)))
      wrong++;
  std::printf("%d lanes: %d of %d times five shapes as plain loops have them\n", lanes, shapes - wrong, shapes);
  return wrong == 0 ? 0 : 1;
}
