/** Checkpoint files of a home as they lie there, for who has no history open: whose they are, their folders say. */
import { readManifest, folderOf } from '../../src/main/checkpoints/runFolders.ts';
import { type CheckpointFiles, checkpointFiles } from '../../src/main/checkpoints/files.ts';
import type { KnownRun } from '../../src/shared/runs/manifest.ts';
import { newRun } from './newRun.ts';

export function filesOf(home: string): CheckpointFiles {
  return checkpointFiles(home, (run) => {
    const manifest = readManifest(folderOf(home, run));
    return manifest ? { manifest, fromBefore: false } : aRun(run);
  });
}

/** A run with that number whose identity follows from it. */
export function aRun(run: number, change: Partial<KnownRun> = {}): KnownRun {
  const identity = String(run).padStart(32, '0');
  const manifest = {
    ...newRun(),
    stride: 'run',
    identity,
    run,
    createdAt: '2026-11-29T00:00:00.000Z',
  } as const;
  return { manifest, fromBefore: false, ...change };
}
