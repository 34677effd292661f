/** The limits of a format for a net, layer by layer, reported before anything is written. */
import { Problem, type ProblemRecord } from '../base/problem.ts';
import { type Layer } from '../layers/index.ts';
import type { Network } from '../network/network.ts';
import type { ExportFormat } from './formats.ts';

export interface Limit {
  readonly format: ExportFormat;
  /** The layer's number: `3`, or `3.1` inside block 3. */
  readonly layer: string;
  readonly type: string;
  readonly problem: ProblemRecord;
}

type Rule = (layer: Layer) => ProblemRecord | null;

/** Formats that are missing here express every layer kind exactly. */
const rules: Readonly<Partial<Record<ExportFormat, Rule>>> = {
  tfjs: dilatedStride,
  keras: dilatedStride,
};

/**
 * Reports that Keras has no convolution with stride and dilation; a dilated one of which every n-th position is kept is
 * equivalent.
 */
function dilatedStride(layer: Layer): ProblemRecord | null {
  if (layer.type !== 'conv2d') return null;
  const more = (value: typeof layer.stride) => [value ?? 1].flat().some((each) => each > 1);
  if (!more(layer.stride) || !more(layer.dilation)) return null;
  return new Problem(
    'export.dilated-stride',
    'Keras has no convolution with stride and dilation; the export convolves at every place and keeps every n-th, which gives the same',
  ).toRecord();
}

export function limitsOf({ layers }: Network): Limit[] {
  return Object.entries(rules).flatMap(([format, rule]) => within(format as ExportFormat, rule, layers, ''));
}

function within(format: ExportFormat, rule: Rule, layers: readonly Layer[], prefix: string): Limit[] {
  return layers.flatMap((layer, i) => {
    if (layer.disabled) return [];
    const number = `${prefix}${i + 1}`;
    const problem = rule(layer);
    const own = problem ? [{ format, layer: number, type: layer.type, problem }] : [];
    return layer.type === 'residual' ? [...own, ...within(format, rule, layer.layers, `${number}.`)] : own;
  });
}
