/** Methods of Python's own lists, dictionaries and texts. */
import type { Reading } from '../reading.ts';
import {
  type CallArguments,
  type Value,
  boolean,
  list,
  none,
  number,
  string,
  tuple,
  unknown,
} from '../values.ts';
import { itemsOf } from './items.ts';
import { equal, textOfValue } from './operators.ts';

export function listMethod(
  reading: Reading,
  items: Value[],
  name: string,
  { positional }: CallArguments,
): Value {
  const [first, second] = positional;
  switch (name) {
    case 'append':
    case 'add':
      if (first) items.push(first);
      return none;
    case 'extend':
      if (first) items.push(...(itemsOf(reading, first) ?? [unknown]));
      return none;
    case 'insert':
      if (first?.kind === 'number' && second) items.splice(first.value, 0, second);
      return none;
    case 'pop':
      return items.splice(first?.kind === 'number' ? first.value : -1, 1)[0] ?? unknown;
    case 'clear':
      items.splice(0);
      return none;
    case 'reverse':
      items.reverse();
      return none;
    case 'copy':
      return list([...items]);
    case 'index': {
      const at = first ? items.findIndex((item) => equal(item, first) === true) : -1;
      return at < 0 ? unknown : number(at);
    }
    case 'remove': {
      const at = first ? items.findIndex((item) => item === first || equal(item, first) === true) : -1;
      if (at >= 0) items.splice(at, 1);
      return none;
    }
    default:
      return unknown;
  }
}

export function dictMethod(
  entries: Map<string, Value>,
  name: string,
  { positional, named }: CallArguments,
): Value {
  const [first, second] = positional;
  const key = first ? textOfValue(first) : null;
  switch (name) {
    case 'keys':
      return list([...entries.keys()].map(string));
    case 'values':
      return list([...entries.values()]);
    case 'items':
      return list([...entries].map(([each, value]) => tuple([keyValue(each), value])));
    case 'get':
      return key === null ? unknown : (entries.get(key) ?? second ?? none);
    case 'pop': {
      const value = key === null ? undefined : entries.get(key);
      if (key !== null) entries.delete(key);
      return value ?? second ?? unknown;
    }
    case 'setdefault': {
      if (key === null) return unknown;
      const value = entries.get(key) ?? second ?? none;
      entries.set(key, value);
      return value;
    }
    case 'update':
      if (first?.kind === 'dict') for (const [each, value] of first.entries) entries.set(each, value);
      for (const [each, value] of named) entries.set(each, value);
      return none;
    case 'copy':
      return { kind: 'dict', entries: new Map(entries) };
    default:
      return unknown;
  }
}

/** A dictionary's numeric keys are stored as texts; iterating over it returns numbers again. */
const keyValue = (key: string): Value => (/^-?\d+(\.\d+)?$/.test(key) ? number(Number(key)) : string(key));

export function stringMethod(
  reading: Reading,
  text: string,
  name: string,
  { positional, named }: CallArguments,
): Value {
  const [first] = positional;
  const given = first?.kind === 'string' ? first.value : null;
  switch (name) {
    case 'lower':
      return string(text.toLowerCase());
    case 'upper':
      return string(text.toUpperCase());
    case 'strip':
      return string(text.trim());
    case 'find':
      return given === null ? unknown : number(text.indexOf(given));
    case 'startswith':
      return given === null ? unknown : boolean(text.startsWith(given));
    case 'endswith':
      return given === null ? unknown : boolean(text.endsWith(given));
    case 'split':
      return list((given === null ? text.trim().split(/\s+/) : text.split(given)).map(string));
    case 'replace':
      return given !== null && positional[1]?.kind === 'string'
        ? string(text.replaceAll(given, positional[1].value))
        : unknown;
    case 'join': {
      const items = first ? itemsOf(reading, first)?.map(textOfValue) : null;
      return items && !items.includes(null) ? string(items.join(text)) : unknown;
    }
    case 'format':
      return formatted(text, positional, named);
    default:
      return unknown;
  }
}

function formatted(text: string, positional: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  let next = 0;
  let readable = true;
  const result = text.replace(/\{(\w*)(?::[^}]*)?\}/g, (_, key: string) => {
    const value =
      key === '' ? positional[next++] : /^\d+$/.test(key) ? positional[Number(key)] : named.get(key);
    const shown = value ? textOfValue(value) : null;
    if (shown === null) readable = false;
    return shown ?? '';
  });
  return readable ? string(result) : unknown;
}
