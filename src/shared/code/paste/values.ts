/**
 * Values of Python expressions while pasted code is read: constants as they are, torch's names as paths, modules with
 * their arguments, and tensors with their sizes and the steps that led to them. Anything not known is `unknown`, and
 * nothing is invented for it.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Layer } from '../../layers/index.ts';
import type { Pair, Shape } from '../../layers/layer.ts';
import type { Loader, SchedulerCall, ScriptTraining } from './training/trainings.ts';

/** The effect of a module or a function on a tensor. Some become a layer only when their input sizes are known. */
export type TensorOperation =
  | {
      readonly kind: 'layer';
      readonly layer: Layer;
      readonly takes?: Takes;
      /** Rounds output sizes up, which equals rounding down if nothing is left over. */
      readonly ceil?: boolean;
      /** `Dropout2d` drops whole channels of a map. */
      readonly wholeChannels?: boolean;
      /** PyTorch's name: `nn.Conv2d`. */
      readonly torch: string;
    }
  | { readonly kind: 'flatten'; readonly start: number; readonly end: number }
  | { readonly kind: 'unflatten'; readonly axis: number; readonly sizes: readonly number[] }
  | {
      readonly kind: 'adaptive';
      readonly pool: 'maxPool2d' | 'avgPool2d';
      readonly size: readonly [number | null, number | null];
    }
  | { readonly kind: 'softmax'; readonly logarithm: boolean };

/** A step of the forward pass, as it goes into the net. */
export type Step =
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'flatten' }
  /** Average over the whole map, which stays a map of 1×1 until it is flattened. */
  | { readonly kind: 'wholeAverage'; readonly kernel: Pair }
  /** Average over height and width, whose result is flat. */
  | { readonly kind: 'mean' }
  | { readonly kind: 'softmax'; readonly logarithm: boolean };

/** The input of the layer as the code declares it. */
export interface Takes {
  readonly channels?: number;
  readonly features?: number;
}

export interface Place {
  /** The cell of a notebook, from 1. */
  readonly cell: number | null;
  /** The line, from 1. */
  readonly line: number;
  readonly text: string;
}

export interface Reason {
  readonly code: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** The common part of all modules. */
interface ModuleBase {
  readonly place: Place;
  /** The module that contains it. */
  owner: Module | null;
  /** True if it has a name: a module that is only printed is not the net. */
  named: boolean;
}

export interface LayerModule extends ModuleBase {
  readonly type: 'layer';
  /** Name in torch: `Conv2d`. */
  readonly torchName: string;
  readonly operations: readonly TensorOperation[];
  /** Number in the order of construction of all modules; null for those that draw no numbers. */
  readonly made: number | null;
}

export interface SequenceModule extends ModuleBase {
  readonly type: 'sequence';
  readonly torchName: 'Sequential' | 'ModuleList' | 'ModuleDict';
  readonly children: { readonly key: string; readonly value: Value }[];
}

export interface UserModule extends ModuleBase {
  readonly type: 'user';
  readonly definition: ClassValue;
  readonly attributes: Map<string, Value>;
  /** Children of a class that extends nn.Sequential. */
  readonly sequence: SequenceModule | null;
}

/** A module of PyTorch that is no layer here. */
export interface ForeignModule extends ModuleBase {
  readonly type: 'foreign';
  readonly torchName: string;
  readonly reason: Reason;
  /** True if the output has the input's size. */
  readonly keepsSize: boolean;
}

export type Module = LayerModule | SequenceModule | UserModule | ForeignModule;

/** `batch` is the number of images, whatever it is. */
export type Size = number | 'batch';

/** A tensor: an input, a step after another tensor, or a sum of two. */
export interface TensorNode {
  readonly from: TensorNode | null;
  readonly step: Step | null;
  readonly plus: TensorNode | null;
  readonly place: Place;
  readonly module: LayerModule | null;
  /** The shape for one image, as in Stride's layers. */
  readonly shape: Shape;
  /** PyTorch's sizes, the batch first. */
  readonly sizes: readonly Size[];
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Value[];
  readonly members: ReadonlyMap<string, Value>;
  /** Names with a type or a value in the order of the class's body: a dataclass's fields. */
  readonly fields: readonly string[];
  readonly dataclass: boolean;
  readonly place: Place;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly owner: ClassValue | null;
  readonly decorators: readonly string[];
}

/** The origin of a value that the code does not fix for certain. */
export interface Origin {
  readonly kind: 'argparse' | 'condition' | 'training';
  readonly what: string;
  readonly place: Place;
}

/** The attributes of an object of a class of the script's own, of a namespace, of a parser. */
export interface Instance {
  readonly definition: ClassValue | null;
  /** The kind of an object of none of the script's classes: `namespace`, `parser`, `trainer`. */
  readonly type: string;
  readonly attributes: Map<string, Value>;
}

type Plain =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: Value[]; readonly tuple?: boolean }
  | { readonly kind: 'dict'; readonly entries: Map<string, Value> }
  /** A name of an imported package: `torch.nn.Conv2d`. */
  | { readonly kind: 'path'; readonly path: string }
  | ClassValue
  | FunctionValue
  | { readonly kind: 'partial'; readonly of: Value; readonly call: CallArguments }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'tensor'; readonly node: TensorNode }
  /** A weight or a bias of a module. */
  | { readonly kind: 'parameter'; readonly module: Module; readonly name: string }
  /** The result of `parameters()`: those of these modules. */
  | { readonly kind: 'parameters'; readonly modules: readonly Module[] }
  /** The number of images in a batch. */
  | { readonly kind: 'batch' }
  | { readonly kind: 'range'; readonly start: number; readonly stop: number | null; readonly step: number }
  | { readonly kind: 'method'; readonly of: Value; readonly name: string }
  | { readonly kind: 'super'; readonly self: Value; readonly definition: ClassValue }
  | { readonly kind: 'instance'; readonly instance: Instance }
  | { readonly kind: 'optimizer'; readonly training: ScriptTraining }
  | { readonly kind: 'scheduler'; readonly made: SchedulerCall }
  | { readonly kind: 'criterion'; readonly name: string; readonly call: CallArguments; readonly place: Place }
  /** A call of torchvision's transforms or data sets, read only when it is used. */
  | { readonly kind: 'transform'; readonly name: string; readonly call: CallArguments; readonly place: Place }
  | { readonly kind: 'dataset'; readonly dataset: DatasetValue }
  | { readonly kind: 'loader'; readonly loader: Loader }
  | { readonly kind: 'unknown' };

