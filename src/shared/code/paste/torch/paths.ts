/** Calls by name: of torch, of its companions, and of Python's library. */
import type { SyntaxNode } from '@lezer/common';
import { normalised, shortName } from '../names.ts';
import { builtins, libraryFunctions } from '../python/builtins.ts';
import { itemsOf } from '../python/items.ts';
import { type Reading, call as callValue, place } from '../reading.ts';
import { trainingCall } from '../training/calls.ts';
import { consumeAll } from '../training/script.ts';
import { readUnknownSettings, trainer } from '../training/wrappers.ts';
import {
  type CallArguments,
  type Scope,
  type Size,
  type Value,
  boolean,
  from,
  list,
  noArguments,
  none,
  string,
  tuple,
  unknown,
} from '../values.ts';
import { numbersOf } from './arguments.ts';
import { dropoutFunctions, functionTable } from './layerTable.ts';
import { copied, makeTorchModule } from './modules.ts';
import { freshTensor } from './sizes.ts';
import { applyFunction, lost, mean, reshaped, squeezed, sum, tensorMethod } from './tensors.ts';

type PathReader = (reading: Reading, node: SyntaxNode, call: CallArguments, scope: Scope) => Value;

const first: PathReader = (_reading, _node, { positional, named }) =>
  positional[0] ?? named.values().next().value ?? unknown;

const tensorOf: PathReader = (reading, node, { positional, named }) => {
  const given = named.get('size') ?? (positional.length === 1 ? positional[0] : tuple([...positional]));
  const sizes: readonly Size[] = numbersOf(given) ?? [];
  if (sizes.length === 4) reading.script.examples.push(sizes as readonly number[]);
  const tensor = freshTensor(sizes, place(reading, node));
  return tensor ? { kind: 'tensor', node: tensor } : unknown;
};

/** Reads `summary(model, (1, 28, 28))`. */
const summary: PathReader = (reading, _node, { positional, named }) => {
  const given = positional[1] ?? named.get('input_size') ?? named.get('input_data');
  const sizes = numbersOf(given?.kind === 'list' && given.items[0]?.kind === 'list' ? given.items[0] : given);
  if (sizes && sizes.length >= 3) reading.script.examples.push(sizes.length === 3 ? [1, ...sizes] : sizes);
  return unknown;
};

const seed: PathReader = (reading, node, call) => {
  const at = place(reading, node);
  consumeAll(reading, call, at);
  const value = call.positional[0] ?? call.named.values().next().value ?? unknown;
  reading.script.seed = value;
  if (value.kind !== 'number' || !Number.isSafeInteger(value.value) || value.value < 0)
    reading.findings.add('error', 'argument-unreadable', at, { what: 'torch.manual_seed', argument: 'seed' });
  return unknown;
};

/** Makes a namespace from a dictionary's entries or named arguments. */
const namespace: PathReader = (_reading, _node, { positional, named, unread }) => {
  if (unread !== undefined) return unknown;
  const entries = positional[0]?.kind === 'dict' ? positional[0].entries : new Map<string, Value>();
  const attributes = new Map([...entries, ...named]);
  for (const [name, value] of attributes)
    if (value.kind === 'dict')
      attributes.set(name, {
        kind: 'instance',
        instance: { definition: null, type: 'namespace', attributes: value.entries },
      });
  return { kind: 'instance', instance: { definition: null, type: 'namespace', attributes } };
};

/** Reads an environment variable as its fallback. */
const environment: PathReader = (_reading, _node, { positional: [, fallback] }) => fallback ?? none;

const json: PathReader = (_reading, _node, { positional: [text] }) => {
  if (text?.kind !== 'string') return unknown;
  try {
    return valueOf(JSON.parse(text.value));
  } catch {
    return unknown;
  }
};

