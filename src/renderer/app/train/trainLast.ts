/** The schema of the last start, as it is kept among the preferences. */
import { z } from 'zod';
import { stoppingMetrics } from '../../../shared/training/training.ts';
import { type Choices, type Draft, type Field, courseDraft, fieldRules } from './trainDraft.ts';

const text = z.string().max(80);

const choicesSchema = z.object({
  optimizer: z.enum(['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad']),
  nesterov: z.boolean(),
  schedule: z.enum(['constant', 'step', 'exponential', 'cosine', 'oneCycle']),
  initialisation: z.enum([
    ...['default', 'kaimingUniform', 'kaimingNormal', 'xavierUniform', 'xavierNormal', 'zeros'],
    'constant',
  ] as Choices['initialisation'][]),
  normalisation: z.enum(['course', 'dataset', 'none']),
  clipping: z.enum(['none', 'norm', 'value']),
  augmentation: z.boolean(),
  flip: z.boolean(),
  validation: z.boolean(),
  earlyStopping: z.boolean(),
  metric: z.enum(stoppingMetrics),
  measure: z.boolean(),
});

export const lastUsedSchema = z.object({
  /** The values that differ from the course's. */
  draft: z.object({ texts: z.record(z.string(), text), choices: choicesSchema.partial() }),
  nets: z
    .array(
      z.object({
        key: z.string().max(100),
        texts: z.object({ epochs: text, batchSize: text, learningRate: text }),
      }),
    )
    .max(64),
  seeds: z.string().max(400),
  together: z.boolean(),
  threads: z.int().min(1).nullable(),
  dataset: z.string().max(100),
});
export type LastUsed = z.infer<typeof lastUsedSchema>;

export function lastUsedOf({ texts, choices }: Draft, rest: Omit<LastUsed, 'draft'>): LastUsed {
  const known = Object.keys(fieldRules) as Field[];
  const changed = known.filter((field) => texts[field] !== courseDraft.texts[field]);
  const chosen = Object.entries(choices).filter(
    ([name, value]) => courseDraft.choices[name as keyof Choices] !== value,
  );
  return {
    ...rest,
    draft: {
      texts: Object.fromEntries(changed.map((field) => [field, texts[field]])),
      choices: Object.fromEntries(chosen),
    },
  };
}
