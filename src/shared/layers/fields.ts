/**
 * The fields of every layer kind for editors: read and set on a layer, formatted and parsed as text. A kind's own file
 * defines its fields.
 */
import type {
  ChoiceFieldSpec,
  FieldNames,
  FieldSpecs,
  FieldValue,
  FlagFieldSpec,
  NumberFieldSpec,
} from './field.ts';
import { type Layer, type LayerType, layerKinds, layerTypes } from './index.ts';
import type { PairField, Shape } from './layer.ts';

export type { FieldValue } from './field.ts';

type NamesIn<L> = L extends unknown ? Exclude<keyof L, 'type' | 'disabled' | 'layers'> : never;

/** The names of all kinds' fields. */
export type FieldName = NamesIn<Layer>;

interface Named {
  readonly name: FieldName;
}
export type NumberField = NumberFieldSpec & Named;
export type ChoiceField = ChoiceFieldSpec & Named;
export type FlagField = FlagFieldSpec & Named;
export type LayerField = NumberField | ChoiceField | FlagField;

const named = (fields: FieldSpecs): LayerField[] =>
  Object.entries(fields).map(([name, field]) => ({ ...field, name: name as FieldName }));

/** Fields in an editor's order. */
export const layerFields = Object.fromEntries(
  layerTypes.map((type) => [type, named(layerKinds[type].fields)]),
) as unknown as { readonly [T in LayerType]: readonly LayerField[] };

/** Kinds that have a field of the same name call it the same. */
const fieldNames = new Map<string, FieldNames>(
  layerTypes.flatMap((type) => layerFields[type].map((field) => [field.name, field] as const)),
);

export const isFieldName = (name: string): name is FieldName => fieldNames.has(name);

export const namesOf = (name: FieldName): FieldNames => fieldNames.get(name) as FieldNames;

const valuesOf = (layer: Layer) => layer as unknown as Readonly<Record<string, unknown>>;

/** Returns the field's value for a layer that does not set it. */
export function fallbackOf(layer: Layer, field: LayerField): FieldValue {
  const followed = field.follows === undefined ? undefined : valuesOf(layer)[field.follows];
  return (followed as FieldValue | undefined) ?? field.fallback;
}

/** Returns the fields that have an effect on this layer. */
export function fieldsOf(layer: Layer): readonly LayerField[] {
  return layerFields[layer.type].filter(({ relevant }) => relevant?.(layer) ?? true);
}

/** Returns the layer's value of a field, or its default. */
export function fieldValue(layer: Layer, field: LayerField): FieldValue {
  const own = valuesOf(layer)[field.name] as FieldValue | undefined;
  return own ?? fallbackOf(layer, field);
}

/**
 * Returns null for an allowed value, `range` for a number beyond the limits, and `kind` for a value of another kind.
 */
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
 * Returns the layer with a field set; `undefined` sets its default. A value equal to the default is left out, so that
 * equivalent nets are written the same; fields that the change makes meaningless are removed. Takes allowed values
 * only.
 */
export function withField(layer: Layer, field: LayerField, value: FieldValue | undefined): Layer {
  const wanted = typeof value === 'object' && value[0] === value[1] ? value[0] : value;
  const copy: Record<string, unknown> = { ...layer };
  // A value that follows another field's is not a constant default.
  const constant = field.required === undefined && field.follows === undefined;
  if (wanted === undefined && field.required) copy[field.name] = fallbackOf(layer, field);
  else if (wanted === undefined || (constant && wanted === field.fallback)) delete copy[field.name];
  else copy[field.name] = wanted;
  for (const { name, relevant } of layerFields[layer.type]) {
    if (relevant && !relevant(copy)) delete copy[name];
  }
  return copy as unknown as Layer;
}

/** Formats a pair: `3`, or `3×5` for height and width. */
export function pairText(value: PairField): string {
  if (typeof value === 'number') return String(value);
  return value[0] === value[1] ? String(value[0]) : value.join('×');
}

/** Parses `3`, `3×5`, `3x5`, `3, 5` or `(3, 5)`; returns null for anything else. It does not check the limits. */
export function parsePair(text: string): PairField | null {
  const found = /^\(?\s*(\d+)\s*(?:[×x*,，\s]\s*(\d+)\s*)?\)?$/i.exec(text.trim());
  if (!found) return null;
  const first = Number(found[1]);
  const second = found[2] === undefined ? first : Number(found[2]);
  return first === second ? first : [first, second];
}

/**
 * Returns a new layer: its required fields are at their defaults, unless its kind has a better choice for the given
 * input shape.
 */
export function newLayer(type: LayerType, given?: Shape): Layer {
  const kind = layerKinds[type];
  const required = Object.entries(kind.fields).filter(([, field]) => field.required);
  const plain = { type, ...Object.fromEntries(required.map(([name, { fallback }]) => [name, fallback])) };
  return kind.newLayer?.(given) ?? (plain as unknown as Layer);
}
