/**
 * The machine's floating-point limit as a contestant: large matrix products in the same TensorFlow with the
 * engine's settings: one branch of the graph per core, one thread each. No step of a small net can reach this
 * rate, so it bounds the gain from a faster engine.
 */
import { availableParallelism } from 'node:os';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { Graph, type Tensor } from '../../src/main/engine/graph/graph.ts';
import {
  assignVariable,
  identity,
  integers,
  matMul,
  multiply,
  readVariable,
  scalar,
  slice,
  statelessUniform,
  variable,
} from '../../src/main/engine/graph/operations.ts';
import { Session, tensorflowVersion } from '../../src/main/engine/native/session.ts';
import { serve } from './serve.ts';

export interface LimitOptions {
  /** Number of rows and columns of the matrices. */
  readonly size: number;
  /** Number of consecutive products in each branch. */
  readonly products: number;
  /** Number of products that are computed in parallel; one for each core if left out. */
  readonly branches?: number;
}

/**
 * Returns a graph with signatures `fill` and `multiply`. Each branch has matrices of its own, so that no two
 * products are the same.
 */
function graphOf({ size, products }: LimitOptions, branches: number): Graph {
  const g = new Graph();
  const shape = [size, size];
  const filled: string[] = [];
  const outputs: Record<string, Tensor> = {};
  const stored = (name: string, seed: number, factor: number) => {
    const matrix = variable(g, name, 'float32', shape);
    const values = statelessUniform(g, integers(g, shape), integers(g, [seed, 0]));
    filled.push(assignVariable(g, matrix, multiply(g, values, scalar(g, factor))));
    return matrix;
  };
  for (let branch = 0; branch < branches; branch += 1) {
    let product = readVariable(g, stored(`left_${branch}`, 2 * branch, 1));
    // The elements are uniform in 0 to 2/size, so that a product is about as large as its left factor,
    // however many there are.
    const right = readVariable(g, stored(`right_${branch}`, 2 * branch + 1, 2 / size));
    for (let i = 0; i < products; i += 1) product = matMul(g, product, right);
    outputs[`corner_${branch}`] = slice(g, product, [0, 0], [1, 1]);
  }
  g.signature('fill', { inputs: {}, outputs: { done: identity(g, scalar(g, 1), { control: filled }) } });
  g.signature('multiply', { inputs: {}, outputs });
  return g;
}

await serve<LimitOptions>(async (options) => {
  const { branches = availableParallelism() } = options;
  setNativeEnvironment(branches);
  const session = await Session.load(graphOf(options, branches));
  session.run('fill', {});
  session.run('multiply', {});
  return {
    ready: {
      versions: { TensorFlow: tensorflowVersion() },
      flops: 2 * options.size ** 3 * options.products * branches,
    },
    async epoch() {
      const began = performance.now();
      session.run('multiply', {});
      return { seconds: (performance.now() - began) / 1000 };
    },
  };
});
