/**
 * Settings of a person that every window of every host shares: language, theme, columns, last used values. The lab
 * keeps JSON by key without interpreting it; the window defines the meaning of a key and its fallback
 * (renderer/app/preferences/preferenceKeys.ts).
 */
import { z } from 'zod';
import { deepest, depthOf } from '../../base/jsonDepth.ts';
import { misfitMessage } from '../../misfits/misfitMessage.ts';

/** A filled-in form or a table's columns are far below this; preferences are no place for data. */
const largest = 100_000;

const key = z.string().regex(/^[a-z][\w.-]{0,99}$/i, misfitMessage('key'));
const value = z
  .unknown()
  .refine((json) => depthOf(json) <= deepest, misfitMessage('deep', { maximum: deepest }))
  .pipe(z.json())
  .refine((json) => JSON.stringify(json).length <= largest, misfitMessage('large', { maximum: largest }));

export const preferenceCalls = {
  /** Returns all kept values. */
  'preferences.get': { request: z.strictObject({}), reply: z.record(z.string(), z.json()) },
  /** Null deletes the value. */
  'preferences.set': { request: z.strictObject({ key, value }), reply: z.strictObject({}) },
} as const;

export const preferenceEvents = {
  /** Sent for a change in any window of this lab; null if the value was deleted. */
  'preferences.changed': z.strictObject({ key: z.string(), value: z.json() }),
} as const;
