/**
 * What a person has set once and wants to find again in every window of every host: language, theme, columns, last used
 * values. The lab keeps JSON by key and does not look into it; what a key means, and what it is where nothing is
 * kept, is the window's affair (renderer/app/preferences/preferenceKeys.ts).
 */
import { z } from 'zod';
import { deepest, depthOf } from '../../base/jsonDepth.ts';
import { misfitMessage } from '../../misfits/misfit.ts';

/** A form that is filled in, a table's columns: far below this. It is no place for data. */
const largest = 100_000;

const key = z.string().regex(/^[a-z][\w.-]{0,99}$/i, misfitMessage('key'));
const value = z
  .unknown()
  .refine((json) => depthOf(json) <= deepest, misfitMessage('deep', { maximum: deepest }))
  .pipe(z.json())
  .refine((json) => JSON.stringify(json).length <= largest, misfitMessage('large', { maximum: largest }));

export const preferenceCalls = {
  /** All that are kept. */
  'preferences.get': { request: z.strictObject({}), reply: z.record(z.string(), z.json()) },
  /** Null forgets it. */
  'preferences.set': { request: z.strictObject({ key, value }), reply: z.strictObject({}) },
} as const;

export const preferenceEvents = {
  /** By whichever window of this lab; null where it was forgotten. */
  'preferences.changed': z.strictObject({ key: z.string(), value: z.json() }),
} as const;
