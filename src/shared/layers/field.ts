/**
 * Describes a field of a layer: its kind of value, limits and default. A layer kind describes its fields once; its
 * schema, its type and its editor are made from that description.
 */
import { z } from 'zod';
import type { Language } from '../base/languages.ts';
import { type PairField, pairSchema } from './pair.ts';

export type FieldValue = number | [number, number] | string | boolean;

/** The unit of a number; a field without a unit is a bare number. */
export type Unit = 'pixels' | 'channels' | 'features' | 'share';

/** A field's names. */
export interface FieldNames {
  /** PyTorch's name of the argument. */
  readonly torch: string;
  readonly label: Readonly<Record<Language, string>>;
  /** Says in a few words what the field does. */
  readonly hint: Readonly<Record<Language, string>>;
}

interface Common extends FieldNames {
  /** The field is required. Optional fields are left out of a written net if they are at their default. */
  readonly required?: true;
  /** The value of a layer without the field. */
  readonly fallback: FieldValue;
  /** The field whose value is the default while this one is absent. */
  readonly follows?: string;
  /** Returns false if the field has no effect, such as the slope of a function that has none. */
  readonly relevant?: (layer: object) => boolean;
  readonly unit?: Unit;
}

export interface NumberFieldSpec extends Common {
  /** `pair`: one whole number, or height and width. */
  readonly kind: 'whole' | 'pair' | 'real';
  readonly minimum: number;
  readonly maximum: number;
  /** The minimum itself is not allowed. */
  readonly aboveMinimum?: true;
}

export interface ChoiceFieldSpec extends Common {
  readonly kind: 'choice';
  readonly options: readonly string[];
}

export interface FlagFieldSpec extends Common {
  readonly kind: 'flag';
}

export type FieldSpec = NumberFieldSpec | ChoiceFieldSpec | FlagFieldSpec;

/** A kind's fields by their names, in an editor's order. */
export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

type ValueOf<F> = F extends { kind: 'flag' }
  ? boolean
  : F extends { kind: 'choice'; options: readonly (infer Option)[] }
    ? Option
    : F extends { kind: 'pair' }
      ? PairField
      : number;

type RequiredName<F> = { [K in keyof F]: F[K] extends { required: true } ? K : never }[keyof F];

/** A layer of a type with these fields. */
export type LayerWith<T extends string, F> = {
  type: T;
  disabled?: boolean | undefined;
} & { -readonly [K in RequiredName<F>]: ValueOf<F[K]> } & {
  -readonly [K in Exclude<keyof F, RequiredName<F>>]?: ValueOf<F[K]> | undefined;
};

/** Returns the schema of a layer of that type: its fields, `type` and `disabled`, and nothing else. */
export function schemaOf<T extends string, F extends FieldSpecs>(
  type: T,
  fields: F,
): z.ZodType<LayerWith<T, F>> {
  const described = Object.entries(fields).map(([name, field]) => {
    const value = valueSchema(field);
    return [name, field.required ? value : value.optional()] as const;
  });
  const schema = z.strictObject({
    type: z.literal(type),
    ...Object.fromEntries(described),
    disabled: z.boolean().optional(),
  });
  return schema as unknown as z.ZodType<LayerWith<T, F>>;
}

function valueSchema(field: FieldSpec): z.ZodType {
  switch (field.kind) {
    case 'flag':
      return z.boolean();
    case 'choice':
      return z.enum(field.options as [string, ...string[]]);
    case 'pair':
      return pairSchema(field.minimum, field.maximum);
    case 'whole':
      return z.int().min(field.minimum).max(field.maximum);
    case 'real': {
      const number = field.aboveMinimum ? z.number().gt(field.minimum) : z.number().min(field.minimum);
      return number.max(field.maximum);
    }
  }
}

/** The field `bias` of a layer with a weight, PyTorch's default. */
export const biasField = {
  kind: 'flag',
  fallback: true,
  torch: 'bias',
  label: { en: 'Bias', 'zh-CN': '偏置' },
  hint: { en: 'a number added to each output channel', 'zh-CN': '每个输出通道加上一个数' },
} as const satisfies FieldSpec;
