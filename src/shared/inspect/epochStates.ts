/**
 * Selects the states of a run's epochs that are kept, so that its training can be replayed: after every epoch, as long
 * as they fit into a budget; beyond it, the state whose neighbours are relatively nearest is dropped, so that states
 * are dense where training begins and changes most, and sparse later. The first two, the best and the newest always
 * stay.
 */

/** Default budget in megabytes (of 1,000,000 bytes) for a run's states. */
export const usualMegabytes = 64;
export const leastMegabytes = 1;
export const mostMegabytes = 10_000;

/** The first, the second, the best and the newest state are kept whatever the budget. */
const fewest = 4;

export function statesThatFit(megabytes: number, bytesOfOne: number): number {
  return Math.max(fewest, Math.floor((megabytes * 1e6) / Math.max(1, bytesOfOne)));
}

/** Returns those of `epochs` (ascending) to drop so that at most `most` stay. */
export function statesToDrop(epochs: readonly number[], best: number | null, most: number): number[] {
  const kept = [...epochs];
  const dropped: number[] = [];
  while (kept.length > most) {
    const candidates = kept
      .map((epoch, at) => ({ epoch, at }))
      .filter(({ epoch, at }) => at > 1 && at < kept.length - 1 && epoch !== best);
    if (candidates.length === 0) break;
    const room = ({ at }: { at: number }) => ((kept[at + 1] as number) + 1) / ((kept[at - 1] as number) + 1);
    const next = candidates.reduce((least, each) => (room(each) < room(least) ? each : least));
    dropped.push(next.epoch);
    kept.splice(next.at, 1);
  }
  return dropped.sort((a, b) => a - b);
}
