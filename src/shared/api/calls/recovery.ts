/** Runs whose folders exist, but which this history does not list: it was moved away, emptied or replaced. */
import { z } from 'zod';
import { call } from './call.ts';

export const foundRunSchema = z.strictObject({
  /** The folder's number, which identifies the run here; in history it may get another one. */
  number: z.int().positive(),
  folder: z.string(),
  /** Null for a folder from before runs had identities, which does not say what was trained. */
  name: z.string().nullable(),
  createdAt: z.string().nullable(),
});
export type FoundRun = z.infer<typeof foundRunSchema>;

export const recoveryCalls = {
  'recovery.list': call(z.strictObject({}), z.array(foundRunSchema)),
  /**
   * Adds them to history, interrupted at their last intact checkpoint; their losses of single batches were kept by the
   * lost history alone. Returns their numbers in history, and the reasons why the others could not be recovered.
   */
  'recovery.recover': call(
    z.strictObject({ numbers: z.array(z.int().positive()).min(1).max(100_000) }),
    z.strictObject({
      runs: z.array(z.int()),
      problems: z.array(
        z.strictObject({
          code: z.string(),
          message: z.string(),
          parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        }),
      ),
    }),
  ),
} as const;
