/** Calls of torch and torchvision that set up a training: each is recorded, and read once its purpose is known. */
import { type Reading, place } from '../reading.ts';
import type { SyntaxNode } from '@lezer/common';
import { itemsOf } from '../python/items.ts';
import { foreignBases } from '../python/classes.ts';
import {
  type CallArguments,
  type DatasetValue,
  type Module,
  type Value,
  list,
  none,
  unknown,
} from '../values.ts';
import { torchvisionSets } from './images.ts';
import { isFunctionalLoss } from './losses.ts';
import { consumeAll, settingCall } from './script.ts';
import { noteTerms } from './lossTerms.ts';
import { type SchedulerCall, type ScriptTraining, takeStep } from './trainings.ts';

type CallReader = (reading: Reading, node: SyntaxNode, name: string, call: CallArguments) => Value;

/** Returns the modules whose parameters are given: directly, in groups, filtered or chained. */
function modulesOf(reading: Reading, value: Value | undefined): readonly Module[] {
  if (value?.kind === 'parameters') return value.modules;
  if (value?.kind === 'module') return [value.module];
  if (value?.kind === 'parameter') return [value.module];
  if (value?.kind === 'list') return [...new Set(value.items.flatMap((item) => modulesOf(reading, item)))];
  if (value?.kind === 'dict') return modulesOf(reading, value.entries.get('params'));
  return [];
}

const optimizer: CallReader = (reading, node, name, call) => {
  const { script } = reading;
  const at = place(reading, node);
  consumeAll(reading, call, at);
  const named = script.loops.findIndex((loop) => loop.named && loop.kind === 'range');
  const training: ScriptTraining = {
    modules: modulesOf(reading, call.positional[0] ?? call.named.get('params')),
    optimizer: settingCall(reading, name, call, at),
    depth: named < 0 ? script.loops.length : named,
    seed: script.seed,
    epochs: [],
    counted: new Set(),
    steps: null,
    stepped: false,
    loader: null,
    sliceSize: null,
    schedulers: [],
    clips: [],
  };
  script.trainings.push(training);
  return { kind: 'optimizer', training };
};

/** Removes the parts of a scheduler, which steps them: they are not schedulers of their own. */
function takeParts({ script }: Reading, { positional, named }: CallArguments): void {
  const parts = [...positional, ...named.values()]
    .flatMap((value) => (value.kind === 'list' ? value.items : []))
    .flatMap((value) => (value.kind === 'scheduler' ? [value.made] : []));
  for (const schedulers of [script.looseSchedulers, ...script.trainings.map((each) => each.schedulers)])
    for (const part of parts) if (schedulers.includes(part)) schedulers.splice(schedulers.indexOf(part), 1);
}

const scheduler: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  consumeAll(reading, call, at);
  const of = call.positional[0] ?? call.named.get('optimizer');
  if (/^(Sequential|Chained)(LR|Scheduler)$/.test(name)) takeParts(reading, call);
  const made: SchedulerCall = { ...settingCall(reading, name, call, at), stepped: 'never' };
  const training = of?.kind === 'optimizer' ? of.training : null;
  (training?.schedulers ?? reading.script.looseSchedulers).push(made);
  return { kind: 'scheduler', made };
};

/** Returns the torchvision class that a class of the script's own extends. */
const torchvisionBase = (value: Value): string | undefined =>
  value.kind === 'instance' && value.instance.definition
    ? foreignBases(value.instance.definition)
        .map((path) => /^torchvision\.datasets\.(\w+)$/.exec(path)?.[1])
        .find((name) => name !== undefined)
    : undefined;

function datasetOf(value: Value | undefined, at: ReturnType<typeof place>): DatasetValue | null {
  if (value?.kind === 'dataset') return value.dataset;
  if (value?.kind === 'list') return datasetOf(value.items[0], at);
  if (value?.kind !== 'instance') return null;
  const base = torchvisionBase(value);
  const { attributes, definition } = value.instance;
  return {
    name: base ?? definition?.name ?? 'Dataset',
    known: true,
    train: null,
    transform: attributes.get('transform') ?? attributes.get('transforms'),
    length: null,
    heldOut: null,
    place: at,
  };
}

