/** Python's own functions, and those of its library that sizes are computed with. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, call as callValue } from '../reading.ts';
import {
  type CallArguments,
  type Module,
  type Scope,
  type Value,
  boolean,
  from,
  list,
  none,
  number,
  string,
  truth,
  tuple,
  unknown,
} from '../values.ts';
import { setAttribute } from './assign.ts';
import { lineage } from './classes.ts';
import { itemsOf, rangeLength } from './items.ts';
import { binary, textOfValue } from './operators.ts';

type Builtin = (reading: Reading, call: CallArguments, node: SyntaxNode, scope: Scope) => Value;

const numbersOf = (values: readonly Value[]): number[] | null => {
  const numbers = values.map((value) => (value.kind === 'number' ? value.value : NaN));
  return numbers.some(Number.isNaN) ? null : numbers;
};

/** Makes a function of one number. */
const numeric =
  (compute: (value: number) => number): Builtin =>
  (_reading, { positional: [first] }) =>
    first?.kind === 'number' ? from(number(compute(first.value)), first) : from(unknown, first);

const toNumber =
  (compute: (value: number) => number): Builtin =>
  (_reading, { positional: [first] }) => {
    if (first?.kind === 'boolean') return number(Number(first.value));
    if (first?.kind === 'batch') return first;
    const value =
      first?.kind === 'number' ? first.value : first?.kind === 'string' ? Number(first.value) : NaN;
    return from(Number.isNaN(value) ? unknown : number(compute(value)), first);
  };

const range: Builtin = (_reading, { positional }) => {
  const [first, second, third] = positional;
  const start = second ? first : number(0);
  const stop = second ?? first;
  const step = third ?? number(1);
  if (start?.kind !== 'number' || step.kind !== 'number' || !stop) return unknown;
  const end = stop.kind === 'number' ? stop.value : null;
  return from({ kind: 'range', start: start.value, stop: end, step: step.value }, stop, start, third);
};

const len: Builtin = (reading, { positional: [first] }) => {
  if (first?.kind === 'tensor') {
    const [batch] = first.node.sizes;
    return batch === 'batch' || batch === undefined ? { kind: 'batch' } : number(batch);
  }
  if (first?.kind === 'dataset')
    return first.dataset.length === null ? unknown : number(first.dataset.length);
  if (first?.kind === 'range') {
    const length = rangeLength(first);
    return length === null ? unknown : number(length);
  }
  const items = first ? itemsOf(reading, first) : null;
  return items ? from(number(items.length), first) : unknown;
};

/** Iterating over a wrapped loader is iterating over the loader. */
const through: Builtin = (reading, { positional: [first] }) => {
  if (first?.kind === 'loader' || first?.kind === 'range') return first;
  const items = first ? itemsOf(reading, first) : [];
  return items ? from(list([...items]), first) : unknown;
};

const enumerate: Builtin = (reading, { positional: [first, second], named }) => {
  if (first?.kind === 'loader') return first;
  const items = first ? itemsOf(reading, first) : null;
  const start = second ?? named.get('start');
  const begin = start?.kind === 'number' ? start.value : 0;
  return items ? list(items.map((item, i) => tuple([number(begin + i), item]))) : unknown;
};

const zip: Builtin = (reading, { positional }) => {
  const loader = positional.find(({ kind }) => kind === 'loader');
  if (loader) return loader;
  const all = positional.map((value) => itemsOf(reading, value));
  if (all.length === 0 || all.some((items) => items === null)) return unknown;
  const length = Math.min(...all.map((items) => items?.length ?? 0));
  return list(Array.from({ length }, (_, i) => tuple(all.map((items) => items?.[i] ?? unknown))));
};

const dict: Builtin = (reading, { positional: [first], named, unread }) => {
  if (unread !== undefined) return unknown;
  const entries = new Map<string, Value>();
  if (first?.kind === 'dict') for (const [key, value] of first.entries) entries.set(key, value);
  else if (first) {
    for (const item of itemsOf(reading, first) ?? []) {
      const key = item.kind === 'list' && item.items[0] ? textOfValue(item.items[0]) : null;
      if (key === null || item.kind !== 'list') return unknown;
      entries.set(key, item.items[1] ?? unknown);
    }
  }
  for (const [key, value] of named) entries.set(key, value);
  return { kind: 'dict', entries };
};

