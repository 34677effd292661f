/**
 * Training settings as they are entered: numbers as typed, choices as selected. Every optimizer and every schedule
 * keeps its own fields, so that switching to another one and back restores what was typed. The text becomes settings
 * once every field that counts is valid; `trainDraft.test.ts` checks the rules against `trainingSettingsSchema`.
 */
import {
  type Initialisation,
  type Normalisation,
  type Optimizer,
  type OptimizerType,
  type Schedule,
  type StoppingMetric,
  type TrainingSettings,
  largestBatch,
  optimizerSchema,
  scheduleSchema,
  trainingSettingsSchema,
} from '../../../shared/training/training.ts';
import { type NumberRule, readNumbers } from '../../ui/fields/numberField.ts';

const share = { whole: false, minimum: 0, maximum: 1, belowMaximum: true } as const;
const decay = { whole: false, minimum: 0, maximum: 10 } as const;
const tiny = { whole: false, minimum: 0, maximum: 1, aboveMinimum: true } as const;
const factor = { whole: false, minimum: 0, maximum: 1, aboveMinimum: true } as const;
const seedRule = { whole: true, minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Fields that each net has for itself. */
export const ownRules = {
  epochs: { whole: true, minimum: 1, maximum: 10_000 },
  batchSize: { whole: true, minimum: 1, maximum: largestBatch },
  learningRate: { whole: false, minimum: 0, maximum: 100, aboveMinimum: true },
} as const satisfies Record<string, NumberRule>;
export type OwnField = keyof typeof ownRules;
export const ownFields = Object.keys(ownRules) as OwnField[];
export type OwnTexts = Record<OwnField, string>;

/** Fields that all nets share; `of.field` where several have a field of that name. */
export const fieldRules = {
  'sgd.momentum': share,
  'sgd.weightDecay': decay,
  'adam.beta1': share,
  'adam.beta2': share,
  'adam.epsilon': tiny,
  'adam.weightDecay': decay,
  'adamW.beta1': share,
  'adamW.beta2': share,
  'adamW.epsilon': tiny,
  'adamW.weightDecay': decay,
  'rmsProp.alpha': share,
  'rmsProp.momentum': share,
  'rmsProp.epsilon': tiny,
  'rmsProp.weightDecay': decay,
  'adagrad.learningRateDecay': { whole: false, minimum: 0, maximum: 1 },
  'adagrad.epsilon': tiny,
  'adagrad.weightDecay': decay,
  warmUpSteps: { whole: true, minimum: 0, maximum: 1_000_000 },
  'step.stepSize': { whole: true, minimum: 1, maximum: 10_000 },
  'step.gamma': factor,
  'exponential.gamma': factor,
  'cosine.minimum': { whole: false, minimum: 0, maximum: 100 },
  'oneCycle.maximum': { whole: false, minimum: 0, maximum: 100, aboveMinimum: true },
  'oneCycle.pctStart': { ...share, aboveMinimum: true },
  'oneCycle.divFactor': { whole: false, minimum: 1, maximum: 1e6 },
  'oneCycle.finalDivFactor': { whole: false, minimum: 1, maximum: 1e8 },
  'initialisation.value': { whole: false, minimum: -100, maximum: 100 },
  'clipping.maximum': { whole: false, minimum: 0, maximum: 1e6, aboveMinimum: true },
  labelSmoothing: share,
  'augmentation.shift': { whole: false, minimum: 0, maximum: 64 },
  'augmentation.rotation': { whole: false, minimum: 0, maximum: 180 },
  'augmentation.scale': { whole: false, minimum: 0, maximum: 0.9 },
  'augmentation.noise': { whole: false, minimum: 0, maximum: 1 },
  'validation.fraction': { whole: false, minimum: 0.001, maximum: 0.9 },
  'validation.seed': seedRule,
  'earlyStopping.patience': { whole: true, minimum: 1, maximum: 1000 },
  'earlyStopping.minimumChange': { whole: false, minimum: 0, maximum: Number.MAX_VALUE },
} as const satisfies Record<string, NumberRule>;
export type Field = keyof typeof fieldRules;
export const fields = Object.keys(fieldRules) as Field[];

export interface Choices {
  optimizer: OptimizerType;
  nesterov: boolean;
  schedule: Schedule['type'];
  initialisation: Initialisation['type'];
  normalisation: Normalisation;
  clipping: 'none' | 'norm' | 'value';
  augmentation: boolean;
  flip: boolean;
  validation: boolean;
  earlyStopping: boolean;
  metric: StoppingMetric;
  measure: boolean;
}
export type Choice = keyof Choices;

export interface Draft {
  texts: Record<Field, string>;
  choices: Choices;
}

export const sections = [
  'optimizer',
  'schedule',
  'input',
  'regularisation',
  'augmentation',
  'validation',
] as const;
export type Section = (typeof sections)[number];

const optimizers = ['sgd', 'adam', 'adamW', 'rmsProp', 'adagrad'] as const;
const schedules = ['constant', 'step', 'exponential', 'cosine', 'oneCycle'] as const;

/** Returns PyTorch's default of an optimizer's learning rate; the course's for SGD. */
export function defaultLearningRate(type: OptimizerType): number {
  return type === 'sgd' ? 0.01 : optimizerSchema.parse({ type }).learningRate;
}

/**
 * Returns a draft with `settings` in the fields that they use, and the course's values and PyTorch's defaults in the
 * others.
 */
export function draftOf(settings: TrainingSettings): Draft {
  const texts: Partial<Record<string, string>> = {
    'sgd.momentum': '0.5',
    'initialisation.value': '0.01',
    'clipping.maximum': '1',
    'augmentation.shift': '2',
    'augmentation.rotation': '10',
    'augmentation.scale': '0.1',
    'augmentation.noise': '0',
    'validation.fraction': '0.1',
    'validation.seed': '0',
    'earlyStopping.patience': '3',
    'earlyStopping.minimumChange': '0',
  };
  const put = (of: string, values: object) => {
    for (const [name, value] of Object.entries(values)) {
      const key = `${of}.${name}`;
      if (key in fieldRules && typeof value === 'number') texts[key] = String(value);
    }
  };
  for (const type of optimizers) if (type !== 'sgd') put(type, optimizerSchema.parse({ type }));
  put('sgd', { weightDecay: 0 });
  for (const type of schedules) put(type, scheduleSchema.parse({ type }));
  const { optimizer, schedule, clipping, initialisation, augmentation, validation, earlyStopping } = settings;
  put(optimizer.type, optimizer);
  put(schedule.type, schedule);
  put('initialisation', initialisation);
  put('clipping', clipping ?? {});
  put('augmentation', augmentation ?? {});
  put('validation', validation ?? {});
  put('earlyStopping', earlyStopping ?? {});
  texts['warmUpSteps'] = String(schedule.warmUpSteps);
  texts['labelSmoothing'] = String(settings.labelSmoothing);
  return {
    texts: texts as Record<Field, string>,
    choices: {
      optimizer: optimizer.type,
      nesterov: optimizer.type === 'sgd' && optimizer.nesterov,
      schedule: schedule.type,
      initialisation: initialisation.type,
      normalisation: settings.normalisation,
      clipping: clipping?.type ?? 'none',
      augmentation: augmentation !== null,
      flip: augmentation?.horizontalFlip ?? false,
      validation: validation !== null,
      earlyStopping: earlyStopping !== null,
      metric: earlyStopping?.metric ?? 'testLoss',
      measure: settings.measure,
    },
  };
}

export const courseDraft: Draft = draftOf(trainingSettingsSchema.parse({}));

/** Returns the fields that count with these choices, for one section. */
export function activeFields(choices: Choices, section: Section): Field[] {
  const of = (prefix: string) => fields.filter((field) => field.startsWith(`${prefix}.`));
  switch (section) {
    case 'optimizer':
      return of(choices.optimizer);
    case 'schedule':
      return [...of(choices.schedule), 'warmUpSteps'];
    case 'input':
      return choices.initialisation === 'constant' ? ['initialisation.value'] : [];
    case 'regularisation':
      return choices.clipping === 'none' ? ['labelSmoothing'] : ['labelSmoothing', 'clipping.maximum'];
    case 'augmentation':
      return choices.augmentation ? of('augmentation') : [];
    case 'validation':
      return [
        ...(choices.validation ? of('validation') : []),
        ...(choices.earlyStopping ? of('earlyStopping') : []),
      ];
  }
}

const sectionChoices: Record<Section, readonly Choice[]> = {
  optimizer: ['optimizer', 'nesterov'],
  schedule: ['schedule'],
  input: ['normalisation', 'initialisation'],
  regularisation: ['clipping'],
  augmentation: ['augmentation', 'flip'],
  validation: ['validation', 'earlyStopping', 'metric', 'measure'],
};

/** Returns all values typed into the field, several for a sweep; null if the text cannot be read. */
export function valuesOf({ texts }: Draft, field: Field): readonly number[] | null {
  return readNumbers(texts[field], fieldRules[field]).values;
}

/** Returns the first of the field's values. */
export function valueOf(draft: Draft, field: Field): number | null {
  return valuesOf(draft, field)?.[0] ?? null;
}

/** Returns whether early stopping lacks the held-out images that it is to watch. */
export function watchesNothing({ earlyStopping, metric, validation }: Choices): boolean {
  return earlyStopping && metric.startsWith('validation') && !validation;
}

export function sectionValid(draft: Draft, section: Section): boolean {
  if (section === 'validation' && watchesNothing(draft.choices)) return false;
  return activeFields(draft.choices, section).every((field) => valueOf(draft, field) !== null);
}

/** Returns whether a field differs from the course's value. */
export function fieldChanged(draft: Draft, field: Field): boolean {
  const values = valuesOf(draft, field);
  return values?.length !== 1 || values[0] !== Number(courseDraft.texts[field]);
}

function choiceChanged({ choices }: Draft, choice: Choice): boolean {
  if (choice === 'flip' && !choices.augmentation) return false;
  if (choice === 'metric' && !choices.earlyStopping) return false;
  if (choice === 'nesterov' && choices.optimizer !== 'sgd') return false;
  return choices[choice] !== courseDraft.choices[choice];
}

export function sectionChanged(draft: Draft, section: Section): boolean {
  return (
    sectionChoices[section].some((choice) => choiceChanged(draft, choice)) ||
    // A field of another optimizer or schedule, or of an option that the course leaves off, differs because of that
    // choice.
    activeFields(draft.choices, section).some((field) => fieldChanged(draft, field))
  );
}

/** Resets the section to the course's values. */
export function resetSection(draft: Draft, section: Section): void {
  for (const choice of sectionChoices[section]) {
    (draft.choices as Record<Choice, unknown>)[choice] = courseDraft.choices[choice];
  }
  const prefixes: Record<Section, readonly string[]> = {
    optimizer: optimizers,
    schedule: [...schedules, 'warmUpSteps'],
    input: ['initialisation'],
    regularisation: ['labelSmoothing', 'clipping'],
    augmentation: ['augmentation'],
    validation: ['validation', 'earlyStopping'],
  };
  for (const field of fields) {
    const [of] = field.split('.') as [string];
    if (prefixes[section].includes(of)) draft.texts[field] = courseDraft.texts[field];
  }
}

/** Uses the first of several typed values. Returns null if a field that counts is not a valid number. */
export function settingsOf(draft: Draft, own: OwnTexts, seed: number): TrainingSettings | null {
  const { choices } = draft;
  const ownValues = ownFields.map((field) => readNumbers(own[field], ownRules[field]).values?.[0] ?? null);
  if (ownValues.includes(null) || !sections.every((section) => sectionValid(draft, section))) return null;
  const [epochs, batchSize, learningRate] = ownValues as [number, number, number];
  const number = (field: Field) => valueOf(draft, field) ?? NaN;
  const of = (prefix: string): Record<string, number> =>
    Object.fromEntries(
      fields
        .filter((field) => field.startsWith(`${prefix}.`))
        .map((field) => [field.slice(prefix.length + 1), number(field)]),
    );
  return trainingSettingsSchema.parse({
    epochs,
    batchSize,
    seed,
    optimizer: optimizerOf(choices, learningRate, of(choices.optimizer)),
    schedule: { type: choices.schedule, ...of(choices.schedule), warmUpSteps: number('warmUpSteps') },
    clipping:
      choices.clipping === 'none' ? null : { type: choices.clipping, maximum: number('clipping.maximum') },
    labelSmoothing: number('labelSmoothing'),
    initialisation:
      choices.initialisation === 'constant'
        ? { type: 'constant', value: number('initialisation.value') }
        : { type: choices.initialisation },
    normalisation: choices.normalisation,
    augmentation: choices.augmentation ? { ...of('augmentation'), horizontalFlip: choices.flip } : null,
    validation: choices.validation ? of('validation') : null,
    earlyStopping: choices.earlyStopping ? { metric: choices.metric, ...of('earlyStopping') } : null,
    measure: choices.measure,
  });
}

function optimizerOf(
  { optimizer: type, nesterov }: Choices,
  learningRate: number,
  rest: Record<string, number>,
): Optimizer {
  return optimizerSchema.parse({ type, learningRate, ...rest, ...(type === 'sgd' && { nesterov }) });
}
