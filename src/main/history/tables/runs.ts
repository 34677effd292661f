/** The table of runs: their definition, owner, progress and results. */
import type { Db } from '../sqlite.ts';
import { type RunReads, runReads } from './runReads.ts';
import { type RunWrites, runWrites } from './runWrites.ts';

export type Runs = RunReads & RunWrites;

export function runsTable(db: Db): Runs {
  return { ...runReads(db), ...runWrites(db) };
}
