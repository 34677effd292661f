/**
 * The fields of every layer kind as editors use them: read and set on a layer, shown and typed as text. What a kind's fields
 * are stands in the kind's own file.
 */
import type { ChoiceFieldSpec, FieldSpecs, FieldValue, FlagFieldSpec, NumberFieldSpec } from './field.ts';
import { type Layer, type LayerType, layerKinds, layerTypes } from './index.ts';
import type { PairField, Shape } from './layer.ts';

export type { FieldValue } from './field.ts';

export type FieldName =
  | 'filters'
  | 'kernelSize'
  | 'stride'
  | 'padding'
  | 'dilation'
  | 'bias'
  | 'units'
  | 'function'
  | 'negativeSlope'
  | 'alpha'
  | 'p'
  | 'epsilon'
  | 'momentum';

interface Named {
  readonly name: FieldName;
}
export type NumberField = NumberFieldSpec & Named;
export type ChoiceField = ChoiceFieldSpec & Named;
export type FlagField = FlagFieldSpec & Named;
export type LayerField = NumberField | ChoiceField | FlagField;

const named = (fields: FieldSpecs): LayerField[] =>
  Object.entries(fields).map(([name, field]) => ({ ...field, name: name as FieldName }));

/** In an editor's order. */
export const layerFields = Object.fromEntries(
  layerTypes.map((type) => [type, named(layerKinds[type].fields)]),
) as unknown as { readonly [T in LayerType]: readonly LayerField[] };

const valuesOf = (layer: Layer) => layer as unknown as Readonly<Record<string, unknown>>;

/** What a layer does without being told. */
export function fallbackOf(layer: Layer, field: LayerField): FieldValue {
  const followed = field.follows === undefined ? undefined : valuesOf(layer)[field.follows];
  return (followed as FieldValue | undefined) ?? field.fallback;
}

/** The fields that say something about this layer, as it is. */
export function fieldsOf(layer: Layer): readonly LayerField[] {
  return layerFields[layer.type].filter(({ relevant }) => relevant?.(layer) ?? true);
}

/** What the layer says of a field, or does without being told. */
export function fieldValue(layer: Layer, field: LayerField): FieldValue {
  const own = valuesOf(layer)[field.name] as FieldValue | undefined;
  return own ?? fallbackOf(layer, field);
}

/** Null: allowed. `range`: a number beyond the limits; `kind`: no value of the field's kind at all. */
export function fieldProblem(field: LayerField, value: unknown): 'range' | 'kind' | null {
  if (field.kind === 'flag') return typeof value === 'boolean' ? null : 'kind';
  if (field.kind === 'choice')
    return typeof value === 'string' && field.options.includes(value) ? null : 'kind';
  const numbers: unknown[] = field.kind === 'pair' && Array.isArray(value) ? value : [value];
  if (Array.isArray(value) && numbers.length !== 2) return 'kind';
  for (const each of numbers) {
    if (typeof each !== 'number' || !Number.isFinite(each)) return 'kind';
    if (field.kind !== 'real' && !Number.isSafeInteger(each)) return 'kind';
  }
  const outside = (numbers as number[]).some(
    (each) => each > field.maximum || (field.aboveMinimum ? each <= field.minimum : each < field.minimum),
  );
  return outside ? 'range' : null;
}

/**
 * The layer with a field set; `undefined` gives it its default. A value that is the default anyway is left out, so that
 * two nets that do the same are written the same; fields that the change makes meaningless go. Takes allowed values only.
 */
export function withField(layer: Layer, field: LayerField, value: FieldValue | undefined): Layer {
  const wanted = typeof value === 'object' && value[0] === value[1] ? value[0] : value;
  const copy: Record<string, unknown> = { ...layer };
  // A value that follows another field's is no constant to compare with.
  const constant = field.required === undefined && field.follows === undefined;
  if (wanted === undefined && field.required) copy[field.name] = fallbackOf(layer, field);
  else if (wanted === undefined || (constant && wanted === field.fallback)) delete copy[field.name];
  else copy[field.name] = wanted;
  for (const { name, relevant } of layerFields[layer.type]) {
    if (relevant && !relevant(copy)) delete copy[name];
  }
  return copy as unknown as Layer;
}

/** A pair as it is typed and shown: `3`, or `3×5` for height and width. */
export function pairText(value: PairField): string {
  if (typeof value === 'number') return String(value);
  return value[0] === value[1] ? String(value[0]) : value.join('×');
}

/** `3`, `3×5`, `3x5`, `3, 5`, `(3, 5)`; null where it is none of these. The limits are not looked at. */
export function parsePair(text: string): PairField | null {
  const found = /^\(?\s*(\d+)\s*(?:[×x*,，\s]\s*(\d+)\s*)?\)?$/i.exec(text.trim());
  if (!found) return null;
  const first = Number(found[1]);
  const second = found[2] === undefined ? first : Number(found[2]);
  return first === second ? first : [first, second];
}

/** A layer to begin with: its required fields at their defaults, unless its kind knows better for the shape that it is put on. */
export function newLayer(type: LayerType, given?: Shape): Layer {
  const kind = layerKinds[type];
  const required = Object.entries(kind.fields).filter(([, field]) => field.required);
  const plain = { type, ...Object.fromEntries(required.map(([name, { fallback }]) => [name, fallback])) };
  return kind.newLayer?.(given) ?? (plain as unknown as Layer);
}
