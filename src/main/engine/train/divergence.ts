/**
 * Where a run left the numbers. By the time the loss is NaN, the step that made it so has gone through all parameters;
 * but training is exact, so the steps since the last kept state are done again, and the one that failed is looked at
 * layer by layer before it is taken.
 */
import { Problem } from '../../../shared/base/problem.ts';
import type { NetworkSummary } from '../../../shared/network/shapes.ts';

export interface Divergence {
  readonly loss: number;
  readonly epoch: number;
  /** From 1. */
  readonly batch: number;
}

/** `finite`: what the signature of that name gave for the failed step, with all steps before it taken. */
export function describeDivergence(
  summary: NetworkSummary,
  { loss, epoch, batch }: Divergence,
  finite: ArrayLike<number>,
): Problem {
  const value = Number.isNaN(loss) ? 'NaN' : 'infinity';
  const index = Array.from(finite).indexOf(0);
  const first = summary.layers[index];
  const where = first
    ? `the output of layer ${first.position + 1} (${first.layer.type}) left the range of numbers first`
    : 'all layers still gave numbers, the loss itself did not';
  return new Problem(
    'training.diverged',
    `the loss became ${value} in epoch ${epoch}, batch ${batch}: ${where}; ` +
      'try a smaller learning rate, or clip the gradients',
    { value, epoch, batch, layer: first ? first.position + 1 : 0, type: first?.layer.type ?? '' },
  );
}
