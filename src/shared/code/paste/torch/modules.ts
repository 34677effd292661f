/** Torch's modules: constructed, nested, and called. */
import type { SyntaxNode } from '@lezer/common';
import { Findings } from '../findings.ts';
import { own, setAttribute, setChild } from '../python/assign.ts';
import { extendsSequential, lookUp } from '../python/classes.ts';
import { callFunction } from '../python/functions.ts';
import { textOfValue } from '../python/operators.ts';
import { type Reading, deepestCall, place } from '../reading.ts';
import { consume, consumeAll } from '../training/script.ts';
import {
  type CallArguments,
  type ClassValue,
  type Module,
  NotUnderstood,
  type Place,
  type Reason,
  type SequenceModule,
  type UserModule,
  type Value,
  none,
  unknown,
} from '../values.ts';
import { applyOperations } from './apply.ts';
import { bind } from './arguments.ts';
import { moduleTable, sizeKeepers } from './layerTable.ts';

type Children = SequenceModule['children'];

/** Returns modules given one by one, as a list, or as an OrderedDict's pairs. */
function childrenOf({ positional }: CallArguments): Children {
  const [first] = positional;
  const numbered = (items: readonly Value[]) => items.map((value, i) => ({ key: String(i), value }));
  if (positional.length === 1 && first?.kind === 'dict')
    return [...first.entries].map(([key, value]) => ({ key, value }));
  if (positional.length === 1 && first?.kind === 'module' && first.module.type === 'sequence')
    if (first.module.torchName !== 'Sequential') return [...first.module.children];
  if (positional.length !== 1 || first?.kind !== 'list') return numbered(positional);
  return first.items.map((item, i) => {
    const pair = item.kind === 'list' && item.items[0]?.kind === 'string' ? item.items : null;
    const key = pair?.[0]?.kind === 'string' ? pair[0].value : String(i);
    return { key, value: pair ? (pair[1] ?? unknown) : item };
  });
}

function sequence(
  torchName: SequenceModule['torchName'],
  children: Children,
  at: Place,
  owner: Module | null = null,
): SequenceModule {
  const module: SequenceModule = { type: 'sequence', torchName, children, place: at, owner, named: false };
  for (const { value } of children) own(value, module);
  return module;
}

/** Constructs `nn.Conv2d(…)` and all other modules below `torch.nn`. */
export function makeTorchModule(
  reading: Reading,
  node: SyntaxNode,
  name: string,
  call: CallArguments,
): Value {
  const at = place(reading, node);
  consumeAll(reading, call, at);
  reading.created += 1;
  if (name === 'Sequential' || name === 'ModuleList' || name === 'ModuleDict') {
    const module = sequence(name, childrenOf(call), at);
    if (name === 'Sequential') made(reading, module);
    return { kind: 'module', module };
  }
  if (name === 'Module') return unknown;
  if (name === 'Identity')
    return {
      kind: 'module',
      module: { type: 'layer', torchName: name, operations: [], made: null, ...fresh(at) },
    };
  const entry = moduleTable[name];
  if (!entry) return foreign(name, at, { code: 'module-unknown', parameters: { what: `nn.${name}` } });
  const number = entry.draws ? (reading.drawn += 1) : null;
  try {
    const operations = entry.operations(bind(`nn.${name}`, entry.signature, call), `nn.${name}`);
    const module: Module = { type: 'layer', torchName: name, operations, made: number, ...fresh(at) };
    return { kind: 'module', module };
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return foreign(name, at, error);
  }
}

const fresh = (at: Place) => ({ place: at, owner: null, named: false });

/**
 * Makes a foreign module, which is reported only where it is used: an unused one changes nothing but the random numbers
 * of the seed.
 */
function foreign(torchName: string, at: Place, { code, parameters }: Reason): Value {
  const keepsSize =
    sizeKeepers.has(torchName) || /^(BatchNorm2d|Dropout|Dropout2d|GELU|Softplus)$/.test(torchName);
  return {
    kind: 'module',
    module: { type: 'foreign', torchName, reason: { code, parameters }, keepsSize, ...fresh(at) },
  };
}

function made(reading: Reading, module: Module): void {
  if (reading.mode === 'script') reading.made.push(module);
}

