/** Sweeps that a restart, another process or a fault of the machine interrupts; only the training itself is a stand-in. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  fakeDataset,
  fakeRun,
  filesOnDisk,
  nextEvent,
  reached,
  reachedStep,
  storyOf,
} from './support/lab.ts';
import { startProcess } from './support/processes.ts';

import { labsOfThisFile } from './support/labsOfFile.ts';
import { letGo, statuses, sweepOf, sweepReached } from './support/sweeps.ts';

const here = labsOfThisFile();
const { open } = here;

describe('a restart', () => {
  test('an interrupted sweep is shown as such, and goes on', async () => {
    const lab = await open();
    await lab.call('sweeps.start', {
      sweep: sweepOf(['plain', 'hold-at-200', 'hold-at-210', 'last'], { seeds: [3] }),
    });
    await Promise.all([reachedStep(lab, 2, 200), reachedStep(lab, 3, 210)]);
    await lab.close();

    const next = await open();
    const left = await next.call('sweeps.get', { sweep: 1 });
    expect(left).toMatchObject({ status: 'interrupted', problem: null, endedAt: expect.any(String) });
    expect(statuses(left)).toEqual(['finished', 'interrupted', 'interrupted', 'waiting']);
    await next.call('sweeps.resume', { sweep: 1 });
    expect(await next.call('runs.get', { run: 2 })).toMatchObject({ status: 'running', step: 200 });
    await letGo(next, 2, 200);
    await letGo(next, 3, 210);
    const done = await sweepReached(next, 1, 'finished');
    expect(statuses(done)).toEqual(Array(4).fill('finished'));
    // Each as if nothing had come in between.
    const [alone] = await next.call('runs.start', { runs: [fakeRun('plain', { seed: 3, epochs: 1 })] });
    await reached(next, alone?.id ?? 0, 'finished');
    for (const run of [1, 2, 3, 4])
      expect(await storyOf(next, run)).toEqual(await storyOf(next, alone?.id ?? 0));
  });

  test('a paused one stays paused', async () => {
    const lab = await open();
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100'], { axes: [], seeds: [0, 1, 2] }) });
    await reachedStep(lab, 1, 100);
    await lab.call('sweeps.pause', { sweep: 1 });
    await lab.close();
    const next = await open();
    const left = await next.call('sweeps.get', { sweep: 1 });
    expect(left.status).toBe('paused');
    expect(statuses(left)).toEqual(['interrupted', 'interrupted', 'waiting']);
    expect(await next.call('sweeps.cancel', { sweep: 1 })).toMatchObject({ status: 'cancelled' });
  });

  test('after kill -9; another process’s sweep is left alone while it lives', async () => {
    const other = startProcess('labProcess.ts', here.home, 'sweep', 'hold-at-150');
    here.processes.push(other);
    while ((JSON.parse(await other.line()) as { step?: number }).step !== 150);
    const lab = await open();
    expect((await lab.call('sweeps.get', { sweep: 1 })).status).toBe('running');
    for (const call of ['sweeps.pause', 'sweeps.resume', 'sweeps.cancel'] as const) {
      await expect(lab.call(call, { sweep: 1 })).rejects.toMatchObject({ code: 'sweep.elsewhere' });
    }
    await other.kill();
    const { sweeps } = await lab.call('sweeps.list', {});
    expect(sweeps[0]).toMatchObject({ status: 'interrupted', runs: { total: 3, waiting: 1, open: 2 } });
    await lab.call('sweeps.resume', { sweep: 1 });
    for (const run of [1, 2, 3]) await letGo(lab, run, 150);
    expect(statuses(await sweepReached(lab, 1, 'finished'))).toEqual(Array(3).fill('finished'));
  });

  test('another process’s sweep, which nobody tells of, is told of all the same, until its end', async () => {
    const lab = await open();
    const begun = nextEvent(lab, 'sweep.changed', ({ runs }) => runs.open === 2);
    const other = startProcess('labProcess.ts', here.home, 'sweep', 'hold-at-150');
    here.processes.push(other);
    expect(await begun).toMatchObject({ id: 1, status: 'running', runs: { total: 3, waiting: 1 } });
    const ended = nextEvent(lab, 'sweep.changed', ({ status }) => status !== 'running');
    await other.kill();
    await lab.call('sweeps.list', {});
    expect(await ended).toMatchObject({ id: 1, status: 'interrupted' });

    // This one begins and ends between two polls.
    const short = nextEvent(lab, 'sweep.changed', ({ id, status }) => id === 2 && status === 'finished');
    here.processes.push(startProcess('labProcess.ts', here.home, 'sweep', 'plain'));
    expect(await short).toMatchObject({ runs: { total: 3, finished: 3 } });
  });

  test('what has changed in between is said', async () => {
    const lab = await open();
    await lab.call('sweeps.start', { sweep: sweepOf(['hold-at-100'], { axes: [], seeds: [0, 1, 2] }) });
    await Promise.all([reachedStep(lab, 1, 100), reachedStep(lab, 2, 100)]);
    await lab.close();
    const summary = { ...fakeDataset.summary, hash: 'e'.repeat(64) };
    const changed = await open({ openDataset: async () => ({ ...fakeDataset, summary }) });
    await expect(changed.call('sweeps.resume', { sweep: 1 })).rejects.toMatchObject({
      code: 'sweep.data-changed',
    });
    await changed.close();

    // One damaged checkpoint fails its own run.
    writeFileSync(join(here.home, 'runs', '1', 'last.safetensors'), 'nothing of the kind');
    const next = await open();
    await next.call('sweeps.resume', { sweep: 1 });
    for (const run of [2, 3]) await letGo(next, run, 100);
    const done = await sweepReached(next, 1, 'finished');
    expect(statuses(done)).toEqual(['failed', 'finished', 'finished']);
    expect(done.results[0]?.runs[0]?.problem?.code).toBe('safetensors.damaged');
  });
});

describe('what lies in the machine interrupts the sweep', () => {
  test('a full disk', async () => {
    let full = false;
    const files = filesOnDisk(() => full);
    const lab = await open({ files, cores: 1 });
    lab.on('run.changed', ({ id, status }) => (full ||= id === 2 && status === 'running'));
    await lab.call('sweeps.start', { sweep: sweepOf(['plain'], { axes: [], seeds: [0, 1, 2, 3] }) });
    const sweep = await sweepReached(lab, 1, 'interrupted');
    expect(sweep.problem?.code).toBe('checkpoint.disk-full');
    expect(statuses(sweep)).toEqual(['finished', 'failed', 'waiting', 'waiting']);
  });

  test('room again: it goes on', async () => {
    let full = true;
    const files = filesOnDisk(() => full);
    const lab = await open({ files });
    await lab.call('sweeps.start', { sweep: sweepOf(['plain'], { axes: [], seeds: [0, 1, 2, 3] }) });
    await sweepReached(lab, 1, 'interrupted');
    await Promise.all([reached(lab, 1, 'failed'), reached(lab, 2, 'failed')]);
    full = false;
    await lab.call('sweeps.resume', { sweep: 1 });
    const sweep = await sweepReached(lab, 1, 'finished');
    expect(sweep).toMatchObject({ problem: null, runs: { finished: 4 } });
  });
});