function valueOf(value: unknown): Value {
  if (value === null) return none;
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'string') return string(value);
  if (typeof value === 'boolean') return boolean(value);
  if (Array.isArray(value)) return list(value.map(valueOf));
  return {
    kind: 'dict',
    entries: new Map(Object.entries(value as object).map(([key, each]) => [key, valueOf(each)])),
  };
}

const onTensor =
  (name: string): PathReader =>
  (reading, node, { positional: [tensor, ...rest], named }) => {
    const of = tensor ?? named.get('input');
    if (of?.kind !== 'tensor') return unknown;
    const others = new Map([...named].filter(([key]) => key !== 'input'));
    return tensorMethod(reading, node, of.node, name, { positional: rest, named: others });
  };

const add: PathReader = (reading, node, call) => {
  const [left, right] = call.positional;
  if (left?.kind === 'tensor' && right?.kind === 'tensor' && call.named.size === 0)
    return sum(reading, node, left.node, right.node);
  return lost(reading, node, call, 'torch.add');
};

const partial: PathReader = (_reading, _node, { positional: [of = unknown, ...positional], named }) => ({
  kind: 'partial',
  of,
  call: { positional, named },
});

const copy: PathReader = (reading, _node, { positional: [value] }) =>
  value?.kind === 'module'
    ? { kind: 'module', module: copied(reading, value.module) }
    : value?.kind === 'list'
      ? { ...value, items: [...value.items] }
      : (value ?? unknown);

/** Reads a dataclass's field as its default, or as what its factory makes. */
const dataclassField: PathReader = (reading, node, { named }, scope) => {
  const factory = named.get('default_factory');
  if (factory) return callValue(reading, node, factory, noArguments, scope);
  return named.get('default') ?? unknown;
};

const parser: PathReader = () => ({
  kind: 'instance',
  instance: { definition: null, type: 'parser', attributes: new Map() },
});

/** Reads `chain(a.parameters(), b.parameters())`. */
const chained: PathReader = (reading, _node, { positional }) => {
  if (positional.some(({ kind }) => kind === 'parameters'))
    return {
      kind: 'parameters',
      modules: positional.flatMap((value) => (value.kind === 'parameters' ? value.modules : [])),
    };
  const all = positional.map((value) => itemsOf(reading, value));
  return all.some((items) => items === null) ? unknown : list(all.flatMap((items) => items ?? []));
};

const range: PathReader = (reading, node, call, scope) =>
  builtins['range']?.(reading, call, node, scope) ?? unknown;

const named = (names: string, reader: PathReader) => names.split(' ').map((name) => [name, reader] as const);

