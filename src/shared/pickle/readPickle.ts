/**
 * Reads Python's pickle format as data, protocols 0 to 5 (every opcode is described in Python's `pickletools.py`). A
 * pickle is a program: it names functions that Python would import and call. Here only names that the caller allows are
 * accepted, and even these are never called: a call becomes a value. Any other name ends the reading with a `Problem`
 * that names it.
 */
import { Problem } from '../base/problem.ts';
import { decodeUtf8 } from '../base/text.ts';
import {
  PersistentId,
  PickleCall,
  PickleDict,
  PickleGlobal,
  PickleTuple,
  type PickleValue,
  dictOf,
  itemsOf,
} from './values.ts';

export interface PickleOptions {
  /** Path of the file, for errors. */
  readonly path: string;
  /** Returns whether a pickle may name `module.name`. */
  readonly allows: (global: PickleGlobal) => boolean;
}

/** The value, and the position after the pickle's last byte: a file may hold several. */
export interface ReadPickle {
  readonly value: PickleValue;
  readonly end: number;
}

export function readPickle(bytes: Uint8Array, options: PickleOptions, start = 0): ReadPickle {
  return new Reader(bytes, options, start).read();
}

/** The value that a MARK opcode pushes. */
const mark = Symbol('mark');
type Slot = PickleValue | typeof mark;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: PickleOptions;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #position: number;

  constructor(bytes: Uint8Array, options: PickleOptions, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
    this.#position = start;
  }

  read(): ReadPickle {
    for (;;) {
      const at = this.#position;
      const code = this.#take(1)[0] as number;
      if (code === 0x2e) return { value: this.#pop(), end: this.#position };
      const step = opcodes[code];
      if (!step) throw this.#damaged(`byte ${at} is ${code}, which is no opcode that is read here`);
      step(this.#machine);
    }
  }

  readonly #machine: Machine = {
    push: (value) => void this.#stack.push(value),
    pop: () => this.#pop(),
    top: () => {
      const value = this.#stack.at(-1);
      if (value === undefined || value === mark) throw this.#damaged('a value is missing');
      return value;
    },
    pushMark: () => void this.#stack.push(mark),
    sinceMark: () => {
      const from = this.#stack.lastIndexOf(mark);
      if (from < 0) throw this.#damaged('a mark is missing');
      return this.#stack.splice(from).slice(1) as PickleValue[];
    },
    take: (count) => this.#take(count),
    uint: (size) => this.#uint(size),
    int32: () => {
      const at = this.#position;
      this.#take(4);
      return this.#view.getInt32(at, true);
    },
    float64: () => {
      const at = this.#position;
      this.#take(8);
      return this.#view.getFloat64(at, false);
    },
    line: () => {
      const end = this.#bytes.indexOf(0x0a, this.#position);
      if (end < 0) throw this.#damaged('a line does not end');
      const line = this.#bytes.subarray(this.#position, end);
      this.#position = end + 1;
      return latin1(line);
    },
    global: (module, name) => {
      const global = new PickleGlobal(module, name);
      if (this.#options.allows(global)) return global;
      throw new Problem(
        'pickle.refused',
        `${this.#options.path} is refused: opening it with Python would import and could call "${global.fullName}". ` +
          'Only tensors and plain values are read here, and nothing was run',
        { path: this.#options.path, name: global.fullName },
      );
    },
    remember: (index, value) => void this.#memo.set(index, value),
    recall: (index) => {
      const value = this.#memo.get(index);
      if (value === undefined) throw this.#damaged(`value ${index} is used before it is there`);
      return value;
    },
    memoSize: () => this.#memo.size,
    damaged: (detail) => this.#damaged(detail),
  };

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw this.#damaged('a value is missing');
    return value;
  }

  #take(count: number): Uint8Array {
    const end = this.#position + count;
    if (count < 0 || end > this.#bytes.length) throw this.#damaged('it ends too early');
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  #uint(size: number): number {
    return this.#take(size).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  #damaged(detail: string): Problem {
    return new Problem(
      'pickle.damaged',
      `${this.#options.path} is damaged: its pickle cannot be read (${detail})`,
      {
        path: this.#options.path,
        detail,
      },
    );
  }
}

/** The state on which opcodes operate. */
interface Machine {
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  pushMark(): void;
  sinceMark(): PickleValue[];
  take(count: number): Uint8Array;
  /** Reads a little-endian number of the given bytes. */
  uint(size: number): number;
  int32(): number;
  float64(): number;
  line(): string;
  global(module: string, name: string): PickleGlobal;
  remember(index: number, value: PickleValue): void;
  recall(index: number): PickleValue;
  memoSize(): number;
  damaged(detail: string): Problem;
}

type Step = (m: Machine) => void;

/**
 * The text is decoded in chunks, because Python 2 stores arrays of many megabytes as texts and a call takes only so
 * many arguments.
 */
function latin1(bytes: Uint8Array): string {
  const piece = 8192;
  let text = '';
  for (let from = 0; from < bytes.length; from += piece)
    text += String.fromCharCode(...bytes.subarray(from, from + piece));
  return text;
}

/** Reads a little-endian number in two's complement. */
function integer(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  if ((bytes.at(-1) ?? 0) >= 0x80) value -= 1n << BigInt(8 * bytes.length);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function call(m: Machine): void {
  const args = itemsOf(m.pop());
  const callee = m.pop();
  if (!(callee instanceof PickleGlobal) || !args) throw m.damaged('something that is no function is called');
  m.push(new PickleCall(callee, args));
}

function setItems(m: Machine, target: PickleValue, values: readonly PickleValue[]): void {
  const dict = target instanceof PickleCall ? target.items : dictOf(target);
  if (!dict || values.length % 2 !== 0) throw m.damaged('items are put into something that has none');
  for (let i = 0; i < values.length; i += 2)
    dict.entries.push([values[i] as PickleValue, values[i + 1] as PickleValue]);
}

function append(m: Machine, target: PickleValue, values: readonly PickleValue[]): void {
  if (!Array.isArray(target)) throw m.damaged('values are appended to something that is no list');
  for (const value of values) (target as PickleValue[]).push(value);
}

function quoted(m: Machine): string {
  const line = m.line();
  if (!/^(['"]).*\1$/.test(line)) throw m.damaged('a text has no quotes');
  return line
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|.)/gi, (_, escape: string) =>
      escape.length === 3
        ? String.fromCharCode(parseInt(escape.slice(1), 16))
        : ({ n: '\n', r: '\r', t: '\t' }[escape] ?? escape),
    );
}

const tuple =
  (count: number): Step =>
  (m) => {
    const items = Array.from({ length: count }, () => m.pop()).reverse();
    m.push(new PickleTuple(items));
  };
const put =
  (index: (m: Machine) => number): Step =>
  (m) =>
    m.remember(index(m), m.top());
const get =
  (index: (m: Machine) => number): Step =>
  (m) =>
    m.push(m.recall(index(m)));

/** Steps by the opcode's byte. STOP ends the reading and is not included. */
const opcodes: Readonly<Record<number, Step>> = {
  0x80: (m) => void m.take(1), // PROTO
  0x95: (m) => void m.take(8), // FRAME
  0x28: (m) => m.pushMark(),
  0x30: (m) => void m.pop(),
  0x31: (m) => void m.sinceMark(), // POP_MARK
  0x32: (m) => m.push(m.top()), // DUP
  0x4e: (m) => m.push(null),
  0x88: (m) => m.push(true),
  0x89: (m) => m.push(false),
  0x49: (m) => {
    // INT: 00 and 01 are protocol 0's booleans.
    const line = m.line();
    m.push(line === '00' ? false : line === '01' ? true : Number(line));
  },
  0x4c: (m) => {
    const value = BigInt(m.line().replace(/L$/, ''));
    m.push(Number.isSafeInteger(Number(value)) ? Number(value) : value);
  },
  0x46: (m) => m.push(Number(m.line())), // FLOAT
  0x4a: (m) => m.push(m.int32()), // BININT
  0x4b: (m) => m.push(m.uint(1)),
  0x4d: (m) => m.push(m.uint(2)),
  0x8a: (m) => m.push(integer(m.take(m.uint(1)))), // LONG1
  0x8b: (m) => m.push(integer(m.take(m.uint(4)))), // LONG4
  0x47: (m) => m.push(m.float64()), // BINFLOAT
  0x53: (m) => m.push(quoted(m)), // STRING
  0x54: (m) => m.push(latin1(m.take(m.uint(4)))), // BINSTRING
  0x55: (m) => m.push(latin1(m.take(m.uint(1)))), // SHORT_BINSTRING
  0x56: (m) => m.push(m.line()), // UNICODE
  0x58: (m) => m.push(decodeUtf8(m.take(m.uint(4)))), // BINUNICODE
  0x8c: (m) => m.push(decodeUtf8(m.take(m.uint(1)))), // SHORT_BINUNICODE
  0x8d: (m) => m.push(decodeUtf8(m.take(m.uint(8)))), // BINUNICODE8
  0x42: (m) => m.push(m.take(m.uint(4)).slice()), // BINBYTES
  0x43: (m) => m.push(m.take(m.uint(1)).slice()), // SHORT_BINBYTES
  0x8e: (m) => m.push(m.take(m.uint(8)).slice()), // BINBYTES8
  0x96: (m) => m.push(m.take(m.uint(8)).slice()), // BYTEARRAY8
  0x5d: (m) => m.push([]),
  0x6c: (m) => m.push(m.sinceMark()), // LIST
  0x61: (m) => {
    const value = m.pop();
    append(m, m.top(), [value]);
  },
  0x65: (m) => {
    const values = m.sinceMark();
    append(m, m.top(), values);
  },
  0x29: (m) => m.push(new PickleTuple([])),
  0x74: (m) => m.push(new PickleTuple(m.sinceMark())),
  0x85: tuple(1),
  0x86: tuple(2),
  0x87: tuple(3),
  0x7d: (m) => m.push(new PickleDict()),
  0x64: (m) => {
    const values = m.sinceMark();
    const dict = new PickleDict();
    setItems(m, dict, values);
    m.push(dict);
  },
  0x73: (m) => {
    const value = m.pop();
    const key = m.pop();
    setItems(m, m.top(), [key, value]);
  },
  0x75: (m) => {
    const values = m.sinceMark();
    setItems(m, m.top(), values);
  },
  0x8f: (m) => m.push([]), // EMPTY_SET
  0x90: (m) => {
    const values = m.sinceMark();
    append(m, m.top(), values);
  },
  0x63: (m) => m.push(m.global(m.line(), m.line())), // GLOBAL
  0x93: (m) => {
    // STACK_GLOBAL
    const name = m.pop();
    const module = m.pop();
    if (typeof name !== 'string' || typeof module !== 'string') throw m.damaged('a name is no text');
    m.push(m.global(module, name));
  },
  0x52: call, // REDUCE
  0x81: call, // NEWOBJ
  0x62: (m) => {
    // BUILD
    const state = m.pop();
    const target = m.top();
    if (target instanceof PickleCall) target.state = state;
  },
  0x50: (m) => m.push(new PersistentId(m.line())),
  0x51: (m) => m.push(new PersistentId(m.pop())),
  0x70: put((m) => Number(m.line())),
  0x71: put((m) => m.uint(1)),
  0x72: put((m) => m.uint(4)),
  0x94: put((m) => m.memoSize()), // MEMOIZE
  0x67: get((m) => Number(m.line())),
  0x68: get((m) => m.uint(1)),
  0x6a: get((m) => m.uint(4)),
};
