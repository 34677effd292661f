/** Labs of several processes over one folder; only the training itself is a stand-in. */
import { describe, expect, test, vi } from 'vitest';
import { RunActivity } from '../src/main/host/runActivity.ts';
import { fakeRun, nextEvent, reached, reachedStep, storyOf, undisturbed } from './support/lab.ts';
import { startProcess } from './support/processes.ts';

import { labsOfThisFile } from './support/labsOfFile.ts';

const here = labsOfThisFile();
const { open } = here;

describe('several processes', () => {
  test("another process's run is left alone while it lives, and can be resumed after", async () => {
    const other = startProcess('labProcess.ts', here.home, 'hold-at-400');
    here.processes.push(other);
    while ((JSON.parse(await other.line()) as { step?: number }).step !== 400);
    const lab = await open();
    expect((await lab.call('runs.get', { run: 1 })).status).toBe('running');
    for (const call of ['runs.pause', 'runs.stop', 'runs.resume'] as const) {
      await expect(lab.call(call, { run: 1 })).rejects.toMatchObject({ code: 'run.elsewhere' });
    }
    await other.kill();
    const changed = nextEvent(lab, 'run.changed', ({ status }) => status === 'interrupted');
    expect(await lab.call('runs.get', { run: 1 })).toMatchObject({ status: 'interrupted', step: 400 });
    await changed;
    expect(await lab.call('runs.resume', { run: 1 })).toMatchObject({ step: 321 });
    await reachedStep(lab, 1, 400);
    await lab.call('runs.pause', { run: 1 });
    await lab.call('runs.resume', { run: 1 });
    await reached(lab, 1, 'finished');
    expect(await storyOf(lab, 1)).toEqual(await undisturbed());
  });
});

describe("another process's run, which nobody tells of", () => {
  test('is told of all the same, as it gets on, and when it is another one', async () => {
    const lab = await open();
    const begun = nextEvent(lab, 'run.changed', ({ id, step }) => id === 1 && step === 400);
    const activity = new RunActivity(lab);
    const other = startProcess('labProcess.ts', here.home, 'hold-at-400');
    here.processes.push(other);
    expect(await begun).toMatchObject({ status: 'running', step: 400, epochsDone: 1 });
    // This program may end without asking: the run is not its own.
    expect(activity.count).toBe(0);
    // Its own runs are told of once for each change, and not a second time as another's.
    await lab.call('runs.start', { runs: [fakeRun()] });
    await reached(lab, 2, 'finished');
    const again = vi.fn();
    lab.on('run.changed', again);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(again).not.toHaveBeenCalled();
  });
});
