/** How runs are kept in order: names, tags, notes, and which of them a list is of. */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfit.ts';

/** In characters. */
export const longestName = 120;
export const runNameSchema = z.string().trim().min(1).max(longestName);

/** Spaces within are one; without what the filter's language needs for itself. Capitals do not tell tags apart. */
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
/** Tags that are written in a row, each once. Null where one of them cannot be a tag, or they are too many for a run. */
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

/** Markdown. */
export const noteSchema = z.string().max(longestNote);

/** `active`: neither archived nor deleted. `all`: archived ones too, deleted ones not. */
export const runScopes = ['active', 'archived', 'all', 'deleted'] as const;
export type RunScope = (typeof runScopes)[number];

/** How long a deleted run can be restored. */
export const daysUntilPurge = 30;
