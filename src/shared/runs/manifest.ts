/**
 * The identity and task of a run, in its folder. A run's number is only its place in one history; its identity is
 * random, and is stored in history, in its folder and in each of its checkpoints, so that a folder is never mistaken
 * for that of another run with the same number, and can be recovered if history was lost.
 */
import { z } from 'zod';
import { misfitMessage } from '../misfits/misfitMessage.ts';
import { networkSchema } from '../network/network.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { machineSchema, versionsSchema } from './runs.ts';

/** 128 random bits in hexadecimal. */
const runIdentitySchema = z.string().regex(/^[0-9a-f]{32}$/, misfitMessage('hexadecimal'));

export const runManifestSchema = z.object({
  stride: z.literal('run'),
  identity: runIdentitySchema,
  /** Its number in the history in which it was created. */
  run: z.int().positive(),
  name: z.string(),
  network: networkSchema,
  settings: trainingSettingsSchema,
  dataset: z.string(),
  datasetHash: z.string(),
  shards: z.int().min(1),
  parameterCount: z.int(),
  stepsPerEpoch: z.int(),
  versions: versionsSchema,
  machine: machineSchema,
  /** Time in ISO 8601, UTC. */
  createdAt: z.string(),
});
export type RunManifest = z.infer<typeof runManifestSchema>;

/** What tells a run's files from those of any other. */
export interface IdentifiedRun {
  readonly manifest: Pick<RunManifest, 'run' | 'identity'>;
  /** True if the run was made before runs had identities: a file without one may be its own. */
  readonly fromBefore: boolean;
}

/** A run as history knows it, for readers of its files. */
export interface KnownRun extends IdentifiedRun {
  readonly manifest: RunManifest;
}
