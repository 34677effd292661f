/** A script's trainings: an optimizer over a net's parameters, with the loops in which it takes its steps. */
import type { CallArguments, DatasetValue, Module, Origin, Place, Value } from '../values.ts';

/** A call that is read as a setting at the end, when it is known which training it belongs to. */
export interface SettingCall {
  readonly name: string;
  readonly call: CallArguments;
  readonly place: Place;
  /** The condition around it, if the code does not fix that. */
  readonly condition: Origin | null;
}

export interface SchedulerCall extends SettingCall {
  /** Frequency of the calls of `step`; a schedule that is never stepped stays at its start. */
  stepped: 'never' | 'epoch' | 'batch';
}

export interface Loader extends SettingCall {
  readonly dataset: DatasetValue | null;
  /** The variable that it was assigned to. */
  variable: string | null;
}

export interface Loop {
  readonly kind: 'range' | 'loader' | 'slices' | 'other';
  /** Null if the code does not fix it. */
  readonly count: number | null;
  /** True if its variable or its end mentions epochs. */
  readonly named: boolean;
  readonly loader: Loader | null;
  /** The step of a range that goes over images. */
  readonly slice: number | null;
  readonly place: Place;
  readonly origin: Origin | undefined;
  /** True if an optimizer that was made outside took a step in it. */
  stepped: boolean;
  /** The place at which it is left under an unknown condition. */
  mayEnd: Place | null;
}

export interface EpochCount {
  readonly count: number | null;
  readonly place: Place;
  readonly origin: Origin | undefined;
}

export interface ScriptTraining {
  readonly modules: readonly Module[];
  readonly optimizer: SettingCall;
  /** Number of active loops when it was made, which are not its epochs. */
  readonly depth: number;
  readonly seed: Value | null;
  readonly epochs: EpochCount[];
  /** Loops that were counted. */
  readonly counted: Set<Loop>;
  /** A plain loop over steps, if there are no epochs. */
  steps: Loop | null;
  stepped: boolean;
  loader: Loader | null;
  sliceSize: number | null;
  readonly schedulers: SchedulerCall[];
  readonly clips: SettingCall[];
}

/** Reads `optimizer.step()`: the loops around it are the training's. */
export function takeStep(training: ScriptTraining, loops: readonly Loop[]): void {
  training.stepped = true;
  const around = loops.slice(training.depth);
  for (const loop of around) loop.stepped = true;
  const at = around.findLastIndex(({ kind }) => kind === 'loader' || kind === 'slices');
  const inner = around[at];
  if (inner) {
    training.loader ??= inner.loader;
    training.sliceSize ??= inner.slice;
  }
  // Loops over a list are followed pass by pass, each with loops of its own.
  const ranges = (at < 0 ? around.filter(({ named }) => named) : around.slice(0, at)).filter(
    ({ kind }) => kind !== 'other',
  );
  const counted = inner ?? ranges.at(-1);
  if (!counted) {
    training.steps ??= around.find(({ kind }) => kind === 'range') ?? null;
    return;
  }
  if (training.counted.has(counted)) return;
  training.counted.add(counted);
  const unknown = ranges.find(({ count }) => count === null);
  const [outermost = counted] = ranges;
  training.epochs.push({
    count: unknown ? null : ranges.reduce((product, { count }) => product * (count ?? 1), 1),
    place: (unknown ?? outermost).place,
    origin: ranges.find(({ origin }) => origin)?.origin,
  });
}