const loader: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  const dataset = datasetOf(call.positional[0] ?? call.named.get('dataset'), at);
  const made = { ...settingCall(reading, name, call, at), dataset, variable: null };
  reading.script.loaders.push(made);
  return { kind: 'loader', loader: made };
};

const dataset: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  const known = torchvisionSets[name];
  // The arguments are MNIST(root, train, transform, …), but SVHN(root, split, transform, …) and EMNIST(root, split,
  // train, …).
  const train = call.named.get('train') ?? (name === 'EMNIST' ? call.positional[2] : call.positional[1]);
  const split = call.named.get('split') ?? call.positional[1];
  const isTraining =
    train?.kind === 'boolean'
      ? train.value
      : split?.kind === 'string' && /^(train|test|val)/.test(split.value)
        ? split.value.startsWith('train')
        : train === undefined && name !== 'SVHN'
          ? true
          : null;
  const transform = call.named.get('transform') ?? call.positional[2];
  const made: DatasetValue = {
    name,
    known: true,
    train: isTraining,
    transform,
    length: known && isTraining !== null ? (isTraining ? known.training : known.test) : null,
    heldOut: null,
    place: at,
  };
  reading.script.datasets.push(made);
  return { kind: 'dataset', dataset: made };
};

/** Reads `random_split`: the first part is trained on, the others are held out. */
const split: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  const of = datasetOf(call.positional[0] ?? call.named.get('dataset'), at);
  const lengths = call.positional[1] ?? call.named.get('lengths');
  const items = lengths ? itemsOf(reading, lengths) : null;
  const numbers = items?.map((item) => (item.kind === 'number' ? item.value : NaN)) ?? [];
  const whole = numbers.reduce((sum, length) => sum + length, 0);
  const share = whole > 0 ? 1 - (numbers[0] ?? 0) / whole : null;
  if (of?.train === false) return list((items ?? []).map(() => ({ kind: 'dataset', dataset: of })));
  if (share === null || numbers.length === 1) reading.findings.add('warning', 'split', at, { what: name });
  else
    reading.findings.add('warning', 'split-read', at, { what: name, percent: Math.round(share * 1000) / 10 });
  const parts = Math.max(2, numbers.length);
  return list(
    Array.from({ length: parts }, (_, i): Value => {
      const length = Number.isNaN(numbers[i] ?? NaN) ? null : (numbers[i] as number);
      const base = of ?? { name: 'Dataset', known: false, transform: undefined, place: at, train: true };
      return {
        kind: 'dataset',
        dataset: {
          ...base,
          train: i === 0 ? base.train : false,
          length: length !== null && length >= 1 ? length : null,
          heldOut: i === 0 ? share : null,
        },
      };
    }),
  );
};

const subset: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  reading.findings.add('warning', 'split', at, { what: name });
  const of = datasetOf(call.positional[0] ?? call.named.get('dataset'), at);
  return of ? { kind: 'dataset', dataset: { ...of, length: null } } : unknown;
};

const joined: CallReader = (reading, node, _name, call) => {
  const of = datasetOf(call.positional[0], place(reading, node));
  return of ? { kind: 'dataset', dataset: { ...of, length: null } } : unknown;
};

const transform: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  const condition = reading.script.conditions.at(-1);
  const value: Value = {
    kind: 'transform',
    name,
    call,
    place: at,
    ...(condition ? { origin: condition } : {}),
  };
  if (name === 'Compose') reading.script.transforms.push(value);
  return value;
};

const clip: CallReader = (reading, node, name, call) => {
  const { script } = reading;
  const at = place(reading, node);
  consumeAll(reading, call, at);
  const modules = modulesOf(reading, call.positional[0]);
  const training = script.trainings.findLast((each) =>
    each.modules.some((module) => modules.includes(module)),
  );
  const clips = training?.clips ?? script.looseClips;
  if (!clips.some((each) => each.place.line === at.line && each.place.cell === at.cell))
    clips.push(settingCall(reading, name, call, at));
  return unknown;
};

