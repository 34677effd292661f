/**
 * Reads what oneDNN (`ONEDNN_VERBOSE=profile_exec`) and Stride's own kernels (`STRIDE_KERNELS_VERBOSE`) print about each
 * operation that they execute.
 */
import type { Network } from '../../src/shared/network/network.ts';
import { type SurveyedLayer, surveyNetwork } from '../../src/shared/network/survey.ts';

export interface Executed {
  /** What it computes: `convolution forward`, `convolution filter gradient`. */
  readonly operation: string;
  /** The implementation that oneDNN chose: `jit:avx2`; `Stride` for one of Stride's. */
  readonly kernel: string;
  /** Its sizes in oneDNN's words: `mb32_ic10oc20_ih12oh8kh5…`; the layer, counted from 0, for one of Stride's: `3_conv2d`. */
  readonly shape: string;
  readonly seconds: number;
}

const directions: Readonly<Record<string, string>> = {
  forward_training: 'forward',
  forward_inference: 'forward',
  backward_data: 'input gradient',
  backward_weights: 'filter gradient',
  backward: 'gradient',
  undef: '',
};

/**
 * Returns the operation that a line of the output is about; undefined if it is about none. The fields of oneDNN's are
 * `onednn_verbose,v1,primitive,exec,cpu,kind,implementation,direction,memory,attributes,algorithm,shape,ms`, and of
 * Stride's `stride_verbose,exec,operation,node,ms`.
 */
export function parseExecuted(line: string): Executed | undefined {
  const fields = line.split(',');
  if (line.startsWith('stride_verbose,exec,')) {
    const [operation = '', node = '', milliseconds] = fields.slice(2);
    const shape = (node.match(/(?<=^|\/)\d+_\w+(?=\/)/g) ?? []).join('/');
    return { operation, kernel: 'Stride', shape, seconds: Number(milliseconds) / 1000 };
  }
  const start = fields.indexOf('exec');
  if (!line.startsWith('onednn_verbose') || start < 0) return undefined;
  const [kind = '', kernel = '', direction = ''] = fields.slice(start + 2);
  const [shape = '', milliseconds] = fields.slice(-2);
  return {
    operation: `${kind} ${directions[direction] ?? direction}`.trim(),
    kernel,
    shape,
    seconds: Number(milliseconds) / 1000,
  };
}

export interface OperationTimes extends Omit<Executed, 'seconds'> {
  /** How often it was executed. */
  readonly times: number;
  readonly least: number;
}

/** Groups what was executed by operation, kernel and shape, in the order of first execution. */
export function operationTimes(executed: readonly Executed[]): OperationTimes[] {
  const groups = new Map<string, OperationTimes>();
  for (const { operation, kernel, shape, seconds } of executed) {
    const key = `${operation},${kernel},${shape}`;
    const { times, least } = groups.get(key) ?? { times: 0, least: Infinity };
    groups.set(key, { operation, kernel, shape, times: times + 1, least: Math.min(least, seconds) });
  }
  return [...groups.values()];
}

/** Returns the floating-point operations of a convolution or a matrix product, two for each multiply-add; 0 for others. */
export function flopsOf(operation: string, shape: string): number {
  if (operation.startsWith('convolution')) {
    const size = (name: string) => Number(new RegExp(`(?:^|[_a-z0-9])${name}(\\d+)`).exec(shape)?.[1] ?? 1);
    const pixels = size('od') * size('oh') * size('ow');
    const kernel = size('kd') * size('kh') * size('kw');
    // With groups, ic and oc count the channels of all groups.
    return (2 * size('mb') * size('ic') * size('oc') * pixels * kernel) / size('g');
  }
  // rows × inner : inner × columns
  const product = /^(\d+)x(\d+):\d+x(\d+)/.exec(shape);
  return product ? 2 * product.slice(1).reduce((all, length) => all * Number(length), 1) : 0;
}

/** How often an operation of Stride's does the multiply-adds of its layer, without an input gradient. */
const passes: Readonly<Record<string, number>> = {
  StrideConv2D: 1,
  StrideConv2DGradients: 1,
  StrideNormalisedConv2DGradients: 1,
  StrideLinear: 1,
  StrideLinearGradients: 0,
};

/**
 * Returns a function that returns the floating-point operations of one of Stride's operations, two for each multiply-add
 * of the layer (named as in `Executed.shape`); 0 for others. The gradients of a layer contain its input's, except for
 * the first that has parameters. The step of all linear layers contains the gradients of their weights.
 */
export function strideFlops(network: Network, images: number): (operation: string, shape: string) => number {
  const multiplyAdds = new Map<string, number>();
  const visit = (layers: readonly SurveyedLayer[], path: string) => {
    for (const [index, { layer, state, inner }] of layers.entries()) {
      const name = `${path}${index}_${layer.type}`;
      if (state.kind === 'fits' && inner.length === 0) multiplyAdds.set(name, state.multiplyAdds);
      visit(inner, `${name}/`);
    }
  };
  visit(surveyNetwork(network).layers, '');
  const first = [...multiplyAdds].find(([, count]) => count > 0)?.[0];
  const linear = [...multiplyAdds].reduce(
    (sum, [name, count]) => sum + (name.endsWith('_linear') ? count : 0),
    0,
  );
  return (operation, shape) => {
    if (operation === 'StrideLinearStep') return 2 * images * linear;
    const once = passes[operation];
    if (once === undefined) return 0;
    const inputGradient = operation.endsWith('Gradients') && shape !== first ? 1 : 0;
    return 2 * images * (once + inputGradient) * (multiplyAdds.get(shape) ?? 0);
  };
}
