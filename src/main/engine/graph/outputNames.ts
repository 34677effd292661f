/**
 * What TensorFlow's op registry calls the operations' outputs (`tensorflow/core/ops/*_ops.cc`): within a function, a
 * tensor goes by that name.
 */

const byName: Readonly<Record<string, readonly string[]>> = {
  activations: ['Elu', 'Relu', 'Selu', 'Softplus'],
  backprops: ['EluGrad', 'LeakyReluGrad', 'ReluGrad', 'SeluGrad', 'SoftplusGrad'],
  output: [
    'All',
    'ArgMax',
    'AvgPool',
    'AvgPoolGrad',
    'BiasAdd',
    'BiasAddGrad',
    'BroadcastTo',
    'ConcatV2',
    'Const',
    'Conv2D',
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'Conv3D',
    'Conv3DBackpropFilterV2',
    'Conv3DBackpropInputV2',
    'GatherV2',
    'Identity',
    'Max',
    'MaxPool',
    'MaxPoolGrad',
    'Mean',
    'OneHot',
    'Pack',
    'Pad',
    'Reshape',
    'ResourceGather',
    'ReverseV2',
    'SelectV2',
    'Shape',
    'Size',
    'Slice',
    'StatelessRandomNormal',
    'StatelessRandomUniform',
    'StridedSlice',
    'Sum',
    'UnsortedSegmentSum',
    // One list, whose elements are counted.
    'SplitV',
    'Unpack',
  ],
  patches: ['ExtractImagePatches'],
  product: ['MatMul'],
  resource: ['VarHandleOp'],
  softmax: ['Softmax'],
  sum: ['AddN'],
  transformed_images: ['ImageProjectiveTransformV3'],
  value: ['ReadVariableOp'],
  y: [
    'Abs',
    'Cast',
    'Cos',
    'DeepCopy',
    'Erf',
    'Exp',
    'Expm1',
    'Floor',
    'IsFinite',
    'Neg',
    'Rsqrt',
    'Sigmoid',
    'Sin',
    'Sqrt',
    'Square',
    'Tanh',
    'Transpose',
  ],
  z: [
    'AddV2',
    'Equal',
    'Greater',
    'GreaterEqual',
    'Less',
    'Maximum',
    'Minimum',
    'Mul',
    'RealDiv',
    'SigmoidGrad',
    'Sub',
    'TanhGrad',
  ],
};

const single = new Map(Object.entries(byName).flatMap(([name, ops]) => ops.map((op) => [op, name] as const)));

const several: Readonly<Record<string, readonly string[]>> = {
  SoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  SparseSoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
};

/** `output:0`: the name of an operation's output number `output`, and the place in it. */
export function outputName(op: string, output: number): string {
  const name = several[op]?.[output];
  if (name !== undefined) return `${name}:0`;
  const only = single.get(op);
  if (only === undefined)
    throw new Error(`what TensorFlow calls the outputs of ${op} is not in outputNames.ts`);
  return `${only}:${output}`;
}