const extreme =
  (pick: (...values: number[]) => number): Builtin =>
  (reading, { positional }) => {
    const [first] = positional;
    const items = positional.length === 1 && first ? itemsOf(reading, first) : positional;
    const numbers = items && numbersOf(items);
    return numbers && numbers.length > 0 ? number(pick(...numbers)) : unknown;
  };

const sum: Builtin = (reading, { positional: [first, start] }, node) => {
  const items = first ? itemsOf(reading, first) : null;
  if (!items) return unknown;
  return items.reduce<Value>(
    (total, item) => {
      if (total.kind === 'number' && total.value === 0 && item.kind === 'tensor') return item;
      return item.kind === 'tensor' || total.kind === 'tensor'
        ? reading.language.tensorOperator(reading, node, '+', total, item)
        : binary('+', total, item);
    },
    start ?? number(0),
  );
};

const product: Builtin = (reading, { positional: [first] }) => {
  const items = first ? itemsOf(reading, first) : null;
  return items ? items.reduce<Value>((total, item) => binary('*', total, item), number(1)) : unknown;
};

const reduce: Builtin = (reading, { positional: [function_, first, start] }, node, scope) => {
  const items = first ? itemsOf(reading, first) : null;
  if (!items || !function_) return unknown;
  const all = start ? [start, ...items] : [...items];
  return all.length === 0
    ? unknown
    : all.reduce((total, item) =>
        callValue(reading, node, function_, { positional: [total, item], named: new Map() }, scope),
      );
};

const map: Builtin = (reading, { positional: [function_, first] }, node, scope) => {
  const items = first ? itemsOf(reading, first) : null;
  if (!items || !function_) return unknown;
  return list(
    items.map((item) => callValue(reading, node, function_, { positional: [item], named: new Map() }, scope)),
  );
};

const filter: Builtin = (_reading, { positional: [, first] }) =>
  first?.kind === 'parameters' ? first : unknown;

/** Returns whether a module is of the class; null if unknown. */
function isOf(module: Module, definition: Value): boolean | null {
  if (definition.kind === 'list') {
    const each = definition.items.map((item) => isOf(module, item));
    if (each.includes(true)) return true;
    return each.includes(null) ? null : false;
  }
  if (definition.kind === 'class')
    return module.type === 'user' && lineage(module.definition).includes(definition);
  if (definition.kind !== 'path') return null;
  const name = definition.path.split('.').at(-1);
  if (name === 'Module') return true;
  if (module.type === 'user') return module.sequence !== null && name === 'Sequential';
  return module.torchName === name || (name === '_ConvNd' && /^Conv/.test(module.torchName));
}

const typeNames: Readonly<Record<string, readonly string[]>> = {
  number: ['int', 'float'],
  boolean: ['bool', 'int'],
  string: ['str'],
  list: ['list', 'tuple'],
  dict: ['dict'],
};

const isInstance: Builtin = (_reading, { positional: [value, definition] }) => {
  if (!value || !definition) return unknown;
  if (value.kind === 'module') {
    const holds = isOf(value.module, definition);
    return holds === null ? unknown : boolean(holds);
  }
  const names = typeNames[value.kind];
  const asked = (definition.kind === 'list' ? definition.items : [definition]).map((each) =>
    each.kind === 'path' ? each.path.replace(/^builtins\./, '') : '',
  );
  if (value.kind === 'list' && asked.every((name) => name === 'list' || name === 'tuple')) {
    return boolean(asked.includes(value.tuple ? 'tuple' : 'list'));
  }
  if (value.kind === 'number' && asked.join() === 'int') return boolean(Number.isInteger(value.value));
  return names ? boolean(asked.some((name) => names.includes(name))) : unknown;
};

const typeOf: Builtin = (_reading, { positional: [value] }) => {
  if (value?.kind === 'module')
    return value.module.type === 'user'
      ? value.module.definition
      : { kind: 'path', path: `torch.nn.${value.module.torchName}` };
  const [name] = (value && typeNames[value.kind]) ?? [];
  return name === undefined ? unknown : { kind: 'path', path: `builtins.${name}` };
};

const getAttribute: Builtin = (reading, { positional: [object, name, fallback] }, node) => {
  if (!object || name?.kind !== 'string') return unknown;
  const value = from(reading.language.member(reading, node, object, name.value), name);
  return fallback && value.kind === 'unknown' ? fallback : value;
};

