/**
 * What goes wrong in training without ending it: a loss above that of guessing, an accuracy that is chance, gradients
 * that explode, layers all of whose units are dead. Each with its likely cause, and what to try. The limits are rules of
 * thumb that are far from what a net that learns comes to.
 */
import type { EpochRecord } from '../runs/runs.ts';
import type { TrainingSettings } from './training.ts';

export type TroubleKind = 'aboveGuessing' | 'atChance' | 'exploding' | 'deadUnits';
export type TroubleCause = 'rateTooLarge' | 'rateTooSmall' | 'zeroWeights' | 'deadUnits' | 'saturated';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly cause: TroubleCause;
  /** Epochs that had ended when it was found. */
  readonly epoch: number;
  /** The loss, share of right images or norm that shows it. */
  readonly value: number;
  /** What guessing comes to, in the same unit; null for a norm. */
  readonly chance: number | null;
  /** Place of the layer in the net, from 1; null where it is not about one. */
  readonly layer: number | null;
  /** Factor for the learning rate of another try; null where a change of it would not help. */
  readonly factor: number | null;
}

export interface Observed {
  readonly settings: TrainingSettings;
  readonly classes: number;
  readonly stepsPerEpoch: number;
  /** One a step; the first `steps` count. */
  readonly losses: ArrayLike<number>;
  readonly steps: number;
  readonly epochs: readonly EpochRecord[];
}

/** Steps whose mean is looked at; two such windows must agree, so that a single bad batch is none. */
const window = 100;
const smallestWindow = 15;
/** Above ln(classes) by so much: a net that has not learned anything yet is at it, within noise. */
const aboveGuessing = 1.1;
/** Above the share of the most frequent class by so much, an accuracy is no chance any more. */
const chanceMargin = 0.02;
const exploding = 100;
const allDead = 0.999;
const mostlySaturated = 0.9;
/** Updates smaller than this share of the weights move nothing within an epoch. */
const smallUpdate = 1e-4;

/** The gravest one; null where nothing is wrong, or it is too early to say. */
export function findTrouble(observed: Observed): Trouble | null {
  return lossTrouble(observed) ?? epochTrouble(observed);
}

/** Within an epoch too: the loss of the latest batches. */
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

/** Who always says the most frequent class is right so often. */
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

/** Replaces the base learning rate, which is the one that the schedule begins from (`schedule.ts`). */
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