/** Constructs a module of a class of the script's own by following its `__init__`. */
export function construct(
  reading: Reading,
  node: SyntaxNode | null,
  definition: ClassValue,
  call: CallArguments,
): Value {
  const at = node ? place(reading, node) : definition.place;
  if (call.unread !== undefined) reading.findings.add('error', 'arguments-unread', at, { what: call.unread });
  const module: UserModule = {
    type: 'user',
    definition,
    attributes: new Map(),
    sequence: extendsSequential(definition) ? sequence('Sequential', [], at) : null,
    ...fresh(at),
  };
  const value: Value = { kind: 'module', module };
  const initial = lookUp(definition, '__init__');
  made(reading, module);
  const before = reading.mode;
  if (before !== 'script') reading.instantiated.add(definition);
  reading.mode = 'making';
  if (initial?.kind === 'function') callFunction(reading, initial, call, value);
  else if (module.sequence) extendSequence(module, call);
  reading.mode = before;
  return value;
}

export function extendSequence(module: UserModule, call: CallArguments): void {
  for (const { key, value } of childrenOf(call)) if (module.sequence) setChild(module.sequence, key, value);
  for (const { key, value } of module.sequence?.children ?? [])
    setAttribute({ kind: 'module', module }, key, value);
}

/** Runs a module's `forward` outside of the net's own pass, for its sizes, without findings. */
function quietly(reading: Reading, work: () => Value): Value {
  const { mode, findings } = reading;
  reading.mode = 'forward';
  reading.findings = new Findings();
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return unknown;
  } finally {
    reading.mode = mode;
    reading.findings = findings;
  }
}

export function apply(reading: Reading, node: SyntaxNode | null, module: Module, call: CallArguments): Value {
  const input = call.positional[0] ?? call.named.values().next().value;
  const { trace } = reading;
  if (trace === null && reading.mode !== 'forward') {
    if (input?.kind !== 'tensor') return unknown;
    if (reading.depth > deepestCall) return unknown;
    return quietly(reading, () => applied(reading, node, module, call, input));
  }
  return applied(reading, node, module, call, input);
}

function applied(
  reading: Reading,
  node: SyntaxNode | null,
  module: Module,
  call: CallArguments,
  input: Value | undefined,
): Value {
  const { trace } = reading;
  const at = node ? place(reading, node) : module.place;
  switch (module.type) {
    case 'layer': {
      if (input?.kind !== 'tensor') return unknown;
      if (trace) {
        const uses = (trace.uses.get(module) ?? 0) + 1;
        trace.uses.set(module, uses);
        if (uses > 1 && module.made !== null) reading.findings.add('error', 'shared-weights', at);
      }
      return { kind: 'tensor', node: applyOperations(reading, input.node, module.operations, at, module) };
    }
    case 'sequence':
      return applySequence(reading, node, module, input ?? unknown);
    case 'foreign':
      if (input?.kind === 'tensor' && trace) {
        reading.findings.add('error', module.reason.code, module.place, module.reason.parameters);
        if (!module.keepsSize) trace.sizesKnown = false;
      }
      return input ?? unknown;
    case 'user': {
      const forward = lookUp(module.definition, 'forward') ?? lookUp(module.definition, '__call__');
      const self: Value = { kind: 'module', module };
      if (forward?.kind === 'function') return callFunction(reading, forward, call, self);
      if (module.sequence) return applySequence(reading, node, module.sequence, input ?? unknown);
      throw new NotUnderstood('no-forward', { what: module.definition.name });
    }
  }
}

function applySequence(
  reading: Reading,
  node: SyntaxNode | null,
  module: SequenceModule,
  input: Value,
): Value {
  if (module.torchName !== 'Sequential')
    throw new NotUnderstood('operation-unknown', { what: `nn.${module.torchName}` });
  return module.children.reduce<Value>((value, child) => {
    consume(reading, child.value);
    const given = { positional: [value], named: new Map<string, Value>() };
    if (child.value.kind === 'module') return stepInto(reading, node, child.value.module, given, value);
    if (reading.trace) {
      reading.findings.add('error', 'operation-unknown', module.place, { what: 'nn.Sequential' });
      reading.trace.sizesKnown = false;
    }
    return value;
  }, input);
}

