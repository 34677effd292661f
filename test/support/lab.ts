/** A lab to test with: a temporary folder, the fake worker, a data set of two classes that has no bytes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { CallInput, EventName, EventPayload } from '../../src/shared/api/api.ts';
import type { Dataset } from '../../src/shared/datasets/dataset.ts';
import { Problem } from '../../src/shared/base/problem.ts';
import type { RunStatus, RunSummary } from '../../src/shared/runs/runs.ts';
import { historyFile } from '../../src/main/history/open.ts';
import { type Lab, type LabParts, createLab } from '../../src/main/lab/lab.ts';

export const importerPath = new URL('../../src/main/datasets/import/importThread.ts', import.meta.url);
export const fakeWorker = new URL('fakeWorker.ts', import.meta.url);

const file = { path: '/nowhere', offset: 0, count: 3205 };

/** 3,205 images in batches of 10: 321 steps an epoch, the last of five images, one running loss an epoch. */
export const fakeDataset: Dataset = {
  summary: {
    id: 'fake',
    name: 'Fake',
    height: 4,
    width: 4,
    channels: 1,
    classes: ['a', 'b'],
    trainCount: 3205,
    testCount: 100,
    hash: 'f'.repeat(64),
    mean: [0.5],
    deviation: [0.5],
  },
  files: { train: { images: file, labels: file }, test: { images: file, labels: file } },
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stride-test-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns files that cannot be written while the disk is full. */
export function filesOnDisk(isFull: () => boolean): NonNullable<LabParts['files']> {
  return (real) => ({
    ...real,
    write: async (...parameters) => {
      if (isFull()) throw new Problem('checkpoint.disk-full', 'the disk is full');
      return real.write(...parameters);
    },
  });
}

/** Lets a stand-in worker that holds at a step go on the next time: it reads from its network's name what to do. */
export function unhold(home: string): void {
  const db = new Database(join(home, historyFile));
  db.exec("UPDATE runs SET network = replace(network, 'hold-at-400', 'plain')");
  db.close();
}

export function openLab(
  home: string,
  parts: LabParts = {},
  workerPath: string | URL = fakeWorker,
): Promise<Lab> {
  return createLab(
    { home, host: 'terminal', workerPath, importerPath },
    {
      cores: 2,
      openDataset: async (id) => {
        if (id === 'fake') return fakeDataset;
        throw new Problem('dataset.unknown', `there is no data set "${id}"`);
      },
      findTrainingProblem: () => null,
      ...parts,
    },
  );
}

/** A run's request. `behaviour` is what the fake worker is told (see there). */
export function fakeRun(
  behaviour = 'plain',
  { epochs = 3, seed = 0, name }: { epochs?: number; seed?: number; name?: string } = {},
): CallInput<'runs.start'>['runs'][number] {
  return {
    ...(name === undefined ? {} : { name }),
    network: {
      name: behaviour,
      input: { height: 4, width: 4, channels: 1 },
      layers: [{ type: 'flatten' }, { type: 'linear', units: 2 }],
    },
    settings: { epochs, seed, batchSize: 10 },
    dataset: 'fake',
  };
}

/** The next event of this name for which `wanted` holds. */
export function nextEvent<E extends EventName>(
  lab: Lab,
  name: E,
  wanted: (payload: EventPayload<E>) => boolean = () => true,
): Promise<EventPayload<E>> {
  return new Promise((resolve) => {
    const off = lab.on(name, (payload) => {
      if (!wanted(payload)) return;
      off();
      resolve(payload);
    });
  });
}

/** Waits until the run has one of these statuses. */
export async function reached(lab: Lab, run: number, ...statuses: RunStatus[]): Promise<RunSummary> {
  const event = nextEvent(lab, 'run.changed', ({ id, status }) => id === run && statuses.includes(status));
  const now = await lab.call('runs.get', { run });
  return statuses.includes(now.status) ? now : event;
}

/** Waits until so many steps of the run have been told. */
export function reachedStep(lab: Lab, run: number, step: number): Promise<unknown> {
  return nextEvent(
    lab,
    'run.batchLosses',
    (event) => event.run === run && event.from + event.losses.length >= step,
  );
}

/** All that history knows of a run's training, whatever it is called and in how many goes it was done. */
export async function storyOf(lab: Lab, run: number) {
  const { status, step, epochsDone, best, last, trainSeconds, problem, epochs, runningLosses } =
    await lab.call('runs.get', { run });
  const { losses } = await lab.call('runs.batchLosses', { run });
  const batchLosses = [...losses];
  return { status, step, epochsDone, best, last, trainSeconds, problem, epochs, runningLosses, batchLosses };
}

let whole: Promise<Awaited<ReturnType<typeof storyOf>>> | undefined;

/** The story of a run that nothing came in the way of. */
export function undisturbed(): Promise<Awaited<ReturnType<typeof storyOf>>> {
  whole ??= (async () => {
    const home = temporaryFolder();
    const lab = await openLab(home);
    await lab.call('runs.start', { runs: [fakeRun()] });
    await reached(lab, 1, 'finished');
    const story = await storyOf(lab, 1);
    await lab.close();
    removeFolder(home);
    return story;
  })();
  return whole;
}