export type Value = Plain & { readonly origin?: Origin | undefined };

export interface DatasetValue {
  /** torchvision's class, or the script's. */
  readonly name: string;
  readonly known: boolean;
  /** Null if the code does not say. */
  readonly train: boolean | null;
  readonly transform: Value | undefined;
  /** Number of images, if known. */
  readonly length: number | null;
  /** The fraction of the training images that is held out for validation, if the set was split. */
  readonly heldOut: number | null;
  readonly place: Place;
}

export interface CallArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Text of a `*` or `**` argument that cannot be read. */
  readonly unread?: string | undefined;
}

export const unknown: Value = { kind: 'unknown' };
export const none: Value = { kind: 'none' };
export const number = (value: number): Value => ({ kind: 'number', value });
export const boolean = (value: boolean): Value => ({ kind: 'boolean', value });
export const string = (value: string): Value => ({ kind: 'string', value });
export const list = (items: Value[]): Value => ({ kind: 'list', items });
export const tuple = (items: Value[]): Value => ({ kind: 'list', items, tuple: true });
export const noArguments: CallArguments = { positional: [], named: new Map() };

/** Returns the value with the origin of the values that it was computed from. */
export function from(value: Value, ...sources: readonly (Value | undefined)[]): Value {
  const origin = sources.find((source) => source?.origin)?.origin;
  return origin && !value.origin ? { ...value, origin } : value;
}

export class Scope {
  readonly names = new Map<string, Value>();
  readonly outer: Scope | null;
  /** Names that `global` or `nonlocal` assigned to another scope. */
  readonly elsewhere = new Map<string, Scope>();

  constructor(outer: Scope | null) {
    this.outer = outer;
  }

  get(name: string): Value | undefined {
    return this.names.get(name) ?? this.outer?.get(name);
  }

  set(name: string, value: Value): void {
    (this.elsewhere.get(name) ?? this).names.set(name, value);
  }

  get outermost(): Scope {
    return this.outer ? this.outer.outermost : this;
  }
}

/** Thrown for unsupported code; the call that it concerns adds the place. */
export class NotUnderstood extends Error {
  readonly code: string;
  readonly parameters: Reason['parameters'];

  constructor(code: string, parameters: Reason['parameters'] = {}) {
    super(code);
    this.code = code;
    this.parameters = parameters;
  }
}

/** Returns null if Python's result depends on something unknown. */
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
    case 'instance':
    case 'optimizer':
    case 'scheduler':
    case 'criterion':
    case 'transform':
    case 'dataset':
    case 'loader':
      return true;
    default:
      return null;
  }
}
