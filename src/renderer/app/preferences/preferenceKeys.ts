/**
 * Declares every preference of the window: the schema of its value, and the fallback if nothing is kept, or if another
 * version of Stride kept a value that does not fit. A screen adds its own here, under its own prefix.
 */
import { z } from 'zod';
import { leastMegabytes, mostMegabytes, usualMegabytes } from '../../../shared/inspect/epochStates.ts';
import { smoothingPositions } from '../../plot/data/smoothing.ts';
import { type XAxis, xAxes } from '../../plot/xAxis.ts';
import { type LastUsed, lastUsedSchema } from '../train/trainLast.ts';

const preference = <T>(schema: z.ZodType<T>, fallback: T) => ({ schema, fallback });

export const localeChoices = ['system', 'en', 'zh-CN'] as const;
export const themes = ['system', 'light', 'dark'] as const;

export const preferences = {
  locale: preference(z.enum(localeChoices), 'system'),
  theme: preference(z.enum(themes), 'system'),
  /** The welcome page was dismissed; it is not opened automatically again. */
  'welcome.dismissed': preference(z.boolean(), false),
  /** Interrupted runs resume at the next start without a question. */
  'runs.resumeAtStart': preference(z.boolean(), false),
  /** Interrupted runs up to this time (ISO 8601) are no longer offered for resuming. */
  'runs.resumeDeclined': preference(z.string(), ''),
  /** The net that the Design screen had open last: a preset's name or a kept net's number. */
  'design.last': preference(z.string().max(40), 'course'),
  /** Width of the Design screen's side panel in rem: with a layer's fields in it, and with code. */
  'design.sideWidth': preference<number>(z.number().min(14).max(60), 20),
  'design.codeWidth': preference<number>(z.number().min(14).max(60), 32),
  /** The settings of the last start on the Train screen. */
  'train.last': preference<LastUsed | null>(lastUsedSchema.nullable(), null),
  /** Budget in megabytes for the states of a run's epochs (shared/inspect/epochStates.ts). */
  'inspect.epochMegabytes': preference<number>(
    z.number().min(leastMegabytes).max(mostMegabytes),
    usualMegabytes,
  ),
  /** The quantity on the charts' horizontal axis. */
  'watch.axis': preference<XAxis>(z.enum(xAxes), 'epoch'),
  /** True if the charts' value axis is logarithmic. */
  'watch.logarithmic': preference(z.boolean(), false),
  /** The position of the charts' smoothing slider. */
  'watch.smoothing': preference<number>(z.int().min(0).max(smoothingPositions), 0),
  /** The columns of the table of runs, in order (screens/runs/columns.ts). */
  'runs.columns': preference<readonly string[]>(z.array(z.string()), [
    'status',
    'net',
    'accuracy',
    'last',
    'loss',
    'epochs',
    'lr',
    'batch',
    'time',
    'tags',
    'seed',
    'created',
  ]),
  /** Filters that were given a name. */
  'runs.filters': preference<readonly { readonly name: string; readonly filter: string }[]>(
    z.array(z.strictObject({ name: z.string(), filter: z.string() })),
    [],
  ),
} as const;

export type PreferenceKey = keyof typeof preferences;
export type PreferenceValue<K extends PreferenceKey> = (typeof preferences)[K]['fallback'];
