/**
 * The differences of two nets, layer by layer, in people's terms: this layer was added, that one's padding was changed.
 */
import { type FieldName, type FieldValue, fieldValue, layerFields } from '../layers/fields.ts';
import type { Layer } from '../layers/index.ts';
import type { Network } from './network.ts';

export interface FieldChange {
  readonly field: FieldName;
  readonly before: FieldValue;
  readonly after: FieldValue;
}

export type LayerDiff =
  | { readonly kind: 'same'; readonly before: Layer; readonly after: Layer }
  | { readonly kind: 'added'; readonly after: Layer }
  | { readonly kind: 'removed'; readonly before: Layer }
  | {
      readonly kind: 'changed';
      readonly before: Layer;
      readonly after: Layer;
      readonly fields: readonly FieldChange[];
      /** True if it was enabled or disabled. */
      readonly switched: boolean;
      /** The differences of a block's layers. */
      readonly inner: readonly LayerDiff[];
    };

export interface NetworkDiff {
  readonly name: boolean;
  readonly input: boolean;
  readonly layers: readonly LayerDiff[];
  /** Number of layers that differ. */
  readonly changes: number;
}

/** Sorts keys and removes undefined and false values, so that equal texts are equal nets. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== false);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)]),
  );
}

function layerText(layer: Layer): string {
  // A missing `bias` means true: false must stay, so it is written as a word.
  const { disabled, ...rest } = layer;
  const bias = 'bias' in rest && rest.bias === false ? { bias: 'no' } : {};
  const inner = layer.type === 'residual' ? { layers: layer.layers.map(layerText) } : {};
  return JSON.stringify(canonical({ ...rest, ...bias, ...inner, disabled: disabled ?? false }));
}

export function sameNetwork(a: Network, b: Network): boolean {
  return (
    a.name === b.name &&
    JSON.stringify(canonical(a.input)) === JSON.stringify(canonical(b.input)) &&
    a.layers.length === b.layers.length &&
    a.layers.every((layer, index) => layerText(layer) === layerText(b.layers[index]!))
  );
}

export function diffNetworks(before: Network, after: Network): NetworkDiff {
  const layers = diffLayers(before.layers, after.layers);
  return {
    name: before.name !== after.name,
    input: JSON.stringify(canonical(before.input)) !== JSON.stringify(canonical(after.input)),
    layers,
    changes: layers.filter(({ kind }) => kind !== 'same').length,
  };
}

/**
 * Finds the longest common subsequence of equal layers; between two of them, layers of one kind in order count as
 * changed.
 */
function diffLayers(before: readonly Layer[], after: readonly Layer[]): LayerDiff[] {
  const a = before.map(layerText);
  const b = after.map(layerText);
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i]![j] =
        a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  const result: LayerDiff[] = [];
  let gone: Layer[] = [];
  let come: Layer[] = [];
  const settle = () => {
    result.push(...pairUp(gone, come));
    gone = [];
    come = [];
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      settle();
      result.push({ kind: 'same', before: before[i]!, after: after[j]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      gone.push(before[i]!);
      i += 1;
    } else {
      come.push(after[j]!);
      j += 1;
    }
  }
  settle();
  return result;
}

function pairUp(gone: readonly Layer[], come: readonly Layer[]): LayerDiff[] {
  const result: LayerDiff[] = [];
  let next = 0;
  for (const before of gone) {
    const at = come.findIndex((layer, index) => index >= next && layer.type === before.type);
    if (at < 0) {
      result.push({ kind: 'removed', before });
      continue;
    }
    result.push(...come.slice(next, at).map((after): LayerDiff => ({ kind: 'added', after })));
    result.push(changed(before, come[at]!));
    next = at + 1;
  }
  return [...result, ...come.slice(next).map((after): LayerDiff => ({ kind: 'added', after }))];
}

function changed(before: Layer, after: Layer): LayerDiff {
  const relevant = layerFields[after.type].filter(
    (field) => (field.relevant?.(before) ?? true) || (field.relevant?.(after) ?? true),
  );
  const fields = relevant.flatMap((field) => {
    const [was, is] = [fieldValue(before, field), fieldValue(after, field)];
    return String(was) === String(is) ? [] : [{ field: field.name, before: was, after: is }];
  });
  const inner =
    before.type === 'residual' && after.type === 'residual' ? diffLayers(before.layers, after.layers) : [];
  const switched = (before.disabled ?? false) !== (after.disabled ?? false);
  return { kind: 'changed', before, after, fields, switched, inner };
}
