/**
 * Graphs with Stride's own kernels give the loss and all gradients, those of the images included, of the graphs of
 * TensorFlow's operations, whatever layers stand around the convolutions.
 */
import { expect, it } from 'vitest';
import type { Graph } from '../../src/main/engine/graph/graph.ts';
import type { OpName } from '../../src/main/engine/graph/opTable.ts';
import { hasAvx512 } from '../../src/main/engine/native/cpu.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { hasKernels } from '../../src/main/engine/native/kernels.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import { differingShapes } from '../support/kernelShapes.ts';
import { expectAlike } from './variants.ts';

setNativeEnvironment(2);

const conv = (filters: number, rest: object = {}): Layer =>
  ({ type: 'conv2d', filters, kernelSize: 3, ...rest }) as Layer;
const maxPool = (rest: object = {}): Layer => ({ type: 'maxPool2d', kernelSize: 2, ...rest }) as Layer;
const avgPool = (rest: object = {}): Layer => ({ type: 'avgPool2d', kernelSize: 2, ...rest }) as Layer;
const relu: Layer = { type: 'activation', function: 'relu' };
const tanh: Layer = { type: 'activation', function: 'tanh' };
const norm: Layer = { type: 'batchNorm2d' };
const block = (...layers: Layer[]): Layer => ({ type: 'residual', layers });

const cases: readonly (readonly [string, readonly Layer[]])[] = [
  ['alone', [conv(5)]],
  ['pool and ReLU', [conv(12), maxPool(), relu]],
  ['ReLU and pool', [conv(7), relu, maxPool()]],
  ['pool without ReLU', [conv(6), maxPool(), tanh]],
  ['ReLU without pool', [conv(6), relu, avgPool()]],
  ['two ReLUs around a pool', [conv(6), relu, maxPool(), relu]],
  ['ReLU and overlapping pool', [conv(5), relu, maxPool({ kernelSize: 3, stride: 2 })]],
  ['padded pool', [conv(5), maxPool({ padding: 1 }), relu]],
  ['a pool with gaps', [conv(5), maxPool({ stride: 3 }), relu]],
  ['padded average', [conv(5), avgPool({ padding: 1 }), tanh]],
  ['average', [conv(4), tanh, avgPool(), conv(3)]],
  ['global average', [conv(5), relu, { type: 'globalAveragePool' }]],
  ['batch norm after another layer', [conv(5, { bias: false }), relu, norm, maxPool()]],
  ['padding', [conv(5, { padding: 1 }), relu, conv(4, { padding: [1, 0] }), maxPool()]],
  ['more padding', [conv(5, { padding: 2 }), maxPool(), relu]],
  [
    'tiles of 2 × 2',
    [conv(16), relu, conv(24, { padding: 1 }), norm, relu, conv(32, { padding: 1 }), maxPool()],
  ],
  ['a rectangle', [conv(13, { kernelSize: [2, 5] }), maxPool(), relu]],
  [
    'convolutions that it does not take',
    [conv(5), relu, conv(4, { stride: [2, 1] }), conv(3, { padding: 2, stride: 2 })],
  ],
  [
    'strides and single pixels',
    [conv(5), conv(4, { stride: 2, padding: 1 }), relu, conv(3, { kernelSize: 1 })],
  ],
  ['a residual block', [conv(5), relu, block(conv(5, { padding: 1 }), norm, relu), maxPool()]],
  [
    'a block with a shortcut',
    [conv(5), block(conv(6, { padding: 1, stride: 2 }), norm, relu, conv(6, { padding: 1 }))],
  ],
  [
    'a block after TensorFlow',
    [tanh, block(conv(6, { padding: 1, stride: 2 }), norm, relu), { type: 'globalAveragePool' }],
  ],
];

const uses = ({ nodes }: Graph, name: OpName) => nodes.some(({ op }) => op === name);

it('has the kernels, which set-up builds where the processor has AVX2', () => {
  expect(hasKernels()).toBe(true);
});

it.each(hasAvx512() ? ([8, 16] as const) : ([8] as const))(
  "gives TensorFlow's numbers for random shapes, %i images at a time",
  async (lanes) => {
    expect(await differingShapes(50, lanes, lanes)).toEqual([]);
  },
);

const variants = [
  { avx512: false, kernels: 'tensorflow' },
  { avx512: hasAvx512(), kernels: 'stride' },
] as const;

it.each(cases)('%s', async (_name, layers) => {
  const graphs = await expectAlike(layers, { channels: 3, sizes: [14, 13] }, variants);
  expect(graphs.map((graph) => uses(graph, 'StrideConv2D'))).toEqual([false, true]);
});

it('takes one channel, and a shard that fills its lanes', async () => {
  await expectAlike([conv(10), maxPool(), relu], { channels: 1, sizes: [16, 16] }, variants);
});

it.each([
  ['a ReLU and a pool', [conv(5), norm, relu, maxPool()]],
  ['a pool and a ReLU', [conv(5, { padding: 1 }), norm, maxPool(), relu, conv(3)]],
  ['a ReLU alone', [conv(6, { kernelSize: 2 }), norm, relu, conv(3)]],
  ['a pool alone', [conv(4), norm, maxPool(), tanh]],
  ['something else', [conv(5), norm, tanh, conv(3), relu, norm]],
  ['layers of a block', [conv(5), relu, block(conv(5, { padding: 1 }), norm, relu), norm]],
] as const)('batch norm before %s', async (_name, layers) => {
  for (const sizes of [[13], [16, 5]]) {
    const graphs = await expectAlike(layers, { channels: 2, sizes }, variants);
    expect(graphs.map((graph) => uses(graph, 'StrideNormalise'))).toEqual([false, true]);
  }
});

const flatten: Layer = { type: 'flatten' };
const linear = (units: number, rest: object = {}): Layer => ({ type: 'linear', units, ...rest }) as Layer;

it.each([
  ['with a ReLU', { momentum: 0 }, [flatten, linear(100), relu, linear(170), relu]],
  ['with momentum', { momentum: 0.5 }, [flatten, linear(101), relu, linear(203, { bias: false })]],
  ['with Nesterov momentum', { momentum: 0.9, nesterov: true }, [flatten, linear(100), tanh, linear(250)]],
  ['with weight decay', { momentum: 0.5, weightDecay: 0.1 }, [conv(8), flatten, linear(65), relu]],
] as const)('large linear layers %s', async (_name, optimizer, layers) => {
  for (const sizes of [[13], [32, 31]]) {
    const graphs = await expectAlike(layers, { channels: 3, sizes, optimizer }, variants);
    expect(graphs.map((graph) => uses(graph, 'StrideLinearStep'))).toEqual([false, true]);
  }
});

it.each([0, -0.4242])('a large linear layer of images that all have %d at their edge', async (edge) => {
  for (const sizes of [[13], [32, 31], [70]]) {
    const graphs = await expectAlike([flatten, linear(101), relu], { channels: 3, sizes, edge }, variants);
    expect(graphs.map((graph) => uses(graph, 'StrideLinear'))).toEqual([false, true]);
  }
});
