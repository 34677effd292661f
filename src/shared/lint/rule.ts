/** What a rule of the lint is given and gives. */
import type { Layer } from '../layers/index.ts';
import type { Network } from '../network/network.ts';
import type { ProblemParameters } from '../base/problem.ts';
import { type LayerSummary, walkNetwork } from '../network/shapes.ts';
import type { Normalisation } from '../training/training.ts';

/** `warning`: very likely not what was meant. `hint`: worth knowing, often on purpose. */
export type LintSeverity = 'warning' | 'hint';

export interface LintFinding {
  /** Lower-case words with dashes; the window has words for each in both languages. */
  readonly code: string;
  readonly severity: LintSeverity;
  /** Positions in `network.layers`, at least one. */
  readonly positions: readonly number[];
  readonly parameters: ProblemParameters;
  /** The net with this mended; only where that is safe to offer, and always a net that fits together. */
  readonly fix?: Network;
}

export interface LintOptions {
  /** Of the data set; without it, nothing is said of the last layer's size. */
  readonly classes?: number | undefined;
  readonly normalisation?: Normalisation | undefined;
}

export interface LintContext {
  readonly network: Network;
  readonly options: LintOptions;
  /** Enabled layers in order, as far as the net fits together. */
  readonly layers: readonly LayerSummary[];
  /** Whether `layers` is all of them. */
  readonly complete: boolean;
}

export type Rule = (context: LintContext) => readonly LintFinding[];

/** The net with other layers, or undefined where those would not fit together. */
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

/** Layers that multiply by weights. */
export function isWeighted(layer: Layer): boolean {
  return layer.type === 'conv2d' || layer.type === 'linear' || layer.type === 'residual';
}

/** A layer's number as people count it. */
export const numberOf = ({ position }: LayerSummary) => position + 1;
