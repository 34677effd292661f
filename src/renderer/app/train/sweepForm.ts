/**
 * Makes sweeps from the Train form: every field that holds several values is an axis. Nets that share the same values
 * of their own make one sweep with the net as an axis; otherwise each net has a sweep.
 */
import type { CallInput } from '../../../shared/api/api.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { type ExpandedCombination, expandSweep } from '../../../shared/sweeps/expandSweep.ts';
import { type Axis, sweepSchema } from '../../../shared/sweeps/sweeps.ts';
import { readNumbers } from '../../ui/fields/numberField.ts';
import {
  type Draft,
  type Field,
  type OwnField,
  type OwnTexts,
  activeFields,
  ownFields,
  ownRules,
  sections,
  settingsOf,
  valuesOf,
} from './trainDraft.ts';

export type SweepRequest = CallInput<'sweeps.start'>['sweep'];

/** Largest number of runs that the window starts: a larger grid is rarely intended, and the terminal accepts it. */
export const mostWindowRuns = 2000;

const optimizers = ['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad'];
const schedules = ['step', 'exponential', 'cosine', 'oneCycle'];

/** Returns the path of a field in a sweep. */
function pathOf(field: Field | OwnField): string {
  const [of, name] = field.split('.') as [string, string | undefined];
  if (field === 'learningRate') return 'optimizer.learningRate';
  if (field === 'warmUpSteps') return 'schedule.warmUpSteps';
  if (name !== undefined && optimizers.includes(of)) return `optimizer.${name}`;
  if (name !== undefined && schedules.includes(of)) return `schedule.${name}`;
  return field;
}

/** Returns the fields with several values that count with these choices: the net's own first. */
export function axesOf(draft: Draft, own: OwnTexts): Axis[] {
  const mine = ownFields.map((field) => [field, readNumbers(own[field], ownRules[field]).values] as const);
  const shared = sections
    .flatMap((section) => activeFields(draft.choices, section))
    .map((field) => [field, valuesOf(draft, field)] as const);
  return [...mine, ...shared].flatMap(([field, values]) =>
    values && values.length > 1 ? [{ path: pathOf(field), values: [...values] }] : [],
  );
}

interface NetOfForm {
  readonly network: Network;
  readonly texts: OwnTexts;
}

export interface FormOfSweeps {
  readonly draft: Draft;
  readonly nets: readonly NetOfForm[];
  readonly seeds: readonly number[];
  readonly dataset: string;
  readonly name: string;
}

/** Returns none if no field has several values, or if one that counts cannot be read. */
export function sweepsOf({ draft, nets, seeds, dataset, name }: FormOfSweeps): SweepRequest[] {
  const each = nets.map(({ network, texts }) => ({
    network,
    own: JSON.stringify(ownFields.map((field) => readNumbers(texts[field], ownRules[field]).values)),
    settings: settingsOf(draft, texts, seeds[0] ?? 0),
    axes: axesOf(draft, texts),
  }));
  if (!each.some(({ axes }) => axes.length > 0)) return [];
  if (seeds.length === 0 || each.some(({ settings }) => settings === null)) return [];
  const made = (network: Network, settings: TrainingSettings, axes: readonly Axis[]): SweepRequest => ({
    ...(name && { name }),
    ...{ network, settings, dataset, axes: [...axes], seeds: [...seeds] },
  });
  const [first] = each;
  const alike = first && each.length > 1 && each.every(({ own }) => own === first.own);
  if (alike && first.settings) {
    const networks: Axis = { path: 'network', values: each.map(({ network }) => jsonOf(network)) };
    return [made(first.network, first.settings, [networks, ...first.axes])];
  }
  return each.map(({ network, settings, axes }) => made(network, settings as TrainingSettings, axes));
}

/** Returns the total number of their runs. */
export function runsOfSweeps(sweeps: readonly SweepRequest[]): number {
  const size = ({ axes, seeds = [0] }: SweepRequest) =>
    axes.reduce((product, axis) => product * ('values' in axis ? axis.values.length : 1), seeds.length);
  return sweeps.reduce((sum, sweep) => sum + size(sweep), 0);
}

/**
 * Returns every combination with its runs, in training order. Throws a `Problem` for a combination that cannot be
 * trained.
 */
export function combinationsOf(sweep: SweepRequest): ExpandedCombination[] {
  return expandSweep(sweepSchema.parse(sweep));
}

type Json = Extract<Axis, { values: unknown }>['values'][number];

function jsonOf(network: Network): Json {
  return JSON.parse(JSON.stringify(network)) as Json;
}
