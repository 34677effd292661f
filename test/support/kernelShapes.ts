/**
 * Stride's own kernels against TensorFlow's operations on random shapes. All numbers are eighths, so that every sum is
 * exact in whatever order it is taken: both must give the same numbers, and equal ones in a pool's window occur.
 */
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { type Output, Session } from '../../src/main/engine/native/session.ts';
import { Graph, type Tensor } from '../../src/main/engine/graph/graph.ts';
import {
  type Lanes,
  type LanesConv,
  fromLanes,
  lanesConv2d,
  lanesConv2dGradients,
  toLanes,
} from '../../src/main/engine/graph/lanesOperations.ts';
import {
  biasAdd,
  biasAddGrad,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  integers,
  maxPool,
  maxPoolGrad,
  placeholder,
  relu,
  reluGrad,
  reshape,
  slice,
} from '../../src/main/engine/graph/operations.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';

interface Shape extends LanesConv {
  readonly images: number;
  readonly map: readonly [height: number, width: number, channels: number];
  readonly filter: readonly [height: number, width: number];
  readonly filters: number;
  /** Height and width of the convolution's output. */
  readonly output: readonly [number, number];
}

function draw(generator: Generator, lanes: Lanes): Shape {
  const between = (least: number, most: number) => least + (generator.next32() % (most - least + 1));
  for (;;) {
    // A fifth can be computed by tiles, which are used from some number of channels and filters on.
    const tiles = between(0, 4) === 0;
    const filter = tiles ? ([3, 3] as const) : ([between(1, 5), between(1, 5)] as const);
    const stride = !tiles && between(0, 1) === 1 ? between(2, 3) : 1;
    const most = (axis: 0 | 1) => Math.floor((filter[axis] - 1) / stride);
    const padding = [between(0, most(0)), between(0, most(1))] as const;
    // From 32 or 64 channels on, pixels are copied before they are multiplied.
    const some = () => (between(0, 7) === 0 ? between(30, 66) : between(1, 24));
    const channels = () => (tiles ? between(8, 40) : some());
    const map = [between(1, 14), between(1, 14), channels()] as const;
    const along = (axis: 0 | 1) => Math.floor((map[axis] + 2 * padding[axis] - filter[axis]) / stride) + 1;
    const output = [along(0), along(1)] as const;
    const pool = between(0, 1) === 1;
    if (Math.min(...output) < (pool ? 2 : 1)) continue;
    const images = between(1, 2 * lanes + 1);
    return {
      images,
      map,
      filter,
      padding,
      stride,
      output,
      filters: channels(),
      relu: between(0, 1) === 1,
      pool,
    };
  }
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** The values of a shape, cut out of one long input. */
interface Values {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor;
  readonly dy: Tensor;
}

type Results = Readonly<Record<'y' | 'dx' | 'dFilter' | 'dBias', Tensor>>;

function byKernels(g: Graph, shape: Shape, { x, filter, bias, dy }: Values, lanes: Lanes): Results {
  const wide = toLanes(g, x, lanes);
  const { y, index } = lanesConv2d(g, wide, filter, bias, shape);
  const given = { x: wide, filter, dy: toLanes(g, dy, lanes), index };
  const gradients = lanesConv2dGradients(g, given, shape, true);
  return {
    y: fromLanes(g, y, shape.images),
    dx: fromLanes(g, gradients.input, shape.images),
    dFilter: gradients.filter,
    dBias: gradients.bias,
  };
}

function byTensorflow(g: Graph, shape: Shape, { x, filter, bias, dy }: Values): Results {
  const window = { stride: [shape.stride, shape.stride], padding: shape.padding } as const;
  const pairs = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] } as const;
  const summed = biasAdd(g, conv2d(g, x, filter, window, [1, 1]), bias);
  const rectified = shape.relu ? relu(g, summed) : summed;
  const y = shape.pool ? maxPool(g, rectified, pairs) : rectified;
  const beforePool = shape.pool ? maxPoolGrad(g, rectified, y, dy, pairs) : dy;
  const gradient = shape.relu ? reluGrad(g, beforePool, rectified) : beforePool;
  const size = integers(g, [shape.images, ...shape.map]);
  return {
    y,
    dx: conv2dBackpropInput(g, size, filter, gradient, window),
    dFilter: conv2dBackpropFilter(g, x, [...shape.filter, shape.map[2], shape.filters], gradient, window),
    dBias: biasAddGrad(g, gradient),
  };
}

/** Returns a description of each shape for which the two differ. */
export async function differingShapes(count: number, seed: number, lanes: Lanes): Promise<string[]> {
  setNativeEnvironment(2);
  const generator = new Generator(seed);
  const g = new Graph();
  const numbers = placeholder(g, 'numbers', 'float32', [-1]);
  const shapes = Array.from({ length: count }, () => draw(generator, lanes));
  let longest = 0;
  const outputs: Record<string, Tensor> = {};
  shapes.forEach((shape, number) => {
    let from = 0;
    const take = (sizes: readonly number[]) => {
      const part = slice(g, numbers, [from], [product(sizes)]);
      from += product(sizes);
      return reshape(g, part, sizes);
    };
    const pooled = shape.output.map((length) => (shape.pool ? Math.floor(length / 2) : length));
    const values = {
      x: take([shape.images, ...shape.map]),
      filter: take([...shape.filter, shape.map[2], shape.filters]),
      bias: take([shape.filters]),
      dy: take([shape.images, ...pooled, shape.filters]),
    };
    longest = Math.max(longest, from);
    const both = { own: byKernels(g, shape, values, lanes), known: byTensorflow(g, shape, values) };
    for (const [whose, results] of Object.entries(both))
      for (const [name, tensor] of Object.entries(results)) outputs[`${whose}_${name}_${number}`] = tensor;
  });
  g.signature('compare', { inputs: { numbers }, outputs });
  const session = await Session.load(g);
  try {
    const data = Float32Array.from({ length: longest }, () => ((generator.next32() % 17) - 8) / 8);
    const found = session.run('compare', { numbers: { data } });
    const differs = (name: string, number: number) => {
      const [own, known] = [found[`own_${name}_${number}`], found[`known_${name}_${number}`]] as [
        Output,
        Output,
      ];
      return (
        String(own.shape) !== String(known.shape) || own.data.some((value, i) => value !== known.data[i])
      );
    };
    return shapes.flatMap((shape, number) => {
      const wrong = ['y', 'dx', 'dFilter', 'dBias'].filter((name) => differs(name, number));
      return wrong.length === 0 ? [] : [`${wrong.join()} of ${JSON.stringify(shape)}`];
    });
  } finally {
    session.close();
  }
}
