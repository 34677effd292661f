/** The data of one run in a chart. */
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { RunSeries } from './series.ts';

/** An event of a run; `label` is in the reader's language, and `quiet` events are lines without a label. */
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
  /** Number of images that an epoch trains on. */
  readonly imagesPerEpoch: number;
  /** The settings decide which epoch is the best. */
  readonly settings: TrainingSettings;
  /** Returns the run's events, in the reader's language. */
  events(): readonly TraceEvent[];
}

/** Number of run colours in ui/tokens.css; a run has the same one everywhere, by its number. */
export const runColourCount = 7;

export function runColour(run: number): number {
  return ((run - 1) % runColourCount) + 1;
}

/** Runs differ in shape as well as in colour. */
const shapes = ['circle', 'rect', 'triangle', 'rectRot', 'crossRot', 'star', 'rectRounded'] as const;

export function runShape(run: number): (typeof shapes)[number] {
  return shapes[runColour(run) - 1]!;
}
