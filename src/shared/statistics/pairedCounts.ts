/** The 2 × 2 table of two nets on the same images: for each image, which of the two is right. */

export interface PairedCounts {
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly bothWrong: number;
}

export function totalOf({ bothRight, onlyA, onlyB, bothWrong }: PairedCounts): number {
  return bothRight + onlyA + onlyB + bothWrong;
}

/** Returns the number of images that just one of the two gets right: the only information of a paired comparison. */
export function disagreements({ onlyA, onlyB }: PairedCounts): number {
  return onlyA + onlyB;
}

/** Returns A's accuracy minus B's. Throws for a table without images. */
export function differenceOf(counts: PairedCounts): number {
  return (counts.onlyA - counts.onlyB) / requireImages(counts);
}

export function requireImages(counts: PairedCounts): number {
  const total = totalOf(counts);
  if (total === 0) throw new RangeError('a paired table needs at least one image');
  return total;
}

/** `a`, `b` and `labels` hold one class per image, in the same order. */
export function countPairs(
  labels: ArrayLike<number>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): PairedCounts {
  if (a.length !== labels.length || b.length !== labels.length) {
    throw new RangeError(
      `${a.length} and ${b.length} predictions do not pair up with ${labels.length} labels`,
    );
  }
  const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
  for (let image = 0; image < labels.length; image += 1) {
    counts[outcomeOf(a[image] === labels[image], b[image] === labels[image])] += 1;
  }
  return counts;
}

export function outcomeOf(aRight: boolean, bRight: boolean): keyof PairedCounts {
  if (aRight) return bRight ? 'bothRight' : 'onlyA';
  return bRight ? 'onlyB' : 'bothWrong';
}
