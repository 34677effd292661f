/** Sweeps of the stand-in worker: what they are started with, and how tests wait for them. */
import { vi } from 'vitest';
import { type CallInput } from '../../src/shared/api/api.ts';
import type { Lab } from '../../src/main/lab/lab.ts';
import type { SweepDetail, SweepStatus } from '../../src/shared/sweeps/sweeps.ts';
import { fakeRun, nextEvent } from './lab.ts';

export type SweepInput = CallInput<'sweeps.start'>['sweep'];

/** Behaviours are the names of nets, which the stand-in worker reads. */
export function sweepOf(behaviours: string[], change: Partial<SweepInput> = {}): SweepInput {
  const { network, settings, dataset } = fakeRun(behaviours[0]);
  const networks = behaviours.map((behaviour) => fakeRun(behaviour).network);
  return {
    network,
    settings: { ...settings, epochs: 1 },
    dataset: dataset ?? 'fake',
    axes: [{ path: 'network', values: networks as never[] }],
    ...change,
  };
}

export async function sweepReached(
  lab: Lab,
  sweep: number,
  ...statuses: SweepStatus[]
): Promise<SweepDetail> {
  const event = nextEvent(
    lab,
    'sweep.changed',
    ({ id, status }) => id === sweep && statuses.includes(status),
  );
  const now = await lab.call('sweeps.get', { sweep });
  if (statuses.includes(now.status)) return now;
  await event;
  return lab.call('sweeps.get', { sweep });
}

/** Waits until a run that holds there has come to that step, and lets it go. */
export async function letGo(lab: Lab, run: number, step: number): Promise<void> {
  const there = async () => (await lab.call('runs.get', { run })).step === step;
  await vi.waitUntil(async () => there().catch(() => false), { timeout: 20_000 });
  await lab.call('runs.pause', { run });
  await lab.call('runs.resume', { run });
}

export const statuses = ({ results }: SweepDetail) =>
  results.flatMap(({ runs }) => runs.map(({ status }) => status));