const initial: CallReader = (reading, node, name, call) => {
  const given = call.positional[0] ?? call.named.get('tensor');
  const at = place(reading, node);
  const of = given?.kind === 'parameter' ? given : null;
  const text = at.text.replace(/\s/g, '');
  const parameter = of?.name ?? /\(\w*[\w.]*\.?(weight|bias)\b/.exec(text)?.[1] ?? null;
  reading.script.initialisations.push({
    ...settingCall(reading, name.endsWith('_') ? name : `${name}_`, call, at),
    module: of?.module ?? null,
    parameter,
  });
  return given ?? unknown;
};

const criterion: CallReader = (reading, node, name, call) => {
  const at = place(reading, node);
  consumeAll(reading, call, at);
  reading.script.losses.push({ ...settingCall(reading, name, call, at), used: false });
  return { kind: 'criterion', name, call, place: at };
};

/** Records the input of the loss, which is the net's output. */
function lossOf(reading: Reading, call: CallArguments): Value {
  const given = call.positional[0] ?? call.named.get('input');
  if (reading.trace && given?.kind === 'tensor') reading.trace.logits ??= given.node;
  return unknown;
}

const functionalLoss: CallReader = (reading, node, name, call) => {
  const { script } = reading;
  const at = place(reading, node);
  if (
    reading.withoutGradient === 0 &&
    !script.losses.some((loss) => loss.used && loss.place.line === at.line && loss.place.cell === at.cell)
  )
    script.losses.push({ ...settingCall(reading, name, call, at), used: true });
  if (reading.withoutGradient === 0) noteTerms(reading, node);
  return lossOf(reading, call);
};

export function criterionCalled(
  reading: Reading,
  node: SyntaxNode,
  of: Extract<Value, { kind: 'criterion' }>,
  call: CallArguments,
): Value {
  const loss = reading.script.losses.find((each) => each.place === of.place);
  if (loss && reading.withoutGradient === 0) loss.used = true;
  if (reading.withoutGradient === 0) noteTerms(reading, node);
  return lossOf(reading, call);
}

/** Returns null if the path has no meaning here. */
export function trainingCall(path: string): CallReader | null {
  const name = path.split('.').at(-1) ?? '';
  if (path.startsWith('torch.optim.lr_scheduler.')) return scheduler;
  if (/^torch\.optim\.[A-Z]\w*$/.test(path)) return optimizer;
  if (path === 'torch.utils.data.DataLoader') return loader;
  if (path === 'torch.utils.data.random_split') return split;
  if (path === 'torch.utils.data.Subset' || path === 'torch.utils.data.SubsetRandomSampler') return subset;
  if (path === 'torch.utils.data.ConcatDataset') return joined;
  if (/^torchvision\.datasets(\.\w+)?\.[A-Z]\w*$/.test(path)) return dataset;
  if (/^torchvision\.transforms\.[A-Z]\w*$/.test(path)) return transform;
  if (path.startsWith('torch.nn.utils.clip_grad')) return clip;
  if (path.startsWith('torch.nn.init.')) return initial;
  if (/^torch\.nn\.\w*Loss$/.test(path)) return criterion;
  if (path.startsWith('torch.nn.functional.') && isFunctionalLoss(name)) return functionalLoss;
  return null;
}

export function optimizerMethod(
  { script, findings }: Reading,
  { training }: Extract<Value, { kind: 'optimizer' }>,
  name: string,
): Value {
  if (name === 'step') {
    takeStep(training, script.loops);
    const condition = script.conditions.at(-1);
    const loop = script.loops.at(-1);
    // The step is not taken after every batch.
    if (
      condition &&
      loop &&
      condition.place.cell === loop.place.cell &&
      condition.place.line > loop.place.line
    )
      findings.add('error', 'step-condition', condition.place);
  }
  return name === 'step' || name === 'zero_grad' ? none : unknown;
}

export function schedulerMethod(
  { script }: Reading,
  { made }: Extract<Value, { kind: 'scheduler' }>,
  name: string,
): Value {
  if (name !== 'step') return unknown;
  const inLoader = script.loops.some(({ kind }) => kind === 'loader' || kind === 'slices');
  if (made.stepped !== 'batch') made.stepped = inLoader ? 'batch' : 'epoch';
  return none;
}
