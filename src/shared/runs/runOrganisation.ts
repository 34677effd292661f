/** The organisation of runs: names, tags, notes, and the scope of a list. */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfitMessage.ts';

/** Length in characters. */
export const longestName = 120;
export const runNameSchema = z.string().trim().min(1).max(longestName);

/** Repeated spaces become one; characters of the filter's syntax are excluded. Case does not distinguish tags. */
export const tagSchema = z
  .string()
  .transform((text) => text.trim().replace(/\s+/g, ' '))
  .pipe(
    z
      .string()
      .min(1)
      .max(40)
      .regex(/^[^",，()]*$/, misfitMessage('punctuation')),
  );

export const mostTags = 32;
export const longestNote = 20_000;
/**
 * Parses tags written in a row, each once. Returns null if one of them is not valid, or if they are too many for a run.
 */
export function parseTags(text: string): readonly string[] | null {
  const tags = new Map<string, string>();
  for (const part of text.split(/[,，、]/)) {
    if (part.trim() === '') continue;
    const { success, data } = tagSchema.safeParse(part);
    if (!success) return null;
    const key = data.toLowerCase();
    if (!tags.has(key)) tags.set(key, data);
  }
  return tags.size > mostTags ? null : [...tags.values()];
}

/** A note in Markdown. */
export const noteSchema = z.string().max(longestNote);

/** `active`: neither archived nor deleted. `all`: including archived but not deleted ones. */
export const runScopes = ['active', 'archived', 'all', 'deleted'] as const;
export type RunScope = (typeof runScopes)[number];

/** Number of days for which a deleted run can be restored. */
export const daysUntilPurge = 30;
