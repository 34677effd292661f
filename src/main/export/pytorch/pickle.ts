/**
 * A minimal writer of Python's pickle format, protocol 2 (Python's `pickletools.py` describes every opcode).
 * It writes only plain values and the few calls in a PyTorch `state_dict`, with opcodes that
 * `torch.load(weights_only=True)` accepts. No npm library writes persistent ids.
 */
import { utf8 } from '../encoded.ts';

/** A Python object that is created by calling `module.name(*args)`. */
export interface PickledCall {
  readonly call: readonly [module: string, name: string];
  readonly args: readonly PickledValue[];
  /** Items that are set on the created object, for an OrderedDict. */
  readonly items?: readonly (readonly [string, PickledValue])[];
}

export type PickledValue =
  | string
  | number
  | boolean
  | PickledCall
  | { readonly tuple: readonly PickledValue[] }
  | { readonly global: readonly [module: string, name: string] }
  /** Argument for the reader's `persistent_load`. */
  | { readonly persistent: PickledValue };

const op = {
  proto: 0x80,
  stop: 0x2e,
  mark: 0x28,
  global: 0x63,
  reduce: 0x52,
  emptyTuple: 0x29,
  tuple: 0x74,
  setItems: 0x75,
  persistent: 0x51,
  unicode: 0x58,
  int1: 0x4b,
  int2: 0x4d,
  int4: 0x4a,
  true: 0x88,
  false: 0x89,
} as const;

export function pickle(value: PickledValue): Uint8Array {
  const out: number[] = [op.proto, 2];
  write(out, value);
  out.push(op.stop);
  return Uint8Array.from(out);
}

function write(out: number[], value: PickledValue): void {
  if (typeof value === 'string') {
    const text = utf8(value);
    out.push(op.unicode, ...little(text.length, 4), ...text);
  } else if (typeof value === 'number') {
    writeInteger(out, value);
  } else if (typeof value === 'boolean') {
    out.push(value ? op.true : op.false);
  } else if ('tuple' in value) {
    writeTuple(out, value.tuple);
  } else if ('global' in value) {
    writeGlobal(out, value.global);
  } else if ('persistent' in value) {
    write(out, value.persistent);
    out.push(op.persistent);
  } else {
    writeGlobal(out, value.call);
    writeTuple(out, value.args);
    out.push(op.reduce);
    if (!value.items || value.items.length === 0) return;
    out.push(op.mark);
    for (const [key, item] of value.items) {
      write(out, key);
      write(out, item);
    }
    out.push(op.setItems);
  }
}

function writeTuple(out: number[], values: readonly PickledValue[]): void {
  if (values.length === 0) {
    out.push(op.emptyTuple);
    return;
  }
  out.push(op.mark);
  for (const value of values) write(out, value);
  out.push(op.tuple);
}

function writeGlobal(out: number[], [module, name]: readonly [string, string]): void {
  out.push(op.global, ...utf8(`${module}\n${name}\n`));
}

/** Writes a whole number from 0 to 2³¹ − 1, for sizes, strides and counts. */
function writeInteger(out: number[], value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fff_ffff)
    throw new Error(`${value} cannot be pickled here: whole numbers from 0 to 2³¹ − 1 can`);
  if (value < 0x100) out.push(op.int1, value);
  else if (value < 0x10000) out.push(op.int2, ...little(value, 2));
  else out.push(op.int4, ...little(value, 4));
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
}
