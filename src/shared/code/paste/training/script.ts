/**
 * Everything that a script has besides its net, recorded as it occurs; its assignment to a training is decided at the
 * end.
 */
import type { Reading } from '../reading.ts';
import type { CallArguments, DatasetValue, Module, Origin, Place, Value } from '../values.ts';
import type { EpochCount, Loader, Loop, SchedulerCall, SettingCall, ScriptTraining } from './trainings.ts';

export interface InitialisationCall extends SettingCall {
  /** The module whose parameter is set, and the parameter; null if it cannot be read. */
  readonly module: Module | null;
  readonly parameter: string | null;
}

export interface Loss extends SettingCall {
  /** True if it was computed with gradients. */
  used: boolean;
}

export interface Script {
  readonly trainings: ScriptTraining[];
  readonly loops: Loop[];
  readonly loaders: Loader[];
  readonly datasets: DatasetValue[];
  /** Transforms that were composed, in that order. */
  readonly transforms: Value[];
  /** Sizes of inputs that the script makes itself: batch, channels, height, width. */
  readonly examples: (readonly number[])[];
  readonly initialisations: InitialisationCall[];
  readonly losses: Loss[];
  /** Schedulers and clipping whose optimizer or net cannot be read. */
  readonly looseSchedulers: SchedulerCall[];
  readonly looseClips: SettingCall[];
  /** Loops over epochs without a visible optimizer. */
  readonly looseEpochs: EpochCount[];
  readonly conditions: Origin[];
  /** Command-line options whose defaults affected the result, with their values. */
  readonly defaults: Map<string, { readonly text: string; readonly place: Place }>;
  /** The default of every command-line option. */
  readonly options: Map<string, string>;
  seed: Value | null;
  /** Epochs that a `Trainer` is given. */
  trainerEpochs: EpochCount | null;
}

export const createScript = (): Script => ({
  trainings: [],
  loops: [],
  loaders: [],
  datasets: [],
  transforms: [],
  examples: [],
  initialisations: [],
  losses: [],
  looseSchedulers: [],
  looseClips: [],
  looseEpochs: [],
  conditions: [],
  defaults: new Map(),
  options: new Map(),
  seed: null,
  trainerEpochs: null,
});

export function settingCall(
  { script }: Reading,
  name: string,
  call: CallArguments,
  place: Place,
): SettingCall {
  return { name, call, place, condition: script.conditions.at(-1) ?? null };
}

export const plain = (value: Value): string => {
  switch (value.kind) {
    case 'number':
    case 'string':
      return String(value.value);
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'none':
      return 'None';
    case 'list':
      return value.items.map(plain).join(', ');
    case 'path':
      return value.path.replace(/^builtins\./, '');
    default:
      return '…';
  }
};

/** Reports that a value decides something although the code fixes it only by a default, or not at all. */
export function consume(reading: Reading, value: Value | undefined): void {
  if (value === undefined) return;
  if (value.kind === 'list') for (const item of value.items) consume(reading, item);
  const { origin } = value;
  if (!origin) return;
  if (origin.kind === 'argparse') {
    if (value.kind !== 'unknown')
      reading.script.defaults.set(origin.what, {
        text: reading.script.options.get(origin.what) ?? plain(value),
        place: origin.place,
      });
  } else if (origin.kind === 'condition')
    reading.findings.add('warning', 'condition-value', origin.place, {
      condition: origin.what,
      taken: plain(value),
    });
}

export function consumeAll(reading: Reading, { positional, named, unread }: CallArguments, at: Place): void {
  for (const value of positional) consume(reading, value);
  for (const value of named.values()) consume(reading, value);
  if (unread !== undefined) reading.findings.add('error', 'arguments-unread', at, { what: unread });
}