const table: ReadonlyMap<string, PathReader> = new Map([
  ...named('torch.manual_seed torch.random.manual_seed', seed),
  ...named(
    'torch.randn torch.rand torch.zeros torch.ones torch.empty torch.Tensor torch.FloatTensor',
    tensorOf,
  ),
  ...named('torchsummary.summary torchinfo.summary torchsummaryX.summary torch_summary.summary', summary),
  ...named('torch.cuda.is_available torch.backends.mps.is_available torch.cuda.device_count', () =>
    boolean(false),
  ),
  ...named(
    'torch.compile torch.jit.script torch.nn.DataParallel torch.nn.parallel.DistributedDataParallel',
    first,
  ),
  ...named(
    'torch.nn.parallel.DataParallel torch.jit.trace torch.nn.SyncBatchNorm.convert_sync_batchnorm',
    first,
  ),
  ...named(
    'torch.nn.utils.spectral_norm torch.nn.utils.weight_norm torch.nn.utils.parametrizations.weight_norm',
    first,
  ),
  ...named('tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm tqdm.std.tqdm rich.progress.track', first),
  ...named(
    'builtins.tqdm builtins.track alive_progress.alive_it fastprogress.progress_bar itertools.cycle',
    first,
  ),
  ...named('tqdm.trange tqdm.auto.trange tqdm.notebook.trange', range),
  ...named('types.SimpleNamespace argparse.Namespace easydict.EasyDict box.Box munch.Munch', namespace),
  ...named('omegaconf.OmegaConf.create ml_collections.ConfigDict addict.Dict', namespace),
  ...named('builtins.SimpleNamespace builtins.EasyDict builtins.Namespace', namespace),
  ...named('os.environ.get os.getenv', environment),
  ...named('json.loads', json),
  ...named('torch.mean', (reading, node, call) => {
    const [of] = call.positional;
    if (of?.kind !== 'tensor') return unknown;
    return mean(reading, node, of.node, { positional: call.positional.slice(1), named: call.named });
  }),
  ...named('torch.reshape', (reading, node, { positional: [of, size], named: given }) => {
    const sizes = size ?? given.get('shape');
    if (of?.kind !== 'tensor') return unknown;
    return {
      kind: 'tensor',
      node: reshaped(reading, node, of.node, sizes?.kind === 'list' ? sizes.items : []),
    };
  }),
  ...named('torch.squeeze', (reading, node, { positional: [of, dim], named: given }) =>
    of?.kind === 'tensor'
      ? { kind: 'tensor', node: squeezed(of.node, dim ?? given.get('dim'), place(reading, node)) }
      : unknown,
  ),
  ...named('torch.unsqueeze', onTensor('unsqueeze')),
  ...named('torch.add', add),
  ...named('functools.partial', partial),
  ...named('copy.deepcopy copy.copy', copy),
  ...named('argparse.ArgumentParser builtins.ArgumentParser', parser),
  ...named('itertools.chain', chained),
  ...named('dataclasses.field builtins.field attr.ib attrs.field', dataclassField),
  ...named('torch.device', (_reading, _node, { positional: [device] }) =>
    device ? from(string('cpu'), undefined) : unknown,
  ),
]);

const isSeed = /(^|\.)seed_everything$/;
const isTrainer =
  /^(pytorch_lightning|lightning|pl|L|lightning\.pytorch|builtins|builtins\.pl|builtins\.L)\.Trainer$/;

export function callPath(
  reading: Reading,
  node: SyntaxNode,
  written: string,
  call: CallArguments,
  scope: Scope,
): Value {
  const path = normalised(written);
  const own = table.get(path) ?? (isSeed.test(path) ? seed : undefined);
  if (own) return own(reading, node, call, scope);
  if (isTrainer.test(path)) return trainer(reading, node, call);
  const builtin = path.startsWith('builtins.') ? builtins[path.slice(9)] : libraryFunctions[path];
  if (builtin) return builtin(reading, call, node, scope);
  const setting = trainingCall(path);
  if (setting) return setting(reading, node, path.split('.').at(-1) ?? '', call);
  const dropout = dropoutFunctions[path];
  const function_ = dropout ?? functionTable[path];
  if (function_) return applyFunction(reading, node, path, function_, call, dropout !== undefined);
  if (/^torch\.nn\.(\w+\.)*[A-Z]\w*$/.test(path)) {
    const { module } = torchModule(reading, node, path, call);
    return module;
  }
  if (/^(torchvision|timm)\.(models\.\w+|create_model)/.test(path)) return foreignModel(reading, node, path);
  readUnknownSettings(reading, node, path, call);
  return lost(reading, node, call, shortName(path));
}

const torchModule = (reading: Reading, node: SyntaxNode, path: string, call: CallArguments) => ({
  module: makeTorchModule(reading, node, path.split('.').at(-1) as string, call),
});

/** Reports a net of another package: its layers are not in the code. */
function foreignModel(reading: Reading, node: SyntaxNode, path: string): Value {
  const module = {
    type: 'foreign',
    torchName: path.split('.').at(-1) ?? path,
    reason: { code: 'model-elsewhere', parameters: { what: path } },
    keepsSize: false,
    place: place(reading, node),
    owner: null,
    named: false,
  } as const;
  const made = { ...module, owner: null };
  reading.made.push(made);
  return { kind: 'module', module: made };
}
