/** How far an axis reaches, so that it grows in a few steps and not with every point. */

const steps = [1, 2, 5];

/** The first of 1, 2, 5, 10, 20, 50, … that holds `progress` epochs, but not more than are `planned`. */
export function epochExtent(progress: number, planned: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const step of steps) {
      const extent = step * decade;
      if (extent >= planned) return Math.max(planned, progress);
      if (extent >= progress) return extent;
    }
  }
}

/** Where an accuracy axis begins, in percent: a round number with some room below the lowest value, 90 without values. */
export function accuracyFloor(lowest: number): number {
  if (lowest > 100) return 90;
  for (const floor of [98, 95, 90, 80, 60]) {
    if (lowest >= floor + (100 - floor) * 0.1) return floor;
  }
  return 0;
}