const setAttributeCall: Builtin = (_reading, { positional: [object, name, value] }) => {
  if (object && name?.kind === 'string' && value) setAttribute(object, name.value, value);
  return none;
};

const hasAttribute: Builtin = (_reading, { positional: [object, name] }) => {
  if (name?.kind !== 'string' || !object) return unknown;
  if (object.kind === 'instance') return boolean(object.instance.attributes.has(name.value));
  if (object.kind === 'module' && object.module.type === 'layer')
    return ['weight', 'bias'].includes(name.value) ? boolean(object.module.made !== null) : unknown;
  return unknown;
};

const superOf: Builtin = (_reading, { positional: [first, second] }, _node, scope) => {
  const self = scope.get('self') ?? second;
  const definition = first?.kind === 'class' ? first : scope.get('__class__');
  return self && definition?.kind === 'class' ? { kind: 'super', self, definition } : unknown;
};

const sorted: Builtin = (reading, { positional: [first], named }) => {
  const items = first ? itemsOf(reading, first) : null;
  const numbers = items && numbersOf(items);
  if (!numbers || named.has('key')) return unknown;
  const order = numbers.toSorted((a, b) => a - b);
  return list((truth(named.get('reverse') ?? none) ? order.reverse() : order).map(number));
};

const allOf =
  (wanted: boolean): Builtin =>
  (reading, { positional: [first] }) => {
    const items = first ? itemsOf(reading, first)?.map(truth) : null;
    if (!items) return unknown;
    if (items.includes(wanted)) return boolean(wanted);
    return items.includes(null) ? unknown : boolean(!wanted);
  };

const text: Builtin = (_reading, { positional: [first] }) => {
  const value = first ? textOfValue(first) : '';
  return value === null ? unknown : string(value);
};

export const builtins: Readonly<Record<string, Builtin | undefined>> = {
  super: superOf,
  range,
  len,
  list: through,
  tuple: through,
  iter: through,
  set: through,
  reversed: (reading, { positional: [first] }) => {
    const items = first ? itemsOf(reading, first) : null;
    return items ? list([...items].reverse()) : unknown;
  },
  enumerate,
  zip,
  dict,
  int: toNumber(Math.trunc),
  float: toNumber((value) => value),
  bool: (_reading, { positional: [first] }) => {
    const holds = first ? truth(first) : false;
    return holds === null ? unknown : boolean(holds);
  },
  str: text,
  abs: numeric(Math.abs),
  round: numeric(Math.round),
  pow: (_reading, { positional: [a, b] }) => (a && b ? binary('**', a, b) : unknown),
  divmod: (_reading, { positional: [a, b] }) =>
    a && b ? tuple([binary('//', a, b), binary('%', a, b)]) : unknown,
  max: extreme(Math.max),
  min: extreme(Math.min),
  sum,
  map,
  filter,
  sorted,
  any: allOf(true),
  all: allOf(false),
  isinstance: isInstance,
  type: typeOf,
  getattr: getAttribute,
  setattr: setAttributeCall,
  hasattr: hasAttribute,
  vars: (_reading, { positional: [first] }) =>
    first?.kind === 'instance' ? { kind: 'dict', entries: first.instance.attributes } : unknown,
  print: () => none,
};

const path = (names: readonly string[], function_: Builtin) =>
  names.map((name) => [name, function_] as const);

/** Functions of Python's library and of NumPy, by their full names. */
export const libraryFunctions: Readonly<Record<string, Builtin | undefined>> = Object.fromEntries([
  ...path(['math.prod', 'numpy.prod', 'np.prod'], product),
  ...path(['math.floor', 'numpy.floor'], numeric(Math.floor)),
  ...path(['math.ceil', 'numpy.ceil'], numeric(Math.ceil)),
  ...path(['math.sqrt', 'numpy.sqrt'], numeric(Math.sqrt)),
  ...path(['math.log2', 'numpy.log2'], numeric(Math.log2)),
  ...path(['functools.reduce'], reduce),
  ...path(['operator.mul'], (_reading, { positional: [a, b] }) => (a && b ? binary('*', a, b) : unknown)),
  ...path(['operator.add'], (_reading, { positional: [a, b] }) => (a && b ? binary('+', a, b) : unknown)),
  ...path(['collections.OrderedDict'], dict),
]);
