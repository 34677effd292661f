/**
 * What Python expressions come to when pasted code is read: constants as they are, torch's names as paths, modules as
 * what they were made with, and tensors as the steps that led to them. What is not known is `unknown`, and nothing is
 * made up for it.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Layer } from '../../layers/index.ts';
import type { Pair } from '../../layers/layer.ts';

/** A step of the forward pass. Some become a layer only when the shape that they are given is known. */
export type Step =
  | { readonly kind: 'layer'; readonly layer: Layer; readonly takes?: Takes }
  | { readonly kind: 'flatten'; readonly features?: number }
  | { readonly kind: 'adaptive'; readonly pool: 'maxPool2d' | 'avgPool2d'; readonly size: Pair }
  /** The mean over height and width, which is flat. */
  | { readonly kind: 'mean' }
  | { readonly kind: 'softmax'; readonly logarithm: boolean };

/** What the code says that the step is given. */
export interface Takes {
  readonly channels?: number;
  readonly features?: number;
}

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface LayerModule {
  readonly type: 'layer';
  readonly steps: readonly Step[];
  /** When it was made, among all modules; null for those that draw no numbers. */
  readonly made: number | null;
  readonly place: Place;
  used: number;
  owned: boolean;
}

export interface SequenceModule {
  readonly type: 'sequence';
  /** A list is gone through by hand; a sequence can be called. */
  readonly callable: boolean;
  readonly children: Value[];
  readonly place: Place;
  owned: boolean;
}

export interface UserModule {
  readonly type: 'user';
  readonly definition: ClassValue;
  readonly attributes: Map<string, Value>;
  readonly place: Place;
  owned: boolean;
}

/** Something that is a module in PyTorch and no layer here. */
export interface ForeignModule {
  readonly type: 'foreign';
  readonly name: string;
  readonly reason: { readonly code: string; readonly parameters: Readonly<Record<string, string | number>> };
  readonly place: Place;
  owned: boolean;
}

export type Module = LayerModule | SequenceModule | UserModule | ForeignModule;

/** A tensor of the forward pass: the input, a step after another tensor, or a sum of two. */
export interface TensorNode {
  readonly from: TensorNode | null;
  readonly step: Step | null;
  readonly plus: TensorNode | null;
  readonly place: Place;
  readonly module: LayerModule | null;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Value[];
  readonly members: ReadonlyMap<string, Value>;
  readonly place: Place;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly owner: ClassValue | null;
}

export type Value =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: Value[] }
  | { readonly kind: 'dict'; readonly entries: Map<string, Value> }
  /** A name of an imported package: `torch.nn.Conv2d`. */
  | { readonly kind: 'path'; readonly path: string }
  | ClassValue
  | FunctionValue
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'tensor'; readonly node: TensorNode }
  /** A tensor's length along an axis; axis 0 is the batch's. */
  | { readonly kind: 'length'; readonly axis: number }
  | { readonly kind: 'shape' }
  | { readonly kind: 'method'; readonly of: Value; readonly name: string }
  | { readonly kind: 'super'; readonly self: UserModule; readonly definition: ClassValue }
  | { readonly kind: 'unknown' };

export const unknown: Value = { kind: 'unknown' };
export const none: Value = { kind: 'none' };
export const number = (value: number): Value => ({ kind: 'number', value });
export const boolean = (value: boolean): Value => ({ kind: 'boolean', value });

export class Scope {
  readonly names = new Map<string, Value>();
  readonly outer: Scope | null;

  constructor(outer: Scope | null) {
    this.outer = outer;
  }

  get(name: string): Value | undefined {
    return this.names.get(name) ?? this.outer?.get(name);
  }
}

/** Thrown where code means something that is not understood; the call that it is about adds the place. */
export class NotUnderstood extends Error {
  readonly code: string;
  readonly parameters: Readonly<Record<string, string | number>>;

  constructor(code: string, parameters: Readonly<Record<string, string | number>> = {}) {
    super(code);
    this.code = code;
    this.parameters = parameters;
  }
}

/** Null where Python would decide by something that is not known. */
export function truth(value: Value): boolean | null {
  switch (value.kind) {
    case 'boolean':
      return value.value;
    case 'number':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'none':
      return false;
    case 'list':
      return value.items.length > 0;
    case 'dict':
      return value.entries.size > 0;
    case 'module':
    case 'class':
    case 'function':
      return true;
    default:
      return null;
  }
}

export const list = (items: Value[]): Value => ({ kind: 'list', items });
