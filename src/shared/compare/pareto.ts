/** The nets that are worth their cost: those that no other net beats at no higher cost. */

export interface CostPoint {
  readonly cost: number;
  readonly accuracy: number;
}

/**
 * Returns the indices of the points on the Pareto front, the cheapest first. A point is off the front if another one is
 * at least as good in both respects and better in one; equal points are all on it.
 */
export function paretoFront(points: readonly CostPoint[]): number[] {
  const dominated = (point: CostPoint) =>
    points.some(
      (other) =>
        other.cost <= point.cost &&
        other.accuracy >= point.accuracy &&
        (other.cost < point.cost || other.accuracy > point.accuracy),
    );
  return points
    .map((point, place) => ({ point, place }))
    .filter(({ point }) => Number.isFinite(point.cost) && !dominated(point))
    .sort((a, b) => a.point.cost - b.point.cost || a.place - b.place)
    .map(({ place }) => place);
}
