/**
 * Keeps the states of a run's epochs as the lab does, in a folder of its own, and measures how long that takes. The
 * run trains meanwhile, so these seconds are the most by which keeping can delay it: writing takes none of a core.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { epochStates } from '../../src/main/checkpoints/epochStates.ts';
import { usualMegabytes } from '../../src/shared/inspect/epochStates.ts';
import type { Checkpoint } from '../../src/shared/runs/checkpoint.ts';

/** Keeps the state of an epoch and returns the seconds that it took. */
export type KeepState = (epoch: number, checkpoint: Checkpoint) => Promise<number>;

export function stateKeeper(): KeepState {
  const folder = mkdtempSync(join(tmpdir(), 'stride-bench-states-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const manifest = { run: 1, identity: randomUUID() };
  const states = epochStates(
    () => folder,
    () => ({ manifest, fromBefore: false }),
  );
  return async (epoch, checkpoint) => {
    const began = performance.now();
    await states.keep(1, epoch, checkpoint, { megabytes: usualMegabytes, best: null });
    return (performance.now() - began) / 1000;
  };
}
