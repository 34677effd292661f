/**
 * Detects training trouble that does not end the run: a loss above that of guessing, an accuracy at chance, exploding
 * gradients, layers whose units are all dead. Each comes with its likely cause and a remedy. The limits are rules of
 * thumb far from the values of a net that learns.
 */
import type { EpochRecord } from '../runs/runs.ts';
import type { TrainingSettings } from './training.ts';

export type TroubleKind = 'aboveGuessing' | 'atChance' | 'exploding' | 'deadUnits';
export type TroubleCause = 'rateTooLarge' | 'rateTooSmall' | 'zeroWeights' | 'deadUnits' | 'saturated';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly cause: TroubleCause;
  /** Number of epochs that had ended when it was detected. */
  readonly epoch: number;
  /** The loss, accuracy as a fraction, or norm that shows it. */
  readonly value: number;
  /** The value of guessing, in the same unit; null for a norm. */
  readonly chance: number | null;
  /** Number of the layer in the net, from 1; null if none is concerned. */
  readonly layer: number | null;
  /** Factor for the learning rate of another attempt; null if a change would not help. */
  readonly factor: number | null;
}

export interface Observed {
  readonly settings: TrainingSettings;
  readonly classes: number;
  readonly stepsPerEpoch: number;
  /** One loss per step; the first `steps` count. */
  readonly losses: ArrayLike<number>;
  readonly steps: number;
  readonly epochs: readonly EpochRecord[];
}

/** Number of steps that are averaged; two such windows must agree, so that a single bad batch does not count. */
const window = 100;
const smallestWindow = 15;
/** Factor on ln(classes): a net that has not learned anything yet is at it, within noise. */
const aboveGuessing = 1.1;
/** Margin above the fraction of the most frequent class from which an accuracy exceeds chance. */
const chanceMargin = 0.02;
const exploding = 100;
const allDead = 0.999;
const mostlySaturated = 0.9;
/** Updates smaller than this fraction of the weights have no effect within an epoch. */
const smallUpdate = 1e-4;

/** Returns the gravest trouble; null if nothing is wrong, or it is too early to say. */
export function findTrouble(observed: Observed): Trouble | null {
  return lossTrouble(observed) ?? epochTrouble(observed);
}

/** Detects trouble within an epoch too, from the loss of the latest batches. */
function lossTrouble({ classes, stepsPerEpoch, losses, steps, epochs }: Observed): Trouble | null {
  const size = Math.max(smallestWindow, Math.min(window, Math.floor(stepsPerEpoch / 2)));
  if (steps < 2 * size) return null;
  const guessing = Math.log(classes);
  const latest = meanOf(losses, steps - size, steps);
  const before = meanOf(losses, steps - 2 * size, steps - size);
  if (Math.min(latest, before) <= aboveGuessing * guessing) return null;
  return {
    kind: 'aboveGuessing',
    cause: 'rateTooLarge',
    epoch: epochs.length,
    value: latest,
    chance: guessing,
    layer: null,
    factor: 0.1,
  };
}

function epochTrouble({ settings, classes, epochs }: Observed): Trouble | null {
  const last = epochs.at(-1);
  if (!last) return null;
  const { epoch, testCorrect, testTotal, details } = last;
  const layers = details?.layers ?? [];
  const found = { epoch, chance: null, layer: null };
  const grown = layers.find(({ gradientNorm }) => gradientNorm !== null && gradientNorm > exploding);
  if (grown) {
    const value = grown.gradientNorm ?? 0;
    return { ...found, kind: 'exploding', cause: 'rateTooLarge', value, layer: grown.index + 1, factor: 0.1 };
  }
  const dead = layers.find((layer) => layer.dead !== null && layer.dead >= allDead);
  if (dead) {
    const value = dead.dead ?? 1;
    return { ...found, kind: 'deadUnits', cause: 'deadUnits', value, layer: dead.index + 1, factor: 0.1 };
  }
  const chance = mostFrequent(last, classes);
  const value = testCorrect / testTotal;
  if (value > chance + chanceMargin) return null;
  return { ...found, kind: 'atChance', value, chance, ...causeOfChance(settings, last) };
}

function causeOfChance(
  { initialisation }: TrainingSettings,
  { details }: EpochRecord,
): Pick<Trouble, 'cause' | 'factor'> {
  const { type } = initialisation;
  if (type === 'zeros' || type === 'constant') return { cause: 'zeroWeights', factor: null };
  const layers = details?.layers ?? [];
  if (layers.some(({ saturated }) => saturated !== null && saturated >= mostlySaturated))
    return { cause: 'saturated', factor: null };
  const updates = layers.flatMap(({ updateRatio }) => updateRatio ?? []);
  if (updates.length > 0 && Math.max(...updates) < smallUpdate) return { cause: 'rateTooSmall', factor: 10 };
  return { cause: 'rateTooLarge', factor: 0.1 };
}

/** Returns the accuracy of always predicting the most frequent class. */
function mostFrequent({ confusion, testTotal }: EpochRecord, classes: number): number {
  let most = 0;
  for (let label = 0; label < classes; label += 1) {
    let count = 0;
    for (let said = 0; said < classes; said += 1) count += confusion[label * classes + said] ?? 0;
    most = Math.max(most, count);
  }
  return testTotal > 0 ? most / testTotal : 1 / classes;
}

function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += values[i] as number;
  return sum / (to - from);
}

/** Replaces the base learning rate, from which the schedule begins (`schedule.ts`). */
export function withLearningRateTimes(settings: TrainingSettings, factor: number): TrainingSettings {
  const scaled = (rate: number) => Math.min(100, Number((rate * factor).toPrecision(12)));
  const { optimizer, schedule } = settings;
  if (schedule.type === 'oneCycle') {
    return { ...settings, schedule: { ...schedule, maximum: scaled(schedule.maximum) } };
  }
  const changed = { ...optimizer, learningRate: scaled(optimizer.learningRate) };
  if (schedule.type !== 'cosine') return { ...settings, optimizer: changed };
  return {
    ...settings,
    optimizer: changed,
    schedule: { ...schedule, minimum: scaled(schedule.minimum) },
  };
}
