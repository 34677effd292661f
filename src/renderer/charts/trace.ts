/** One run as a chart sees it. */
import type { RunSeries } from '../state/series.ts';

export interface Trace {
  readonly run: number;
  readonly name: string;
  readonly series: RunSeries;
  readonly stepsPerEpoch: number;
  readonly plannedEpochs: number;
}

/** Colours there are in ui/tokens.css; a run keeps its own everywhere, by its number. */
export const runColourCount = 7;

export function runColour(run: number): number {
  return ((run - 1) % runColourCount) + 1;
}

/** Told apart by shape as well as by colour. */
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star', 'rectRounded'] as const;

export function runShape(run: number): (typeof shapes)[number] {
  return shapes[runColour(run) - 1]!;
}
