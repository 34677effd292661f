/**
 * A checkpoint as bytes: a safetensors file whose metadata name the run and its progress, under a checksum of
 * the whole file. At an epoch's end the file also contains that epoch's record, because history is written
 * after the file; and the records of all epochs before it, so that a run can be recovered without its
 * history.
 */
import { z } from 'zod';
import { type Checkpoint, progressSchema } from '../../shared/runs/checkpoint.ts';
import { fromJson, toJson } from '../../shared/base/json.ts';
import { Problem } from '../../shared/base/problem.ts';
import type { IdentifiedRun } from '../../shared/runs/manifest.ts';
import { type EpochRecord, epochRecordSchema } from '../../shared/runs/runs.ts';
import { requireWhole, seal, unsealed } from './checksum.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

export interface SavedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Record of the epoch that ended at this checkpoint; null if none did. */
  readonly epoch: EpochRecord | null;
  /** Records of the finished epochs that history had, without their layers' health. */
  readonly epochs?: readonly EpochRecord[];
}

const metadataSchema = z.object({
  stride: z.literal('checkpoint'),
  run: z.string(),
  progress: z.string(),
  epoch: z.string(),
  /** Missing in files from before runs had identities. */
  identity: z.string().optional(),
  epochs: z.string().optional(),
});

const withoutLayers = (record: EpochRecord): EpochRecord => ({
  ...record,
  details: record.details && { ...record.details, layers: [] },
});

export async function encodeCheckpoint(
  { checkpoint, epoch, epochs = [] }: SavedCheckpoint,
  { run, identity }: { readonly run: number; readonly identity: string },
): Promise<Buffer> {
  const file = encodeSafetensors({
    tensors: checkpoint.tensors,
    metadata: {
      ...unsealed,
      stride: 'checkpoint',
      run: String(run),
      identity,
      progress: toJson(checkpoint.progress),
      epoch: toJson(epoch),
      epochs: toJson(epochs.map(withoutLayers)),
    },
  });
  await seal(file);
  return file;
}

/** Decodes a checkpoint of any run; `path` is used in error messages. */
async function decodeCheckpoint(
  bytes: Uint8Array,
  path: string,
): Promise<{ saved: SavedCheckpoint; run: string; identity: string | null }> {
  const sealed = await requireWhole(bytes, path);
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const known = metadataSchema.safeParse(metadata);
  if (!known.success) {
    throw new Problem(
      'checkpoint.foreign',
      `${path} is a safetensors file, but not a checkpoint of Stride's`,
      { path },
    );
  }
  const { run, identity } = known.data;
  if (identity !== undefined && !sealed) throw damaged(path, 'it lacks its checksum');
  try {
    const progress = progressSchema.parse(fromJson(known.data.progress));
    const epoch = epochRecordSchema.nullable().parse(fromJson(known.data.epoch));
    const epochs = z.array(epochRecordSchema).parse(fromJson(known.data.epochs ?? '[]'));
    return { saved: { checkpoint: { progress, tensors }, epoch, epochs }, run, identity: identity ?? null };
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw damaged(path, `its progress cannot be read (${detail})`);
  }
}

/** Throws if the file is another run's. */
export async function decodeOwnCheckpoint(
  bytes: Uint8Array,
  path: string,
  { manifest: { run, identity }, fromBefore }: IdentifiedRun,
): Promise<SavedCheckpoint> {
  const found = await decodeCheckpoint(bytes, path);
  if (found.identity === identity) return found.saved;
  if (found.identity === null && fromBefore && found.run === String(run)) return found.saved;
  const whose =
    found.run === String(run)
      ? `another run that had the number ${run} in another history`
      : `run ${found.run}`;
  throw new Problem(
    'checkpoint.other-run',
    `${path} is a checkpoint of ${whose}, not of this run ${run}; put this run's own file back`,
    { path, run, found: found.run },
  );
}

function damaged(path: string, detail: string): Problem {
  return new Problem('checkpoint.damaged', `${path} is damaged: ${detail}`, { path, detail });
}
