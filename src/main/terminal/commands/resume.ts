/**
 * `stride resume`: resumes a run from its last checkpoint, with the losses that it would have had without the
 * interruption.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { follow } from '../reports/follow.ts';
import type { Io } from '../io.ts';
import { jsonReport } from '../reports/jsonReport.ts';
import { TextReport } from '../reports/textReport.ts';

/** Returns the exit code. */
export function resume(
  io: Io,
  lab: LabClient,
  run: number,
  { json, previous }: { json?: boolean; previous?: boolean },
  stop: AbortSignal,
): Promise<number> {
  const begin = async () => [await lab.call('runs.resume', { run, from: previous ? 'previous' : 'last' })];
  return follow(lab, begin, json ? jsonReport(io) : new TextReport(io), stop);
}
