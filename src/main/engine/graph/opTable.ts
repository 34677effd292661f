/**
 * The TensorFlow operations that the engine uses: their inputs, the names of their outputs in TensorFlow's op
 * registry (`tensorflow/core/ops/*_ops.cc`; within a function a tensor is addressed by that name), and their
 * properties when a graph is cut into functions. An operation without an entry does not compile.
 */

export interface OpEntry {
  /** Number of inputs; `list` if the first input is a list of any length. */
  readonly inputs: number | 'list' | 'any';
  /** The names of its outputs, or of one output that is a list. */
  readonly outputs: readonly string[] | { readonly list: string };
  /** `heavy` operations take so long that those of two shards must not wait for each other. */
  readonly cost?: 'heavy';
  /**
   * `write` changes a variable or has another effect; `read` reads a variable and must run before it is
   * changed.
   */
  readonly effect?: 'read' | 'write';
}

const unary = (output: string): OpEntry => ({ inputs: 1, outputs: [output] });
const binary = (output: string): OpEntry => ({ inputs: 2, outputs: [output] });
const heavy = (inputs: number, output: string): OpEntry => ({ inputs, outputs: [output], cost: 'heavy' });
const of = (inputs: number, output = 'output'): OpEntry => ({ inputs, outputs: [output] });

