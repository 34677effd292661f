/**
 * Warnings about a net: valid constructs that are probably unintended. Errors of layers that do not fit are in
 * `shapes.ts`. Softmax before cross-entropy cannot be built from Stride's layers; the reader of pasted code reports it
 * (`code/parsePyTorch.ts`).
 */
import {
  activationBeforePool,
  linearChain,
  noActivation,
  repeatedActivation,
  saturatingInput,
  vanishing,
} from './activations.ts';
import { biasBeforeBatchNorm, dropoutBeforeBatchNorm, noEffect } from './normalisation.ts';
import {
  bottleneck,
  datasetSize,
  heavyLayer,
  hugeFlatten,
  outputActivation,
  outputClasses,
  outputDropout,
} from './output.ts';
import type { LintFinding, LintOptions, Rule } from './rule.ts';
import {
  beyondMap,
  borderLost,
  evenKernel,
  largeKernel,
  mapExhausted,
  poolStrideOne,
  receptiveField,
  windowGaps,
} from './windows.ts';
import type { Network } from '../network/network.ts';
import { walkNetwork } from '../network/shapes.ts';

export type { LintFinding, LintOptions } from './rule.ts';

const rules: readonly Rule[] = [
  noActivation,
  linearChain,
  datasetSize,
  outputClasses,
  outputActivation,
  outputDropout,
  saturatingInput,
  vanishing,
  repeatedActivation,
  activationBeforePool,
  biasBeforeBatchNorm,
  dropoutBeforeBatchNorm,
  beyondMap,
  windowGaps,
  borderLost,
  poolStrideOne,
  evenKernel,
  largeKernel,
  mapExhausted,
  receptiveField,
  heavyLayer,
  hugeFlatten,
  bottleneck,
  noEffect,
];

/** Every code of a finding; the window has a message for each. */
export const lintCodes = [
  'no-activation',
  'linear-chain',
  'conv-chain',
  'mixed-chain',
  'dataset-size',
  'output-classes',
  'output-activation',
  'output-dropout',
  'saturating-input',
  'vanishing',
  'repeated-activation',
  'stacked-activations',
  'activation-before-pool',
  'bias-before-batch-norm',
  'dropout-before-batch-norm',
  'beyond-map',
  'window-gaps',
  'border-lost',
  'pool-stride-one',
  'even-kernel',
  'large-kernel',
  'map-exhausted',
  'field-before-average',
  'field-before-flatten',
  'heavy-layer',
  'huge-flatten',
  'bottleneck',
  'no-effect',
] as const;

/** Returns the findings, warnings first, each kind in the order of the layers. */
export function lintNetwork(network: Network, options: LintOptions = {}): LintFinding[] {
  const { layers, problem } = walkNetwork(network);
  const context = { network, options, layers, complete: problem === undefined };
  const weight = ({ severity }: LintFinding) => (severity === 'warning' ? 0 : 1);
  const first = ({ positions }: LintFinding) => positions[0] ?? 0;
  return rules.flatMap((rule) => rule(context)).sort((a, b) => weight(a) - weight(b) || first(a) - first(b));
}
