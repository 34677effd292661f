/** The table of measured training speeds. */
import type { Db } from '../sqlite.ts';

export interface PaceRecord {
  readonly secondsPerStep: number;
  readonly secondsPerTestImage: number;
  readonly startSeconds: number;
}

export interface Paces {
  /** Returns undefined if nothing was measured. */
  get(key: string): PaceRecord | undefined;
  put(key: string, pace: PaceRecord): void;
}

export function pacesTable(db: Db): Paces {
  const get = db.prepare(`
    SELECT seconds_per_step AS secondsPerStep, seconds_per_test_image AS secondsPerTestImage,
      start_seconds AS startSeconds FROM paces WHERE key = ?`);
  const put = db.prepare(`
    INSERT OR REPLACE INTO paces (key, seconds_per_step, seconds_per_test_image, start_seconds, measured_at)
    VALUES (@key, @secondsPerStep, @secondsPerTestImage, @startSeconds, @at)`);
  return {
    get: (key) => get.get(key) as PaceRecord | undefined,
    put: (key, pace) => {
      put.run({ ...pace, key, at: new Date().toISOString() });
    },
  };
}
