/** What a move of the charts' cursor means for the slider, whose epoch the cursor marks. */

interface Cursor {
  /** Position in epochs. */
  readonly cursor: number | null;
  /** Keys move a pinned cursor a little; a click sets it free where it was clicked. */
  readonly pinned: boolean;
}

/**
 * Returns the kept epoch that is meant: after a click the nearest one, after a key the next one on that side of `at`.
 * `epochs` are ascending. Returns `at` if there is no other.
 */
export function epochAtCursor({ cursor, pinned }: Cursor, at: number, epochs: readonly number[]): number {
  if (cursor === null || cursor === at || epochs.length === 0) return at;
  if (!pinned)
    return epochs.reduce((best, each) => (Math.abs(each - cursor) < Math.abs(best - cursor) ? each : best));
  const next = cursor > at ? epochs.find((each) => each > at) : epochs.findLast((each) => each < at);
  return next ?? at;
}

/** Returns the kept epoch that is nearest to one that is not kept. */
export function nearestEpoch(epoch: number, epochs: readonly number[]): number {
  return epochAtCursor({ cursor: epoch, pinned: false }, NaN, epochs);
}
