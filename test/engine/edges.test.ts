/**
 * Nets that are too large for the machine, and nets at the edges of every range: refused with numbers, or trained; what a
 * process dies of ends no other. The same with many more nets: `node scripts/fuzz.ts`.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { childEnvironment } from '../../scripts/setup/native-notes.mjs';
import { openDataset } from '../../src/main/datasets/index.ts';
import { openNet } from '../../src/main/engine/inspect/openNet.ts';
import { type Lab, createLab } from '../../src/main/lab/lab.ts';
import { edgeTrial } from '../support/edgeNetworks.ts';
import { fakeRun, openLab, reached, removeFolder, temporaryFolder, importerPath } from '../support/lab.ts';

const workerPath = new URL('../../src/main/engine/worker.ts', import.meta.url);
const wide = (filters: number) => ({
  name: `${filters} filters`,
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d' as const, filters, kernelSize: 3 },
    { type: 'activation' as const, function: 'relu' as const },
    { type: 'globalAveragePool' as const },
    { type: 'linear' as const, units: 10 },
  ],
});

let home: string;
let lab: Lab;
beforeEach(async () => {
  home = temporaryFolder();
  lab = await createLab({ home, host: 'terminal', workerPath, importerPath }, { cores: 2 });
});
afterEach(async () => {
  await lab.close();
  removeFolder(home);
});

describe('a net that no machine can count', () => {
  const settings = { batchSize: 8192 };

  test.each([4096, 2048])('%d filters: refused to estimate, to train, and in a sweep', async (filters) => {
    const network = wide(filters);
    const code = 'memory.elements-batch';
    await expect(lab.call('training.estimate', { network, settings, threads: 2 })).rejects.toMatchObject({
      code,
    });
    await expect(
      lab.call('runs.start', { runs: [{ network, settings, dataset: 'mnist' }] }),
    ).rejects.toMatchObject({ code });
    await expect(
      lab.call('sweeps.start', { sweep: { network, settings, dataset: 'mnist', axes: [], seeds: [0] } }),
    ).rejects.toMatchObject({ code: 'sweep.combination' });
    expect(await lab.call('runs.list', {})).toMatchObject({ total: 0 });
  });
});

test('a net that is too large to be looked into is refused before its graph is built', async () => {
  const dataset = await openDataset('mnist');
  const { network, settings } = { network: wide(4096), settings: { normalisation: 'course' as const } };
  vi.stubEnv('STRIDE_MEMORY_LIMIT', '440000000');
  try {
    await expect(openNet({ network, settings, dataset, tensors: [] })).rejects.toMatchObject({
      code: 'memory.network',
    });
  } finally {
    vi.unstubAllEnvs();
  }
});

test('an estimate whose process dies says so, ends no other run, and the next one is answered', async () => {
  const other = await createLab(
    {
      home,
      host: 'terminal',
      workerPath: new URL('../support/dyingWorker.ts', import.meta.url),
      importerPath,
    },
    { cores: 2 },
  );
  const [run] = await lab.call('runs.start', {
    runs: [{ network: wide(4), settings: { epochs: 50 }, dataset: 'mnist' }],
  });
  try {
    await expect(
      other.call('training.estimate', { network: wide(8), settings: {}, threads: 2 }),
    ).rejects.toMatchObject({ code: 'estimate.died', parameters: { reason: 'SIGSEGV' } });
    await expect(
      other.call('training.estimate', { network: wide(8), settings: {}, threads: 2 }),
    ).rejects.toMatchObject({ code: 'estimate.died' });
    expect(await lab.call('runs.get', { run: run!.id })).toMatchObject({ status: 'running' });
    await lab.call('runs.stop', { run: run!.id });
  } finally {
    await other.close();
  }
});

test('a run that does not fit beside another one fails with numbers when its turn comes', async () => {
  const small = await openLab(temporaryFolder(), {
    readMemory: () => ({ totalBytes: 415e6 + 2e5, freeBytes: 415e6 + 2e5 }),
  });
  try {
    await small.call('runs.start', { runs: [fakeRun('hold-at-5')] });
    await expect(
      small.call('runs.start', { runs: [{ ...fakeRun(), settings: { batchSize: 3000 } }] }),
    ).rejects.toMatchObject({ code: 'memory.batch' });
  } finally {
    await small.close();
  }
});

test('nets at the edges, each in a process that may die: refused or trained', async () => {
  for (let i = 0; i < 4; i += 1) {
    const trial = edgeTrial(7, i);
    const child = fork(fileURLToPath(new URL('../support/tryNetwork.ts', import.meta.url)), [], {
      env: { ...process.env, ...childEnvironment, STRIDE_MEMORY_LIMIT: '1500000000' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const outcome = await new Promise<string>((resolve) => {
      child.on('message', (message) => resolve(String(message)));
      child.on('exit', (code, signal) => resolve(`died of ${signal ?? code}`));
      child.send(trial);
    });
    expect({ trial, outcome }).toMatchObject({
      outcome: expect.stringMatching(/^(trained|memory\.|network\.)/),
    });
  }
});

test('a run that took its process along says so at the next start', async () => {
  const { startProcess } = await import('../support/processes.ts');
  const folder = temporaryFolder();
  const child = startProcess('labProcess.ts', folder, 'kill-process');
  await expect(
    (async () => {
      for (;;) await child.line();
    })(),
  ).rejects.toThrow('ended');
  const next = await openLab(folder);
  try {
    expect(await next.call('runs.get', { run: 1 })).toMatchObject({
      status: 'interrupted',
      problem: { code: 'run.process-ended-first-step' },
    });
    await next.call('runs.resume', { run: 1 });
    expect(await next.call('runs.get', { run: 1 })).toMatchObject({ problem: null });
    await reached(next, 1, 'running', 'finished');
  } finally {
    await next.close();
    removeFolder(folder);
  }
});
