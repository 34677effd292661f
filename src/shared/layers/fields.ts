/**
 * What can be said of each layer kind: its fields in an editor's order, with the values that are allowed and what stands
 * where nothing is said. Editors are built from this; fields.test.ts holds it against the schemas by which nets are parsed.
 */
import { activationDefaults, activationFunctions } from './activation.ts';
import { batchNormDefaults } from './batchNorm2d.ts';
import { dropoutDefaults } from './dropout.ts';
import type { Layer, LayerType } from './index.ts';
import type { PairField, Shape } from './layer.ts';

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

export type FieldValue = number | [number, number] | string | boolean;

/** What numbers are counted in; a field without a unit is a bare number. */
export type Unit = 'pixels' | 'channels' | 'features' | 'share';

interface Common {
  readonly name: FieldName;
  /** The field must be there. Others are left out of a net that is written, where they are at their default. */
  readonly required?: true;
  /** What a layer without the field does. */
  readonly fallback: (layer: Layer) => FieldValue;
  /** False where the field says nothing, such as the slope of a function that has none. */
  readonly relevant?: (layer: Layer) => boolean;
  readonly unit?: Unit;
}

export interface NumberField extends Common {
  /** `pair`: one whole number, or height and width. */
  readonly kind: 'whole' | 'pair' | 'real';
  readonly minimum: number;
  readonly maximum: number;
  /** The minimum itself is not allowed. */
  readonly aboveMinimum?: true;
}

export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly options: readonly string[];
}

export interface FlagField extends Common {
  readonly kind: 'flag';
}

export type LayerField = NumberField | ChoiceField | FlagField;

const always =
  <T extends FieldValue>(value: T) =>
  (): T =>
    value;

const bias: FlagField = { name: 'bias', kind: 'flag', fallback: always(true) };

const kernelSize: NumberField = {
  name: 'kernelSize',
  kind: 'pair',
  required: true,
  minimum: 1,
  maximum: 64,
  unit: 'pixels',
  fallback: always(3),
};

const pooling: readonly LayerField[] = [
  { ...kernelSize, fallback: always(2) },
  {
    name: 'stride',
    kind: 'pair',
    minimum: 1,
    maximum: 64,
    unit: 'pixels',
    fallback: (layer) => ('kernelSize' in layer ? layer.kernelSize : 2),
  },
  { name: 'padding', kind: 'pair', minimum: 0, maximum: 32, unit: 'pixels', fallback: always(0) },
];

export const layerFields: { readonly [T in LayerType]: readonly LayerField[] } = {
  conv2d: [
    {
      name: 'filters',
      kind: 'whole',
      required: true,
      minimum: 1,
      maximum: 4096,
      unit: 'channels',
      fallback: always(10),
    },
    kernelSize,
    { name: 'stride', kind: 'pair', minimum: 1, maximum: 64, unit: 'pixels', fallback: always(1) },
    { name: 'padding', kind: 'pair', minimum: 0, maximum: 64, unit: 'pixels', fallback: always(0) },
    { name: 'dilation', kind: 'pair', minimum: 1, maximum: 64, unit: 'pixels', fallback: always(1) },
    bias,
  ],
  maxPool2d: pooling,
  avgPool2d: pooling,
  globalAveragePool: [],
  batchNorm2d: [
    {
      name: 'epsilon',
      kind: 'real',
      minimum: 0,
      aboveMinimum: true,
      maximum: 1,
      fallback: always(batchNormDefaults.epsilon),
    },
    {
      name: 'momentum',
      kind: 'real',
      minimum: 0,
      maximum: 1,
      unit: 'share',
      fallback: always(batchNormDefaults.momentum),
    },
  ],
  dropout: [
    {
      name: 'p',
      kind: 'real',
      minimum: 0,
      maximum: 0.99,
      unit: 'share',
      fallback: always(dropoutDefaults.p),
    },
  ],
  activation: [
    {
      name: 'function',
      kind: 'choice',
      required: true,
      options: activationFunctions,
      fallback: always('relu'),
    },
    {
      name: 'negativeSlope',
      kind: 'real',
      minimum: 0,
      maximum: 1,
      fallback: always(activationDefaults.negativeSlope),
      relevant: (layer) => layer.type === 'activation' && layer.function === 'leakyRelu',
    },
    {
      name: 'alpha',
      kind: 'real',
      minimum: 0,
      aboveMinimum: true,
      maximum: 100,
      fallback: always(activationDefaults.alpha),
      relevant: (layer) => layer.type === 'activation' && layer.function === 'elu',
    },
  ],
  flatten: [],
  linear: [
    {
      name: 'units',
      kind: 'whole',
      required: true,
      minimum: 1,
      maximum: 65_536,
      unit: 'features',
      fallback: always(10),
    },
    bias,
  ],
  /** Its layers are no field: they are edited as layers. */
  residual: [],
};

/** The fields that say something about this layer, as it is. */
export function fieldsOf(layer: Layer): readonly LayerField[] {
  return layerFields[layer.type].filter(({ relevant }) => relevant?.(layer) ?? true);
}

/** What the layer says of a field, or does without being told. */
export function fieldValue(layer: Layer, field: LayerField): FieldValue {
  const own = (layer as Partial<Record<FieldName, FieldValue>>)[field.name];
  return own ?? field.fallback(layer);
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
  // A pool's stride follows its kernel while nobody has said otherwise: its default is no constant to compare with.
  const follows = field.name === 'stride' && layer.type !== 'conv2d';
  if (wanted === undefined && field.required) copy[field.name] = field.fallback(layer);
  else if (wanted === undefined || (!field.required && !follows && wanted === field.fallback(layer)))
    delete copy[field.name];
  else copy[field.name] = wanted;
  const changed = copy as unknown as Layer;
  for (const { name, relevant } of layerFields[layer.type]) {
    if (relevant && !relevant(changed)) delete copy[name];
  }
  return changed;
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

/**
 * A layer to begin with: the course's usual sizes; a residual block keeps the map that it is given, so that it fits
 * wherever a convolution does.
 */
export function newLayer(type: LayerType, given?: Shape): Layer {
  switch (type) {
    case 'conv2d':
      return { type, filters: 10, kernelSize: 3 };
    case 'maxPool2d':
    case 'avgPool2d':
      return { type, kernelSize: 2 };
    case 'activation':
      return { type, function: 'relu' };
    case 'linear':
      return { type, units: 10 };
    case 'residual': {
      if (given?.kind === 'flat') {
        const units = Math.min(given.features, 65_536);
        return {
          type,
          layers: [
            { type: 'linear', units },
            { type: 'activation', function: 'relu' },
          ],
        };
      }
      const filters = Math.min(given?.channels ?? 10, 4096);
      const conv = { type: 'conv2d', filters, kernelSize: 3, padding: 1 } as const;
      return { type, layers: [conv, { type: 'activation', function: 'relu' }, { ...conv }] };
    }
    case 'globalAveragePool':
    case 'batchNorm2d':
    case 'dropout':
    case 'flatten':
      return { type };
  }
}
