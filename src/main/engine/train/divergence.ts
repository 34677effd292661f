/**
 * Finds the step and layer at which a run diverged. When the loss becomes NaN, the step that caused it has
 * already updated all parameters; but training is deterministic, so the steps since the last kept state are
 * repeated, and the one that failed is examined layer by layer before it is taken.
 */
import { Problem } from '../../../shared/base/problem.ts';
import type { NetworkSummary } from '../../../shared/network/shapes.ts';

export interface Divergence {
  readonly loss: number;
  readonly epoch: number;
  /** Number of the batch, counted from 1. */
  readonly batch: number;
}

/**
 * Describes the divergence from `finite`, the output of that signature for the failed step after all steps
 * before it.
 */
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
