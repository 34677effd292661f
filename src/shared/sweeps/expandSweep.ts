/**
 * Expands a sweep to its runs, always the same ones in the same order: a sweep that is resumed in another process
 * identifies its runs by their position. An error in any of them is found here, before one is started, and reported
 * with the combination's name.
 */
import type { z } from 'zod';
import { requireWatchable } from '../runs/bestEpoch.ts';
import { randomUnit } from '../base/counterRandom.ts';
import { type Network, parseNetwork } from '../network/network.ts';
import { misfitOf, misfitSentence } from '../misfits/misfit.ts';
import { Problem } from '../base/problem.ts';
import { summarize } from '../network/shapes.ts';
import { type AxisChoice, axisLabels, choicesOf, combinationLabel, draw } from './sweepAxes.ts';
import { type Sweep, mostSweepRuns } from './sweeps.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../training/training.ts';

export interface ExpandedRun {
  /** Position from 0: combination × seeds + index of the seed. */
  readonly position: number;
  readonly combination: number;
  /** Name of the run: `lr=0.01 batch=64 · seed 0`. */
  readonly name: string;
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: string;
}

export interface ExpandedCombination {
  readonly label: string;
  readonly values: readonly AxisChoice[];
  readonly runs: readonly ExpandedRun[];
}

const longestName = 120;

/** Throws a `Problem` if a run of the sweep is invalid. */
export function expandSweep(sweep: Sweep): ExpandedCombination[] {
  const paths = sweep.axes.map(({ path }) => path);
  for (const path of paths) requireField(sweep, path);
  const combinations = combinationsOf(sweep);
  const runs = combinations.length * sweep.seeds.length;
  if (runs > mostSweepRuns) throw tooMany(runs);
  const labels = axisLabels(sweep.axes);
  return combinations.map((values, combination) => {
    const label = combinationLabel(values, labels, sweep.axes) || sweep.network.name;
    const made = named(label, () => configure(sweep, values));
    return {
      label,
      values,
      runs: sweep.seeds.map((seed, place) => ({
        position: combination * sweep.seeds.length + place,
        combination,
        name: runName(label, seed),
        ...made,
        settings: { ...made.settings, seed },
      })),
    };
  });
}

/** Runs `work` for a combination; a `Problem` in it names the combination. */
export function named<T>(label: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem('sweep.combination', `combination "${label}": ${error.message}`, {
      combination: label,
      ...error.parameters,
      // The cause's code lets the window translate the cause, too.
      cause: error.code,
      detail: error.message,
    });
  }
}

function tooMany(runs: number): Problem {
  return new Problem(
    'sweep.too-many',
    `the sweep would be of ${runs} runs, at most ${mostSweepRuns} are possible; use fewer values or seeds, or draw some at random`,
    { runs, most: mostSweepRuns },
  );
}

function combinationsOf({ axes, mode, seeds }: Sweep): AxisChoice[][] {
  const choices = axes.map((axis) => choicesOf(axis));
  const size = choices.reduce((product, values) => product * (values?.length ?? Infinity), 1);
  if (mode !== 'grid') {
    if (mode.random * seeds.length > mostSweepRuns) throw tooMany(mode.random * seeds.length);
    if (size > mode.random) return draw(axes, choices, size, mode, randomUnit);
  }
  const open = axes.find((_, axis) => choices[axis] === null);
  if (open) {
    throw new Problem(
      'sweep.steps',
      `${open.path}: a range without a number of steps has no end of values; give steps, or draw at random`,
      { path: open.path },
    );
  }
  if (size * seeds.length > mostSweepRuns) throw tooMany(size * seeds.length);
  return choices.reduce<AxisChoice[][]>(
    (before, values) => before.flatMap((chosen) => (values ?? []).map((value) => [...chosen, value])),
    [[]],
  );
}

interface Configuration {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: string;
}

/** Parts of one of several kinds: `adam` is short for `{"type":"adam"}`. */
const kinds = ['optimizer', 'schedule', 'initialisation'];

function configure(sweep: Sweep, values: readonly AxisChoice[]): Configuration {
  const tree = treeOf(sweep);
  // Whole parts come first: a field then belongs to the part that was put in.
  const outermostFirst = values.toSorted((a, b) => a.path.split('.').length - b.path.split('.').length);
  for (const { path, value } of outermostFirst) {
    const keys = keysOf(path);
    const parent = follow(tree, keys.slice(0, -1));
    const last = keys.at(-1) ?? '';
    if (!isParent(parent, last)) throw noField(path);
    const short = typeof value === 'string' && kinds.includes(path);
    parent[last] = short ? { type: value } : copyOf(value);
  }
  const { network: _network, dataset, ...settings } = tree;
  if (typeof dataset !== 'string') throw noField('dataset');
  const changed = values.some(({ path }) => path.split('.')[0] === 'network');
  const network = changed ? parseNetwork(tree['network']) : sweep.network;
  const parsed = trainingSettingsSchema.safeParse(settings);
  if (!parsed.success) throw invalid(parsed.error, settings);
  summarize(network);
  requireWatchable(parsed.data);
  return { network, settings: parsed.data, dataset };
}

/** Returns the tree that paths lead through: settings at the top, network and data set beside them. */
function treeOf({ network, settings, dataset }: Sweep): Record<string, unknown> {
  return copyOf({ ...settings, network, dataset });
}

/** Copies a JSON value; the schemas admit nothing else. */
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const keysOf = (path: string): string[] => path.split('.');

function follow(tree: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    tree,
  );
}

/**
 * Returns whether a value can be set there: any field of an object, which its schema then validates, or an element of a
 * list.
 */
function isParent(parent: unknown, key: string): parent is Record<string, unknown> {
  if (typeof parent !== 'object' || parent === null) return false;
  return Array.isArray(parent) ? Object.hasOwn(parent, key) && key !== 'length' : true;
}

/**
 * Checks that a path's first part exists; the rest may come with a whole part that another axis puts in, and is
 * validated with each combination.
 */
function requireField(sweep: Sweep, path: string): void {
  if (sweep.axes.filter((axis) => axis.path === path).length > 1) {
    throw new Problem('sweep.axis-twice', `${path} is given twice; put all its values in one list`, { path });
  }
  if (path === 'seed') {
    throw new Problem('sweep.seed', 'seed is no axis: give the list of seeds, which the statistics are over');
  }
  if (!Object.hasOwn(treeOf(sweep), keysOf(path)[0] ?? '')) throw noField(path);
}

function noField(path: string): Problem {
  return new Problem(
    'sweep.field',
    `there is no field "${path}"; paths are such as batchSize, optimizer.learningRate, network.layers.3.filters`,
    { path },
  );
}

function invalid(error: z.ZodError, settings: unknown): Problem {
  const parameters = misfitOf(error, settings);
  const detail = misfitSentence(parameters, 'en');
  return new Problem('sweep.invalid', detail, { ...parameters, detail });
}

/** Names a run; the seed stays readable if the combination's label is too long. */
function runName(label: string, seed: number): string {
  const end = ` · seed ${seed}`;
  const room = longestName - end.length;
  return `${label.length > room ? `${label.slice(0, room - 1)}…` : label}${end}`;
}
