/**
 * ONNX: plain operators of opset 17, which needs IR version 8, so that runtimes since 2022 read the file
 * (docs/Versioning.md of onnx/onnx). One file holds the weights, and the batch is a named dimension.
 */
import { composedActivations, isComposed } from '../../../shared/layers/composedActivations.ts';
import { type Formula, compute, operationCount } from '../../../shared/layers/formula.ts';
import type { ExportOptions } from '../../../shared/export/formats.ts';
import { seluConstants } from '../../../shared/layers/activation.ts';
import { type Computation, type ComputedStep, stepsThrough } from '../../../shared/layers/computation.ts';
import { computationsOf } from '../../../shared/layers/index.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import type { SlidingWindow } from '../../../shared/layers/window.ts';
import { inputShape } from '../../../shared/network/shapes.ts';
import type { TrainedLayer, TrainedModel, Weights } from '../../../shared/models/trainedModel.ts';
import type { Encoded } from '../encoded.ts';
import { metadataOf } from '../pytorch/index.ts';
import { OnnxGraph, valueOf } from './builder.ts';
import { ModelProto } from './proto.ts';

const opset = 17;
const irVersion = 8;

/** Returns the names of the graph's input and output, which describe their contents. */
export const onnxNames = ({ normalisation, output }: ExportOptions) => ({
  input: normalisation === 'inside' ? 'pixels' : 'images',
  output,
});

export function encodeOnnx(model: TrainedModel, options: ExportOptions): Encoded {
  const graph = new OnnxGraph();
  const names = onnxNames(options);
  const input = inputShape(model.network);
  let x = names.input;
  if (options.normalisation === 'inside' && model.normalisation) x = normalise(graph, model, x, input);
  for (const layer of model.layers) x = addLayer(graph, layer, x);
  const output = model.layers.at(-1)?.output ?? input;
  if (options.output === 'probabilities')
    graph.node('Softmax', names.output, [x], output, { axis: { int: 1 } });
  else graph.node('Identity', names.output, [x], output);
  const described =
    options.normalisation === 'inside' ? 'pixels in [0, 1]' : 'images, normalised as the metadata says';
  const bytes = ModelProto.encode({
    irVersion,
    producerName: 'Stride',
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: model.network.name,
      node: graph.nodes,
      initializer: graph.initializers,
      input: [valueOf(names.input, input, `batch × channels × height × width, ${described}`)],
      output: [valueOf(names.output, output, 'batch × classes')],
      valueInfo: graph.values.filter(({ name }) => name !== names.output),
    },
    metadataProps: Object.entries({
      ...metadataOf(model),
      normalisation_is: options.normalisation,
    }).map(([key, value]) => ({ key, value })),
  }).finish();
  return { files: [{ path: 'model.onnx', bytes }] };
}

function normalise(graph: OnnxGraph, { normalisation }: TrainedModel, x: string, shape: Shape): string {
  if (!normalisation) return x;
  const perChannel = (values: readonly number[]): Weights => ({
    shape: [1, values.length, 1, 1],
    data: Float32Array.from(values),
  });
  const mean = graph.weights('pixel_mean', perChannel(normalisation.mean));
  const deviation = graph.weights('pixel_deviation', perChannel(normalisation.deviation));
  const centred = graph.node('Sub', 'centred_pixels', [x, mean], shape);
  return graph.node('Div', 'normalised_pixels', [centred, deviation], shape);
}

const window = ({ kernel, stride, padding }: SlidingWindow) => ({
  kernel_shape: { ints: kernel },
  strides: { ints: stride },
  pads: { ints: [...padding, ...padding] },
});

/** Adds a layer to the graph and returns the name of its output. */
function addLayer(graph: OnnxGraph, trained: TrainedLayer, x: string): string {
  const { name, layer, input, output, weights } = trained;
  if (layer.type === 'residual') {
    let main = x;
    for (const inner of layer.layers) main = addLayer(graph, inner, main);
    const side = layer.shortcut ? addLayer(graph, layer.shortcut, x) : x;
    return graph.node('Add', name, [main, side], output);
  }
  const given: Given = (...keys) =>
    keys.flatMap((key) => (weights[key] ? [graph.weights(`${name}.${key}`, weights[key])] : []));
  const steps = stepsThrough(computationsOf(layer, input), input);
  return steps.reduce((value, step, i) => {
    const own = i === steps.length - 1 ? name : `${name}.${step.computation.kind}${i + 1}`;
    return addStep(graph, step, own, value, given);
  }, x);
}