/** An unsupported child does not end the sequence. */
function stepInto(
  reading: Reading,
  node: SyntaxNode | null,
  module: Module,
  given: CallArguments,
  value: Value,
): Value {
  try {
    return applied(reading, node, module, given, given.positional[0]);
  } catch (error) {
    if (!(error instanceof NotUnderstood) || !reading.trace) throw error;
    reading.findings.add('error', error.code, module.place, error.parameters);
    return value;
  }
}

/** Returns the modules directly below. */
export function childModules(module: Module): { readonly key: string; readonly module: Module }[] {
  const of = (key: string, value: Value): { key: string; module: Module }[] =>
    value.kind === 'module' ? [{ key, module: value.module }] : [];
  if (module.type === 'sequence') return module.children.flatMap(({ key, value }) => of(key, value));
  if (module.type !== 'user') return [];
  const own = [...module.attributes].flatMap(([key, value]) => of(key, value));
  return own.length > 0 || !module.sequence ? own : childModules(module.sequence);
}

/** Returns the module and all below it, each once. */
export function allModules(module: Module, seen = new Set<Module>()): Module[] {
  if (seen.has(module)) return [];
  seen.add(module);
  return [module, ...childModules(module).flatMap((child) => allModules(child.module, seen))];
}

/** Copies a module and all that it holds: `copy.deepcopy` shares no weights. */
export function copied(reading: Reading, module: Module, owner: Module | null = null): Module {
  const copyValue = (value: Value, to: Module): Value =>
    value.kind === 'module'
      ? { ...value, module: copied(reading, value.module, to) }
      : value.kind === 'list'
        ? { ...value, items: value.items.map((item) => copyValue(item, to)) }
        : value;
  switch (module.type) {
    case 'sequence': {
      const copy: SequenceModule = { ...module, children: [], owner };
      copy.children.push(
        ...module.children.map(({ key, value }) => ({ key, value: copyValue(value, copy) })),
      );
      return copy;
    }
    case 'user': {
      const copy: UserModule = { ...module, attributes: new Map(), owner };
      for (const [key, value] of module.attributes) copy.attributes.set(key, copyValue(value, copy));
      return copy;
    }
    case 'layer':
      return { ...module, owner, made: module.made === null ? null : (reading.drawn += 1) };
    case 'foreign':
      return { ...module, owner };
  }
}

/** Returns the outermost module that contains it. */
export function rootOf(module: Module): Module {
  let root = module;
  for (let depth = 0; root.owner && depth < 100; depth += 1) root = root.owner;
  return root;
}

export function memberOfModule(of: Value, module: Module, name: string): Value {
  const method: Value = { kind: 'method', of, name };
  if (name === 'training')
    return {
      kind: 'boolean',
      value: true,
      origin: { kind: 'training', what: 'training', place: module.place },
    };
  if (name === '__class__') return { kind: 'method', of, name };
  if (name === 'module') return module.type === 'user' ? (module.attributes.get(name) ?? of) : of;
  switch (module.type) {
    case 'user': {
      const value = module.attributes.get(name) ?? lookUp(module.definition, name);
      if (value?.kind === 'function') return value.owner || lookUp(module.definition, name) ? method : value;
      return value ?? method;
    }
    case 'sequence':
      return module.children.find(({ key }) => key === name)?.value ?? method;
    case 'layer': {
      const [operation] = module.operations;
      if (
        name === 'bias' &&
        operation?.kind === 'layer' &&
        'bias' in operation.layer &&
        !operation.layer.bias
      )
        return none;
      if (name === 'weight' || name === 'bias') return { kind: 'parameter', module, name };
      if (operation?.kind === 'layer') {
        const { layer, takes } = operation;
        const known: Readonly<Record<string, number | undefined>> = {
          out_channels: layer.type === 'conv2d' ? layer.filters : undefined,
          in_channels: takes?.channels,
          num_features: takes?.channels,
          out_features: layer.type === 'linear' ? layer.units : undefined,
          in_features: takes?.features,
        };
        const value = known[name];
        if (value !== undefined) return { kind: 'number', value };
      }
      return method;
    }
    case 'foreign':
      return name === 'weight' || name === 'bias' ? { kind: 'parameter', module, name } : method;
  }
}

/** Reads `net.layer = …` and `add_module('layer', …)`. */
export function addModule(module: Module, [key, child]: readonly Value[]): void {
  const name = key ? textOfValue(key) : null;
  if (name !== null && child) setAttribute({ kind: 'module', module }, name, child);
}
