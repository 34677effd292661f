/** Reads what oneDNN prints about each operation that it executes (`ONEDNN_VERBOSE=profile_exec`). */

export interface Executed {
  /** What it computes: `convolution forward`, `convolution filter gradient`. */
  readonly operation: string;
  /** The implementation that oneDNN chose: `jit:avx2`. */
  readonly kernel: string;
  /** Its sizes in oneDNN's words: `mb32_ic10oc20_ih12oh8kh5…`. */
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
 * Returns the operation that a line of the output is about; undefined if it is about none. The fields are
 * `onednn_verbose,v1,primitive,exec,cpu,kind,implementation,direction,memory,attributes,algorithm,shape,ms`.
 */
export function parseExecuted(line: string): Executed | undefined {
  const fields = line.split(',');
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
