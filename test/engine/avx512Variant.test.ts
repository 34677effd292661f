/**
 * The AVX-512 variant of a graph, which has maps in HWNC and first convolutions in space-to-depth, gives
 * the loss and gradients of the one for other CPUs, whatever layers stand behind such convolutions.
 */
import { expect, it } from 'vitest';
import type { Graph } from '../../src/main/engine/graph/graph.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import { type Given, expectAlike as expectVariantsAlike } from './variants.ts';

setNativeEnvironment(2);

const conv = (filters: number, rest: object = {}): Layer =>
  ({ type: 'conv2d', filters, kernelSize: 3, ...rest }) as Layer;
const relu: Layer = { type: 'activation', function: 'relu' };
const tanh: Layer = { type: 'activation', function: 'tanh' };
const norm: Layer = { type: 'batchNorm2d' };
const maxPool = (rest: object = {}): Layer => ({ type: 'maxPool2d', kernelSize: 2, ...rest }) as Layer;
const avgPool = (rest: object = {}): Layer => ({ type: 'avgPool2d', kernelSize: 2, ...rest }) as Layer;
const block = (...layers: Layer[]): Layer => ({ type: 'residual', layers });
const padded = { padding: 1 };

const hwncCases: readonly (readonly [string, readonly Layer[]])[] = [
  ['pool and ReLU', [conv(12), maxPool(), relu]],
  ['ReLU and overlapping pool', [conv(5), relu, maxPool({ kernelSize: 3, stride: 2 })]],
  ['padded pool, which takes NHWC', [conv(5), maxPool({ padding: 1 }), relu]],
  ['average', [conv(5), tanh, avgPool()]],
  ['padded average, which takes NHWC', [conv(5), avgPool({ padding: 1 }), tanh]],
  ['global average', [conv(5), relu, { type: 'globalAveragePool' }]],
  ['batch norm', [conv(5, { bias: false }), norm, relu, maxPool()]],
  ['a second conv', [conv(5, padded), relu, conv(4), relu]],
  ['a conv that wants NHWC', [conv(5), relu, { type: 'conv2d', filters: 3, kernelSize: 1 }, tanh]],
  ['dilation, which wants NHWC', [conv(5), relu, conv(3, { dilation: 2 })]],
  ['a conv as large as the map', [conv(5), relu, { type: 'conv2d', filters: 3, kernelSize: [7, 6] }, tanh]],
  ['residual block of an HWNC map', [conv(5), block(conv(5, padded), norm, relu), maxPool()]],
  ['residual block of a NHWC map', [block(conv(3, padded), norm), relu]],
  ['residual block with a shortcut', [block(conv(6, padded), tanh), avgPool()]],
];

const first = (rest: object = {}): Layer => ({ type: 'conv2d', filters: 6, kernelSize: 4, ...rest }) as Layer;
const sigmoid: Layer = { type: 'activation', function: 'sigmoid' };

const spaceToDepthCases: readonly (readonly [string, readonly Layer[]])[] = [
  [
    'before a conv that wants HWNC',
    [first({ filters: 10, kernelSize: 3 }), maxPool(), conv(4, { kernelSize: 2 })],
  ],
  ['pool', [first(), maxPool()]],
  ['pool, ReLU', [first(), maxPool(), relu]],
  ['ReLU, pool', [first(), relu, maxPool()]],
  ['two ReLUs around, which keeps it as it is', [first(), relu, maxPool(), relu]],
  ['without bias', [first({ bias: false }), maxPool(), relu]],
  ['rectangular, an odd row left over', [first({ kernelSize: [3, 5] }), maxPool(), tanh]],
  ['another activation between, which keeps it as it is', [first(), sigmoid, maxPool()]],
  ['a pool with gaps, which keeps it as it is', [first(), maxPool({ stride: 3 }), relu]],
];

/** Compares the variants without Stride's own kernels, which would take the place of both. */
async function expectAlike(layers: readonly Layer[], given: Given) {
  const kernels = 'tensorflow';
  const variants = [
    { avx512: false, kernels },
    { avx512: true, kernels },
  ] as const;
  const [narrow, wide] = await expectVariantsAlike(layers, given, variants);
  return { narrow, wide };
}

/** Whether windows have columns as many pixels apart as there are images. */
const isHwnc = ({ nodes }: Graph, [images]: readonly number[]) =>
  nodes.some(({ op, attributes }) => {
    const { dilations } = attributes;
    return op === 'Conv2D' && dilations?.kind === 'ints' && dilations.value[2] === images;
  });
const isSpaceToDepth = ({ nodes }: Graph) => nodes.some(({ op }) => op === 'UnsortedSegmentSum');

it.each(hwncCases)('HWNC: %s', async (_name, layers) => {
  const sizes = [18, 17];
  const { narrow, wide } = await expectAlike(layers, { channels: 3, sizes });
  expect([isHwnc(narrow, sizes), isHwnc(wide, sizes)]).toEqual([false, true]);
});

it.each(spaceToDepthCases)('space-to-depth: %s', async (name, layers) => {
  const { narrow, wide } = await expectAlike(layers, { channels: 1, sizes: [18, 18] });
  expect([isSpaceToDepth(narrow), isSpaceToDepth(wide)]).toEqual([false, !name.endsWith('as it is')]);
});

it('takes the gradient of a filter of many channels without padding as a flat one', async () => {
  const given = { channels: 16, sizes: [9, 8] };
  const { wide } = await expectAlike([conv(20), relu, maxPool()], given);
  const ops = wide.nodes.map(({ op }) => op);
  expect([isHwnc(wide, given.sizes), ops.includes('Conv3DBackpropFilterV2')]).toEqual([true, false]);
});
