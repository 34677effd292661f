/**
 * Maps with the batch inside are the same maps: the graph for a CPU with AVX-512 gives the losses and gradients of the one
 * that keeps the batch first, whatever layer stands behind a convolution that wants it so.
 */
import { expect, it } from 'vitest';
import { compile } from '../../src/main/engine/compile.ts';
import { setNativeEnvironment } from '../../src/main/engine/environment.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { type Input, type Output, Session } from '../../src/main/engine/session.ts';
import { writeInitial } from '../../src/main/engine/state.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import { parseNetwork } from '../../src/shared/network.ts';
import { trainingSettingsSchema } from '../../src/shared/training.ts';

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

const cases: readonly (readonly [string, readonly Layer[]])[] = [
  ['pool and ReLU', [conv(5), maxPool(), relu]],
  ['ReLU and overlapping pool', [conv(5), relu, maxPool({ kernelSize: 3, stride: 2 })]],
  ['padded pool, which has the batch first', [conv(5), maxPool({ padding: 1 }), relu]],
  ['average', [conv(5), tanh, avgPool()]],
  ['padded average, which has the batch first', [conv(5), avgPool({ padding: 1 }), tanh]],
  ['global average', [conv(5), relu, { type: 'globalAveragePool' }]],
  ['batch norm', [conv(5, { bias: false }), norm, relu, maxPool()]],
  ['a second conv', [conv(5, padded), relu, conv(4), relu]],
  ['a conv that wants the batch first', [conv(5), relu, { type: 'conv2d', filters: 3, kernelSize: 1 }, tanh]],
  ['dilation, which wants the batch first', [conv(5), relu, conv(3, { dilation: 2 })]],
  ['residual block of a map with the batch inside', [conv(5), block(conv(5, padded), norm, relu), maxPool()]],
  ['residual block of a map with the batch first', [block(conv(3, padded), norm), relu]],
  ['residual block with a shortcut', [block(conv(6, padded), tanh), avgPool()]],
];

async function gradientsOf(layers: readonly Layer[], wideVectors: boolean) {
  const network = parseNetwork({
    name: 'both ways',
    input: { height: 9, width: 8, channels: 3 },
    layers: [...layers, { type: 'flatten' }, { type: 'linear', units: 4 }],
  });
  const batch = 36;
  const settings = trainingSettingsSchema.parse({ batchSize: batch, seed: 2 });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards: 2,
    constants: null,
    inspection: true,
    wideVectors,
  });
  const session = await Session.load(compiled.graph);
  try {
    writeInitial(session, compiled, new Generator(4), settings.initialisation);
    const inputs: Record<string, Input> = { scalars: { data: Float32Array.of(1 / batch, 0.01) } };
    for (const shard of [0, 1]) {
      const each = batch / 2;
      const images = Float32Array.from({ length: each * 3 * 72 }, (_, i) => Math.sin(i * i + shard));
      inputs[`images_${shard}`] = { data: images, shape: [each, 3, 9, 8] };
      inputs[`labels_${shard}`] = { data: Int32Array.from({ length: each }, (_, i) => (i + shard) % 4) };
    }
    const inside = compiled.graph.nodes.some(({ op }) => op === 'Conv3D');
    return { inside, outputs: session.run('gradients', inputs) };
  } finally {
    session.close();
  }
}

const largestOf = ({ data }: Output) => Math.max(...data.map(Math.abs));

it.each(cases)('%s', async (_name, layers) => {
  const first = await gradientsOf(layers, false);
  const inside = await gradientsOf(layers, true);
  expect([first.inside, inside.inside]).toEqual([false, true]);
  expect(Object.keys(inside.outputs)).toEqual(Object.keys(first.outputs));
  for (const [name, expected] of Object.entries(first.outputs)) {
    const actual = inside.outputs[name] as Output;
    expect(actual.shape, name).toEqual(expected.shape);
    const worst = Math.max(...expected.data.map((value, i) => Math.abs(value - (actual.data[i] as number))));
    // The bias of a convolution before batch norm has a gradient of zero, of which rounding leaves something.
    expect(worst, name).toBeLessThanOrEqual(1e-5 * largestOf(expected) + 1e-6);
  }
});