/** Adds those of the layer's weights that it has, and returns their names. */
type Given = (...keys: string[]) => string[];

function addStep(
  graph: OnnxGraph,
  { computation, output }: ComputedStep,
  name: string,
  x: string,
  given: Given,
): string {
  switch (computation.kind) {
    case 'conv':
      return graph.node('Conv', name, [x, ...given('weight', 'bias')], output, {
        ...window(computation.window),
        dilations: { ints: computation.window.dilation },
      });
    case 'pool':
      if (computation.of === 'max')
        return graph.node('MaxPool', name, [x], output, window(computation.window));
      return graph.node('AveragePool', name, [x], output, {
        ...window(computation.window),
        count_include_pad: { int: 1 },
      });
    case 'globalAverage': {
      const channels = output.kind === 'flat' ? output.features : output.channels;
      const map: Shape = { kind: 'map', channels, height: 1, width: 1 };
      const mean = graph.node('GlobalAveragePool', `${name}.mean`, [x], map);
      return graph.node('Flatten', name, [mean], output, { axis: { int: 1 } });
    }
    case 'batchNorm': {
      const inputs = [x, ...given('weight', 'bias', 'running_mean', 'running_var')];
      // ONNX's momentum is the weight of the old statistics, PyTorch's that of the new ones.
      return graph.node('BatchNormalization', name, inputs, output, {
        epsilon: { float: computation.epsilon },
        momentum: { float: 1 - computation.momentum },
      });
    }
    case 'dropout':
      return graph.node('Dropout', name, [x, graph.scalar(`${name}.ratio`, computation.p)], output);
    case 'activation':
      return addActivation(graph, computation, name, x, output);
    case 'flatten':
      return graph.node('Flatten', name, [x], output, { axis: { int: 1 } });
    case 'linear': {
      const [weight = ''] = given('weight');
      return graph.node('Gemm', name, [x, weight, ...given('bias')], output, { transB: { int: 1 } });
    }
  }
}

type Activation = Extract<Computation, { kind: 'activation' }>;

function addActivation(
  graph: OnnxGraph,
  activation: Activation,
  name: string,
  x: string,
  shape: Shape,
): string {
  const node = (type: string, attributes: Parameters<OnnxGraph['node']>[4] = {}) =>
    graph.node(type, name, [x], shape, attributes);
  if (isComposed(activation.function)) {
    return addFormula(graph, composedActivations[activation.function].formula, name, x, shape);
  }
  switch (activation.function) {
    case 'relu':
      return node('Relu');
    case 'leakyRelu':
      return node('LeakyRelu', { alpha: { float: activation.negativeSlope } });
    case 'elu':
      return node('Elu', { alpha: { float: activation.alpha } });
    case 'selu':
      return node('Selu', { alpha: { float: seluConstants.alpha }, gamma: { float: seluConstants.scale } });
    case 'sigmoid':
      return node('Sigmoid');
    case 'tanh':
      return node('Tanh');
    case 'softplus':
      return node('Softplus');
    case 'gelu': {
      // GELU is x · (1 + erf(x / √2)) / 2; the operator Gelu exists only since opset 20.
      const scaled = graph.node(
        'Mul',
        `${name}.scaled`,
        [x, graph.scalar(`${name}.root`, Math.SQRT1_2)],
        shape,
      );
      const erf = graph.node('Erf', `${name}.erf`, [scaled], shape);
      const sum = graph.node('Add', `${name}.sum`, [erf, graph.scalar(`${name}.one`, 1)], shape);
      const doubled = graph.node('Mul', `${name}.doubled`, [x, sum], shape);
      return graph.node('Mul', name, [doubled, graph.scalar(`${name}.half`, 0.5)], shape);
    }
  }
}

/** Adds the formula in ONNX's operators; its last node has the given name. */
function addFormula(graph: OnnxGraph, formula: Formula, name: string, x: string, shape: Shape): string {
  const steps = operationCount(formula);
  let done = 0;
  const node = (type: string, ...inputs: string[]) => {
    done += 1;
    return graph.node(type, done === steps ? name : `${name}.${type.toLowerCase()}${done}`, inputs, shape);
  };
  return compute<string>(formula, {
    x,
    constant: (value) => graph.scalar(`${name}.constant${done}`, value),
    add: (a, b) => node('Add', a, b),
    multiply: (a, b) => node('Mul', a, b),
    exponential: (a) => node('Exp', a),
    tanh: (a) => node('Tanh', a),
    sigmoid: (a) => node('Sigmoid', a),
    softplus: (a) => node('Softplus', a),
  });
}
