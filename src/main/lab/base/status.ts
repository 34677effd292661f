/** The table of transitions between statuses, which is consulted for every change of a run's status. */
import type { RunStatus } from '../../../shared/runs/runs.ts';

/**
 * Statuses that may follow each status. `queued` waits for a free place; `running` and `paused` have a
 * worker; the others have none, and all of these but `finished` can be queued again. A queued run becomes
 * finished at once if its checkpoint shows that all epochs are done and only the record of that was missing.
 */
const following: { readonly [S in RunStatus]: readonly RunStatus[] } = {
  queued: ['running', 'stopped', 'failed', 'interrupted', 'finished'],
  running: ['paused', 'stopped', 'failed', 'interrupted', 'finished'],
  paused: ['running', 'stopped', 'failed', 'interrupted'],
  stopped: ['queued'],
  failed: ['queued'],
  interrupted: ['queued'],
  finished: [],
};

export function canFollow(from: RunStatus, to: RunStatus): boolean {
  return following[from].includes(to);
}

/** Returns true while the run is waiting for a worker or has one. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}
