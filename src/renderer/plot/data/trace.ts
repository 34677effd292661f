/** One run as a chart sees it. */
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { RunSeries } from './series.ts';

/** Something that happened on a run's way; `label` is in the reader's language, `quiet` ones are lines without words. */
export interface TraceEvent {
  readonly step: number;
  readonly label: string;
  readonly quiet: boolean;
}

export interface Trace {
  readonly run: number;
  readonly name: string;
  readonly series: RunSeries;
  readonly stepsPerEpoch: number;
  readonly plannedEpochs: number;
  readonly batchSize: number;
  /** Images that an epoch trains on. */
  readonly imagesPerEpoch: number;
  /** What decides which epoch is the best. */
  readonly settings: TrainingSettings;
  /** What happened on its way, in the reader's language. */
  events(): readonly TraceEvent[];
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
