import { describe, expect, test } from 'vitest';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import {
  type Choices,
  type Draft,
  type Field,
  courseDraft,
  draftOf,
  fieldRules,
  fields,
  ownRules,
  resetSection,
  sectionChanged,
  sectionValid,
  sections,
  settingsOf,
} from './trainDraft.ts';

const own = { epochs: '10', batchSize: '64', learningRate: '0.01' };
const copy = (): Draft => structuredClone(courseDraft);

test('is the course’s settings to begin with', () => {
  expect(settingsOf(courseDraft, own, 0)).toEqual(trainingSettingsSchema.parse({}));
  for (const section of sections) expect(sectionChanged(courseDraft, section)).toBe(false);
});

test.each([
  { optimizer: { type: 'adam', learningRate: 0.01, beta1: 0.8, weightDecay: 0.1 } },
  { optimizer: { type: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 1e-4 } },
  { optimizer: { type: 'adagrad', learningRate: 0.01, learningRateDecay: 0.01 } },
  { schedule: { type: 'oneCycle', maximum: 0.2, pctStart: 0.2, warmUpSteps: 7 } },
  { schedule: { type: 'step', stepSize: 3, gamma: 0.5 }, clipping: { type: 'value', maximum: 0.5 } },
  { initialisation: { type: 'constant', value: -0.5 }, normalisation: 'none', labelSmoothing: 0.2 },
  { augmentation: { shift: 3, horizontalFlip: true, noise: 0.1 } },
  { validation: { fraction: 0.2, seed: 4 }, earlyStopping: { metric: 'validationLoss', patience: 5 } },
  { measure: false },
])('keeps every setting on the way through: %j', (given) => {
  const settings = trainingSettingsSchema.parse({ seed: 5, ...given });
  expect(settingsOf(draftOf(settings), own, 5)).toEqual(settings);
  const changed = sections.filter((section) => sectionChanged(draftOf(settings), section));
  expect(changed.length).toBeGreaterThan(0);
  const draft = draftOf(settings);
  for (const section of sections) resetSection(draft, section);
  expect(draft).toEqual(courseDraft);
});

describe('the rules are the contract’s', () => {
  /** Returns the choices with which a field counts. */
  function choicesFor(field: Field): Partial<Choices> {
    const [of] = field.split('.') as [string];
    if (of in { sgd: 1, adam: 1, adamW: 1, rmsProp: 1, adagrad: 1 })
      return { optimizer: of as Choices['optimizer'] };
    if (of in { step: 1, exponential: 1, cosine: 1, oneCycle: 1 })
      return { schedule: of as Choices['schedule'] };
    if (of === 'initialisation') return { initialisation: 'constant' };
    if (of === 'clipping') return { clipping: 'norm' };
    if (of === 'augmentation') return { augmentation: true };
    if (of === 'validation') return { validation: true };
    if (of === 'earlyStopping') return { earlyStopping: true };
    return {};
  }

  test.each(fields)('%s', (field) => {
    const { minimum, maximum, whole } = fieldRules[field];
    const step = whole ? 1 : 1e-4;
    const beyond = maximum < Number.MAX_SAFE_INTEGER ? [maximum, maximum + step] : [];
    for (const value of [minimum - step, minimum, minimum + step, ...beyond]) {
      const draft = copy();
      Object.assign(draft.choices, choicesFor(field));
      draft.texts[field] = String(value);
      const mine = sections.every((section) => sectionValid(draft, section));
      // The schema accepts what the rules allow, and rejects what they do not.
      const accepted = settingsByHand(draft, field, value);
      expect([field, value, mine]).toEqual([field, value, accepted]);
    }
  });

  /** Returns whether the schema accepts the settings with that value in the field's place. */
  function settingsByHand(draft: Draft, field: Field, value: number): boolean {
    const safe = copy();
    Object.assign(safe.choices, draft.choices);
    const settings = structuredClone(settingsOf(safe, own, 0)) as unknown as Record<string, unknown>;
    const [of, name] = field.split('.') as [string, string | undefined];
    const groups: Record<string, string> = {
      ...{ sgd: 'optimizer', adam: 'optimizer', adamW: 'optimizer', rmsProp: 'optimizer' },
      ...{ adagrad: 'optimizer', step: 'schedule', exponential: 'schedule', cosine: 'schedule' },
      oneCycle: 'schedule',
    };
    if (field === 'warmUpSteps') (settings['schedule'] as Record<string, unknown>)['warmUpSteps'] = value;
    else if (name === undefined) settings[of] = value;
    else (settings[groups[of] ?? of] as Record<string, unknown>)[name] = value;
    return trainingSettingsSchema.safeParse(settings).success;
  }

  test('of what each net has for itself', () => {
    for (const [field, { minimum, maximum }] of Object.entries(ownRules)) {
      for (const value of [minimum, minimum + 1, maximum, maximum + 1]) {
        const texts = { ...own, [field]: String(value) };
        const settings: Record<string, unknown> = { [field]: value };
        if (field === 'learningRate') settings['optimizer'] = { type: 'sgd', learningRate: value };
        delete settings['learningRate'];
        const { success } = trainingSettingsSchema.safeParse(settings);
        expect([field, value, settingsOf(courseDraft, texts, 0) !== null]).toEqual([field, value, success]);
      }
    }
  });
});

test('early stopping cannot watch images that are not held back', () => {
  const draft = copy();
  draft.choices.earlyStopping = true;
  draft.choices.metric = 'validationLoss';
  expect(sectionValid(draft, 'validation')).toBe(false);
  draft.choices.validation = true;
  expect(sectionValid(draft, 'validation')).toBe(true);
});

test('what does not count is not looked at', () => {
  const draft = copy();
  draft.texts['adam.beta1'] = 'x';
  expect(settingsOf(draft, own, 0)).not.toBeNull();
  draft.choices.optimizer = 'adam';
  expect(settingsOf(draft, own, 0)).toBeNull();
});

test('of several values the first ones are the settings', () => {
  const draft = copy();
  draft.texts['sgd.momentum'] = '0.9, 0.5';
  const several = { ...own, learningRate: '0.1, 0.01', batchSize: '128..256:2' };
  const settings = settingsOf(draft, several, 0);
  expect(settings).toMatchObject({ batchSize: 128, optimizer: { learningRate: 0.1, momentum: 0.9 } });
  expect(sectionChanged(draft, 'optimizer')).toBe(true);
});
