/** The input and output of a rule of the lint. */
import type { DatasetSummary } from '../datasets/dataset.ts';
import type { Layer } from '../layers/index.ts';
import type { Network } from '../network/network.ts';
import type { ProblemParameters } from '../base/problem.ts';
import { type LayerSummary, walkNetwork } from '../network/shapes.ts';
import type { Normalisation } from '../training/training.ts';

/** `warning`: very likely unintended. `hint`: worth knowing, often intended. */
export type LintSeverity = 'warning' | 'hint';

export interface LintFinding {
  /** Lower-case words with dashes; the window has a message for each in both languages. */
  readonly code: string;
  readonly severity: LintSeverity;
  /** Positions in `network.layers`, at least one. */
  readonly positions: readonly number[];
  readonly parameters: ProblemParameters;
  /** The net with the fix applied; only if that is safe, and always a net whose layers fit. */
  readonly fix?: Network;
}

export interface LintOptions {
  /** Number of classes of the data set; without it, the last layer's size is not checked. */
  readonly classes?: number | undefined;
  /** The chosen data set's name and the size of its images; without it, the net's input is not checked. */
  readonly images?: Pick<DatasetSummary, 'name' | 'height' | 'width' | 'channels'> | undefined;
  readonly normalisation?: Normalisation | undefined;
}

export interface LintContext {
  readonly network: Network;
  readonly options: LintOptions;
  /** Enabled layers in order, up to the first that does not fit. */
  readonly layers: readonly LayerSummary[];
  /** True if `layers` contains all of them. */
  readonly complete: boolean;
}

export type Rule = (context: LintContext) => readonly LintFinding[];

/** Returns the net with other layers, or undefined if those would not fit together. */
export function changed(network: Network, change: (layers: Layer[]) => void): Network | undefined {
  const layers = [...network.layers];
  change(layers);
  const next = { ...network, layers };
  return walkNetwork(next).problem ? undefined : next;
}

export function without(network: Network, ...positions: readonly number[]): Network | undefined {
  return changed(network, (layers) => {
    for (const position of [...positions].sort((a, b) => b - a)) layers.splice(position, 1);
  });
}

export function finding(
  severity: LintSeverity,
  code: string,
  positions: readonly number[],
  parameters: ProblemParameters = {},
  fix?: Network,
): LintFinding {
  return { code, severity, positions, parameters, ...(fix ? { fix } : {}) };
}

/** Returns whether the layer multiplies by weights. */
export function isWeighted(layer: Layer): boolean {
  return layer.type === 'conv2d' || layer.type === 'linear' || layer.type === 'residual';
}

/** Returns a layer's number as people count it. */
export const numberOf = ({ position }: LayerSummary) => position + 1;
