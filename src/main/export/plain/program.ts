/**
 * A trained net as a list of plain loops over numbers, channels first, for languages without a tensor
 * library: C and the script of a web page. Per-channel operations (normalisation, batch normalisation) are
 * one scale and one shift.
 */
import type { ActivationFunction } from '../../../shared/layers/activation.ts';
import { type Computation, stepsThrough } from '../../../shared/layers/computation.ts';
import type { ExportOptions } from '../../../shared/export/formats.ts';
import { computationsOf } from '../../../shared/layers/index.ts';
import { type Pair, type Shape, elements } from '../../../shared/layers/layer.ts';
import { identifier } from '../../../shared/models/channelsLast.ts';
import type { TrainedLayer, TrainedModel } from '../../../shared/models/trainedModel.ts';
import { inputShape } from '../../../shared/network/shapes.ts';

type Size = readonly [channels: number, height: number, width: number];

interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

export type PlainOp =
  | ({
      readonly op: 'conv';
      readonly dilation: Pair;
      readonly weight: Float32Array;
      readonly bias: Float32Array | null;
    } & Window)
  | ({ readonly op: 'maxPool' | 'averagePool' } & Window)
  | { readonly op: 'globalAverage' }
  | { readonly op: 'linear'; readonly weight: Float32Array; readonly bias: Float32Array | null }
  | { readonly op: 'scale'; readonly factor: Float32Array; readonly shift: Float32Array }
  | { readonly op: 'activation'; readonly function: ActivationFunction; readonly constant: number }
  | { readonly op: 'softmax' };

export interface PlainStep {
  /** Name of letters, digits and underscores; unique. */
  readonly name: string;
  readonly from: Size;
  readonly to: Size;
  readonly op: PlainOp;
}

/** A block: the steps' result plus that of the parallel steps, which may be none. */
export interface PlainBlock {
  readonly name: string;
  readonly from: Size;
  readonly to: Size;
  readonly main: readonly PlainNode[];
  readonly side: readonly PlainNode[];
}

export type PlainNode = PlainStep | PlainBlock;

const sizeOf = (shape: Shape): Size =>
  shape.kind === 'map' ? [shape.channels, shape.height, shape.width] : [shape.features, 1, 1];

export const countOf = ([channels, height, width]: Size): number => channels * height * width;

export function plainProgram(model: TrainedModel, options: ExportOptions): PlainNode[] {
  const input = inputShape(model.network);
  const { normalisation } = model;
  const from = sizeOf(input);
  const nodes: PlainNode[] = [];
  if (options.normalisation === 'inside' && normalisation) {
    const { mean, deviation } = normalisation;
    const factor = Float32Array.from(deviation, (each) => 1 / each);
    const shift = Float32Array.from(mean, (each, i) => -each / (deviation[i] as number));
    nodes.push({ name: 'normalisation', from, to: from, op: { op: 'scale', factor, shift } });
  }
  nodes.push(...model.layers.flatMap(nodesOf));
  if (options.output === 'probabilities') {
    const output = model.layers.at(-1)?.output ?? input;
    const classes: Size = [elements(output), 1, 1];
    nodes.push({ name: 'softmax', from: classes, to: classes, op: { op: 'softmax' } });
  }
  return nodes;
}

function nodesOf(trained: TrainedLayer): PlainNode[] {
  const { layer, input, output, weights } = trained;
  const name = identifier(trained.name);
  if (layer.type === 'residual') {
    const side = layer.shortcut ? nodesOf(layer.shortcut) : [];
    return [{ name, from: sizeOf(input), to: sizeOf(output), main: layer.layers.flatMap(nodesOf), side }];
  }
  const steps = stepsThrough(computationsOf(layer, input), input).flatMap((step) => {
    const op = opOf(step.computation, weights);
    return op ? [{ from: sizeOf(step.input), to: sizeOf(step.output), op }] : [];
  });
  return steps.map((step, i) => ({ name: steps.length === 1 ? name : `${name}_${i + 1}`, ...step }));
}

/** Returns null if nothing is computed: dropout acts only in training, and flattening moves no numbers. */
function opOf(computation: Computation, weights: TrainedLayer['weights']): PlainOp | null {
  const weight = weights['weight']?.data ?? new Float32Array();
  const bias = weights['bias']?.data ?? null;
  switch (computation.kind) {
    case 'conv':
      return { op: 'conv', ...computation.window, weight, bias };
    case 'pool': {
      const { kernel, stride, padding } = computation.window;
      return { op: computation.of === 'max' ? 'maxPool' : 'averagePool', kernel, stride, padding };
    }
    case 'globalAverage':
      return { op: 'globalAverage' };
    case 'linear':
      return { op: 'linear', weight, bias };
    case 'batchNorm': {
      const { epsilon } = computation;
      const mean = weights['running_mean']?.data ?? [];
      const variance = weights['running_var']?.data ?? [];
      const exact = Array.from(weight, (each, i) => each / Math.sqrt((variance[i] as number) + epsilon));
      const shift = Float32Array.from(exact, (each, i) => (bias?.[i] as number) - each * (mean[i] as number));
      return { op: 'scale', factor: Float32Array.from(exact), shift };
    }
    case 'activation': {
      const { function: name, negativeSlope, alpha } = computation;
      return { op: 'activation', function: name, constant: name === 'leakyRelu' ? negativeSlope : alpha };
    }
    case 'dropout':
    case 'flatten':
      return null;
  }
}

export function plainSteps(nodes: readonly PlainNode[]): PlainStep[] {
  return nodes.flatMap((node) => ('op' in node ? [node] : plainSteps([...node.main, ...node.side])));
}
