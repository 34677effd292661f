/** The elements of a pickle that is read as data. Nothing is ever called: calls are values, too. */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleCall
  | PersistentId;

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A dict, an OrderedDict, or another mapping; entries in the file's order. */
export class PickleDict {
  readonly entries: [PickleValue, PickleValue][] = [];

  get(key: string): PickleValue | undefined {
    return this.entries.findLast(([each]) => textOf(each) === key)?.[1];
  }
}

/** A name that Python would import. */
export class PickleGlobal {
  readonly module: string;
  readonly name: string;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
  get fullName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A call that Python would make. `state` is the argument of `__setstate__`. */
export class PickleCall {
  readonly callee: PickleGlobal;
  readonly args: readonly PickleValue[];
  readonly items = new PickleDict();
  state: PickleValue | undefined;
  constructor(callee: PickleGlobal, args: readonly PickleValue[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** A reference that Python's reader resolves through its owner: PyTorch's storages. */
export class PersistentId {
  readonly id: PickleValue;
  constructor(id: PickleValue) {
    this.id = id;
  }
}

/** Returns a key or a text, even if Python 2 or 3 wrote it as bytes. */
export function textOf(value: PickleValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => String.fromCharCode(byte)).join('');
  return undefined;
}

/** Returns the items of a tuple or a list. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (value instanceof PickleTuple) return value.items;
  return Array.isArray(value) ? (value as readonly PickleValue[]) : undefined;
}

/** Returns the value as a mapping: a dict, or an OrderedDict with its items. */
export function dictOf(value: PickleValue | undefined): PickleDict | undefined {
  if (value instanceof PickleDict) return value;
  return value instanceof PickleCall && value.callee.fullName === 'collections.OrderedDict'
    ? value.items
    : undefined;
}

/** Returns a whole number, however it was pickled. */
export function integerOf(value: PickleValue | undefined): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}
