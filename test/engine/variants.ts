/** Two graphs of one net for different processors or kernels, compared by all their gradients. */
import { expect } from 'vitest';
import { type CompileOptions, compile } from '../../src/main/engine/compile/compile.ts';
import { readState, writeInitial } from '../../src/main/engine/compile/state.ts';
import type { Graph } from '../../src/main/engine/graph/graph.ts';
import { type Output, Session } from '../../src/main/engine/native/session.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import type { Layer } from '../../src/shared/layers/index.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

/** A net's input, and the number of images in each shard. */
export interface Given {
  readonly channels: number;
  readonly sizes: readonly number[];
  /** The number that all images have at their edge, one pixel wide; otherwise they differ everywhere. */
  readonly edge?: number;
  /** Settings of stochastic gradient descent. */
  readonly optimizer?: object;
}

/** What a graph is compiled for. */
type Variant = Required<Pick<CompileOptions, 'avx512' | 'kernels'>>;

/** Whether a pixel of 9 × 8 is at the edge. */
const isAtEdge = (pixel: number) => pixel < 8 || pixel >= 64 || pixel % 8 === 0 || pixel % 8 === 7;

async function gradientsOf(
  layers: readonly Layer[],
  { channels, sizes, edge, optimizer = {} }: Given,
  variant: Variant,
) {
  const network = parseNetwork({
    name: 'both ways',
    input: { height: 9, width: 8, channels },
    layers: [...layers, { type: 'flatten' }, { type: 'linear', units: 4 }],
  });
  const batch = sizes.reduce((a, b) => a + b, 0);
  const settings = trainingSettingsSchema.parse({ seed: 2, optimizer: { type: 'sgd', ...optimizer } });
  const compiled = compile({
    network,
    settings,
    dataset: null,
    shards: sizes,
    constants: null,
    inspection: true,
    ...variant,
  });
  const session = await Session.load(compiled.graph);
  try {
    writeInitial(session, compiled, new Generator(4), settings.initialisation);
    const inputs = {
      scalars: { data: Float32Array.of(1 / batch, 0.5) },
      images: sizes.map((each, shard) => ({
        data: Float32Array.from({ length: each * channels * 72 }, (_, i) =>
          edge !== undefined && isAtEdge(i % 72) ? edge : Math.sin(i * i + shard),
        ),
        shape: [each, channels, 9, 8],
      })),
      labels: sizes.map((each, shard) => ({
        data: Int32Array.from({ length: each }, (_, i) => (i + shard) % 4),
      })),
    };
    const outputs = session.run('gradients', inputs);
    session.run('train', inputs);
    const after = Object.fromEntries(
      readState(session).map(({ name, shape, data }) => [`after a step: ${name}`, { shape, data }]),
    );
    return { graph: compiled.graph, outputs: { ...outputs, ...after } };
  } finally {
    session.close();
  }
}

const largestOf = ({ data }: Output) => Math.max(...data.map(Math.abs));

/**
 * Expects of two variants the same loss, gradients of parameters and images, and state after a step, and
 * returns their graphs.
 */
export async function expectAlike(
  layers: readonly Layer[],
  given: Given,
  [first, second]: readonly [Variant, Variant],
): Promise<[Graph, Graph]> {
  const known = await gradientsOf(layers, given, first);
  const other = await gradientsOf(layers, given, second);
  expect(Object.keys(other.outputs).sort()).toEqual(Object.keys(known.outputs).sort());
  for (const [name, expected] of Object.entries(known.outputs)) {
    const actual = other.outputs[name] as Output;
    expect(actual.shape, name).toEqual(expected.shape);
    const worst = Math.max(...expected.data.map((value, i) => Math.abs(value - (actual.data[i] as number))));
    // The bias of a convolution before batch norm has a gradient of zero, of which rounding leaves something.
    expect(worst, name).toBeLessThanOrEqual(1e-5 * largestOf(expected) + 1e-6);
  }
  return [known.graph, other.graph];
}
