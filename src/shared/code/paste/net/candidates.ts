/**
 * Finds a script's nets, each with its training: those that an optimizer trains, or else those that the script makes,
 * or else its classes.
 */
import { isModule, lookUp } from '../python/classes.ts';
import type { Reading } from '../reading.ts';
import { allModules, construct, rootOf } from '../torch/modules.ts';
import { readLightning } from '../training/wrappers.ts';
import type { ScriptTraining } from '../training/trainings.ts';
import { type ClassValue, type Module, type Place, noArguments } from '../values.ts';

export interface NetCandidate {
  readonly net: Module;
  readonly training: ScriptTraining | null;
  /** The place where the training, or the net, is set up. */
  readonly place: Place;
  /** True if only part of the net is trained. */
  readonly partial: boolean;
}

/** The largest number of nets offered. */
export const mostCandidates = 24;

/** Returns the candidates in the order of the script. */
export function candidates(reading: Reading): NetCandidate[] {
  const trained = trainedNets(reading);
  if (trained.length > 0) return trained;
  const made = madeNets(reading);
  if (made.length > 0) return made.map((net) => ({ net, training: null, place: net.place, partial: false }));
  const classes = freeClasses(reading).flatMap((definition) => {
    const value = construct(reading, null, definition, noArguments);
    if (value.kind !== 'module') return [];
    readLightning(reading, value);
    return [value.module];
  });
  const own = trainedNets(reading);
  return own.length > 0
    ? own
    : classes.map((net) => ({ net, training: null, place: net.place, partial: false }));
}

/** Returns the trainings that take steps; all of them if none is seen to. */
function trainedNets(reading: Reading): NetCandidate[] {
  const { trainings } = reading.script;
  const going = trainings.filter(({ stepped, epochs }) => stepped || epochs.length > 0);
  const fallback = madeNets(reading).at(-1);
  return (going.length > 0 ? going : trainings).flatMap((training): NetCandidate[] => {
    const [module = fallback] = training.modules;
    if (!module) return [];
    const root = rootOf(module);
    const whole = isWhole(root) ? root : module;
    const trained = new Set(training.modules.flatMap((each) => allModules(each)));
    const partial =
      training.modules.length > 0 &&
      allModules(whole).some((each) => each.type === 'layer' && each.made !== null && !trained.has(each));
    return [{ net: whole, training, place: training.optimizer.place, partial }];
  });
}

/** Returns whether the module can be called as a net. */
function isWhole(module: Module): boolean {
  if (module.type !== 'user') return module.type !== 'sequence' || module.torchName === 'Sequential';
  const { definition } = module;
  return module.sequence !== null || ['forward', 'training_step'].some((name) => lookUp(definition, name));
}

/**
 * Returns the modules that are part of no other and have a name; modules that are only printed count if there is
 * nothing else.
 */
function madeNets({ made }: Reading): Module[] {
  const free = made.filter((module) => module.owner === null && isWhole(module));
  const named = free.filter((module) => module.named);
  return named.length > 0 ? named : free;
}

/** Returns the classes that no other class of the script instantiates. */
function freeClasses(reading: Reading): ClassValue[] {
  const all = reading.classes.filter(
    (each) =>
      isModule(each) &&
      ['forward', 'training_step'].some((name) => lookUp(each, name)) &&
      !reading.classes.some((other) => other !== each && other.bases.includes(each)),
  );
  // Instantiating each class shows which others it uses.
  for (const definition of all) construct({ ...reading, made: [] }, null, definition, noArguments);
  const free = all.filter((definition) => !reading.instantiated.has(definition));
  return free.length > 0 ? free : all;
}