export const opTable = {
  // Elementwise operations
  Abs: unary('y'),
  Cast: unary('y'),
  Cos: unary('y'),
  DeepCopy: unary('y'),
  Erf: unary('y'),
  Exp: unary('y'),
  Expm1: unary('y'),
  Floor: unary('y'),
  Neg: unary('y'),
  Rsqrt: unary('y'),
  Sin: unary('y'),
  Sqrt: unary('y'),
  Square: unary('y'),
  AddV2: binary('z'),
  Equal: binary('z'),
  Greater: binary('z'),
  GreaterEqual: binary('z'),
  Less: binary('z'),
  Maximum: binary('z'),
  Minimum: binary('z'),
  Mul: binary('z'),
  RealDiv: binary('z'),
  Sub: binary('z'),
  SelectV2: of(3),
  AddN: { inputs: 'list', outputs: ['sum'] },

  // Activations and their gradients.
  Elu: unary('activations'),
  Relu: unary('activations'),
  Selu: unary('activations'),
  Softplus: unary('activations'),
  Sigmoid: unary('y'),
  Tanh: unary('y'),
  Softmax: unary('softmax'),
  EluGrad: binary('backprops'),
  LeakyReluGrad: binary('backprops'),
  ReluGrad: binary('backprops'),
  SeluGrad: binary('backprops'),
  SoftplusGrad: binary('backprops'),
  SigmoidGrad: binary('z'),
  TanhGrad: binary('z'),
  SoftmaxCrossEntropyWithLogits: { inputs: 2, outputs: ['loss', 'backprop'] },
  SparseSoftmaxCrossEntropyWithLogits: { inputs: 2, outputs: ['loss', 'backprop'] },

  // Convolutions, pools and matrix products.
  AvgPool: heavy(1, 'output'),
  AvgPoolGrad: heavy(2, 'output'),
  BiasAdd: of(2),
  BiasAddGrad: of(1),
  Conv2D: heavy(2, 'output'),
  Conv2DBackpropFilter: heavy(3, 'output'),
  Conv2DBackpropInput: heavy(3, 'output'),
  Conv3DBackpropFilterV2: heavy(3, 'output'),
  DepthwiseConv2dNative: heavy(2, 'output'),
  ExtractImagePatches: heavy(1, 'patches'),
  FusedBatchNormGradV3: {
    inputs: 6,
    outputs: ['x_backprop', 'scale_backprop', 'offset_backprop', 'reserve_space_4', 'reserve_space_5'],
    cost: 'heavy',
  },
  ImageProjectiveTransformV3: heavy(4, 'transformed_images'),
  MatMul: heavy(2, 'product'),
  MaxPool: heavy(1, 'output'),
  MaxPoolGrad: heavy(3, 'output'),

  // Stride's own, of `src/native/operations.cpp`.
  StrideConv2D: { inputs: 3, outputs: ['y', 'index'], cost: 'heavy' },
  StrideConv2DGradients: {
    inputs: 4,
    outputs: ['x_gradient', 'filter_gradient', 'bias_gradient'],
    cost: 'heavy',
  },
  StridePixels: of(3, 'pixels'),
  StrideLinear: heavy(3, 'y'),
  StrideLinearGradients: {
    inputs: 3,
    outputs: ['before_relu', 'bias_gradient', 'x_gradient'],
    cost: 'heavy',
  },
  // Its parts are for the shards to share, so they do not count as heavy.
  StrideLinearStep: { inputs: 'any', outputs: [], effect: 'write' },
  StrideFromLanes: of(1, 'images_of_lanes'),
  StrideMoments: heavy(1, 'moments'),
  StrideNormalisation: {
    inputs: 'list',
    outputs: ['mean', 'inverse', 'scale', 'shift', 'new_mean', 'new_var'],
  },
  StrideNormalisationGradient: {
    inputs: 'list',
    outputs: ['weight_gradient', 'bias_gradient', 'of_x', 'constant'],
  },
  StrideNormalise: { inputs: 3, outputs: ['y', 'index'], cost: 'heavy' },
  StrideNormalisedConv2DGradients: {
    inputs: 8,
    outputs: ['x_gradient', 'filter_gradient', 'bias_gradient'],
    cost: 'heavy',
  },
  // Several of these and of TensorFlow's as one (`engine/sequences`).
  StrideSequence: { inputs: 'any', outputs: { list: 'results' }, cost: 'heavy' },
  StrideStep: { inputs: 'any', outputs: { list: 'results' }, effect: 'write' },
  StrideNormaliseGradient: heavy(6, 'x_gradient'),
  StrideNormaliseSums: heavy(4, 'sums'),
  StrideToLanes: of(1, 'lanes_of_images'),

  // Reductions.
  All: of(2),
  ArgMax: of(2),
  Max: of(2),
  Mean: of(2),
  Sum: of(2),
  UnsortedSegmentSum: of(3),

  // Shapes and positions
  BroadcastTo: of(2),
  ConcatV2: { inputs: 'list', outputs: ['output'] },
  GatherV2: of(3),
  Identity: of(1),
  Snapshot: of(1),
  OneHot: of(4),
  Pack: { inputs: 'list', outputs: ['output'] },
  Pad: of(2),
  PadV2: of(3),
  Reshape: of(2),
  ReverseV2: of(2),
  Shape: of(1),
  Size: of(1),
  Slice: of(3),
  SplitV: { inputs: 3, outputs: { list: 'output' } },
  StridedSlice: of(4),
  Transpose: of(2, 'y'),
  Unpack: { inputs: 1, outputs: { list: 'output' } },

  // Random numbers that are a function of their seed.
  StatelessRandomNormal: of(2),
  StatelessRandomUniform: of(2),

  // Inputs of the graph, and state that outlives a call of the session
  Const: of(0),
  Placeholder: of(0),
  VarHandleOp: of(0, 'resource'),
  ReadVariableOp: { inputs: 1, outputs: ['value'], effect: 'read' },
  ResourceGather: of(2),
  AssignVariableOp: { inputs: 2, outputs: [], effect: 'write' },
  ResourceApplyGradientDescent: { inputs: 3, outputs: [], effect: 'write' },
  ResourceApplyMomentum: { inputs: 5, outputs: [], effect: 'write' },
  ReadFile: of(1, 'contents'),
  Substr: of(3),
  DecodeRaw: of(1),

  // A call of a function; its inputs and outputs are the function's.
  StatefulPartitionedCall: { inputs: 'any', outputs: { list: 'output' } },
} as const satisfies Record<string, OpEntry>;

export type OpName = keyof typeof opTable;

/** Returns whether an operation is one of Stride's own; TensorFlow's `StridedSlice` is not. */
export const isOwn = (op: OpName): boolean => /^Stride[A-Z]/.test(op);

/** Returns the entry of any name that a node carries. */
export const entryOf = (op: OpName): OpEntry => opTable[op];

/**
 * Returns the name of output number `output` within a function, such as `output:0`, with its index if that
 * output is a list.
 */
export function outputName(op: OpName, output: number): string {
  const { outputs } = entryOf(op);
  if ('list' in outputs) return `${outputs.list}:${output}`;
  const name = outputs[output];
  if (name === undefined) throw new Error(`${op} has no output number ${output}`);
  return `${name}:0`;
}
