/** Which status can follow which. The one table of it; whatever changes a run's status asks here. */
import type { RunStatus } from '../../../shared/runs/runs.ts';

/**
 * `queued` waits for a place among the workers; `running` and `paused` have a worker; the others have none, and all
 * of these but `finished` can be queued again. A queued run is finished at once where its checkpoint shows that all
 * epochs are done and only the word was missing.
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

/** True while the run is waiting for a worker or has one. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}
