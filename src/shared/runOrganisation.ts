/** How runs are kept in order: names, tags, notes, and which of them a list is of. */
import { z } from 'zod';

export const runNameSchema = z.string().trim().min(1).max(120);

/** Spaces within are one; without what the filter's language needs for itself. Capitals do not tell tags apart. */
export const tagSchema = z
  .string()
  .transform((text) => text.trim().replace(/\s+/g, ' '))
  .pipe(
    z
      .string()
      .min(1)
      .max(40)
      .regex(/^[^",，()]*$/, 'must not contain quotes, commas or parentheses'),
  );

export const mostTags = 32;
export const longestNote = 20_000;
/** Markdown. */
export const noteSchema = z.string().max(longestNote);

/** `active`: neither archived nor deleted. `all`: archived ones too, deleted ones not. */
export const runScopes = ['active', 'archived', 'all', 'deleted'] as const;
export type RunScope = (typeof runScopes)[number];

/** A deleted run can be had back for so long. */
export const daysUntilPurge = 30;
