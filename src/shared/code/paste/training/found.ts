/** The settings that are read for one training, with their findings. */
import { type TrainingSettings, trainingSettingsSchema } from '../../../training/training.ts';
import type { Findings } from '../findings.ts';
import { outOfRange } from '../outOfRange.ts';
import { NotUnderstood, type Origin, type Place } from '../values.ts';
import type { SettingCall } from './trainings.ts';

export type FoundSettings = { -readonly [K in keyof TrainingSettings]?: TrainingSettings[K] };

export interface SettingsReading {
  readonly found: FoundSettings;
  readonly findings: Findings;
}

/** Stores a value if it is within Stride's ranges. */
export function keep<K extends keyof TrainingSettings>(
  { found }: SettingsReading,
  key: K,
  value: TrainingSettings[K],
  what: string,
): void {
  const result = trainingSettingsSchema.safeParse({ [key]: value });
  if (!result.success) throw outOfRange(what, result.error, { [key]: value });
  found[key] = value;
}

/** Reports anything unsupported in the call with its place. */
export function attempt({ findings }: SettingsReading, place: Place, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    findings.add('error', error.code, place, error.parameters);
  }
}

/** Reports the condition of a setting that the code does not fix; the setting is used. */
export function nameCondition({ findings }: SettingsReading, { condition, place }: SettingCall): void {
  if (condition) findings.add('warning', 'condition-setting', place, { condition: condition.what });
}

export const conditionOf = (origin: Origin | undefined) => (origin?.kind === 'condition' ? origin : null);
