/** The terminal host in a test: command lines in, streams and exit codes out, with a stand-in lab. */
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runTerminal } from '../../src/main/terminal/program.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import type { RunDetail, RunSummary } from '../../src/shared/runs/runs.ts';
import { type Answers, StandInLab, appInfo, runSummary } from './standInLab.ts';
import { Written } from './written.ts';

/** A data set's summary, of MNIST's size. */
const listed = (id: string, name = id) =>
  ({ id, name, height: 28, width: 28, channels: 1, classes: [...'0123456789'] }) as unknown as Awaited<
    ReturnType<NonNullable<Answers['datasets.list']>>
  >[number];

export function openTerminal() {
  const lab = new StandInLab({
    'datasets.list': () => [listed('mnist')],
    'recovery.list': () => [],
    'app.info': () => appInfo(mkdtempSync(join(tmpdir(), 'stride-terminal-'))),
  });
  const [stdout, stderr, signals] = [new Written(), new Written(), new EventEmitter()];
  const createLab = vi.fn(async () => lab);
  const [kill, loadAhead] = [vi.fn(), vi.fn()];
  const terminal = {
    stdout,
    stderr,
    signals,
    kill,
    loadAhead,
    createLab,
    platform: 'linux' as const,
    renderer: '',
    doctor: '',
  };
  return {
    ...terminal,
    lab,
    env: {} as NodeJS.ProcessEnv,
    stride(...args: string[]): Promise<number> {
      return runTerminal({ ...terminal, env: this.env }, args);
    },
  };
}

/** A lab that makes runs numbered from 1 when asked, and a test that says what becomes of them. */
export function labWith(lab: StandInLab, ...names: string[]) {
  const runs = new Map<number, RunSummary>(
    names.map((name, index) => [
      index + 1,
      runSummary({ id: index + 1, name, network: findPreset(name)!.network }),
    ]),
  );
  const change = (id: number, changes: Partial<RunSummary>) => {
    const run = { ...runs.get(id)!, ...changes };
    runs.set(id, run);
    lab.emit('run.changed', run);
    return run;
  };
  lab.answers['runs.start'] = () => [...runs.values()];
  lab.answers['runs.stop'] = ({ run }) => change(run, { status: 'stopped' });
  const epoch = { confusion: [], testSeconds: 0.2, trainSeconds: 1.5, testTotal: 10_000, details: null };
  return {
    change,
    begun: () =>
      vi.waitUntil(() => lab.asked.some(({ name }) => name === 'runs.start' || name === 'runs.resume')),
    runningLoss: (run: number, number: number, batch: number, loss: number) => {
      lab.emit('run.runningLoss', { run, epoch: number, batch, loss });
    },
    batches: (run: number, from: number, losses: number[]) => {
      lab.emit('run.batchLosses', {
        run,
        from,
        losses: Float32Array.from(losses),
        imagesPerSecond: 45_210.4,
        seconds: ((from + losses.length) * 64) / 45_210.4,
      });
    },
    epoch: (run: number, number: number, testCorrect: number) => {
      lab.emit('run.epoch', { run, epoch: number, trainLoss: 0.4, testLoss: 0.11, testCorrect, ...epoch });
      change(run, {
        epochsDone: number,
        best: { epoch: number, testCorrect },
        last: { epoch: number, testCorrect, testTotal: 10_000, testLoss: 0.11 },
        trainSeconds: 1.5 * number,
      });
    },
  };
}

export const detail: RunDetail = {
  ...runSummary({ status: 'finished', step: 938, epochsDone: 1 }),
  datasetHash: 'ab'.repeat(32),
  shards: 2,
  versions: { stride: '0.1.0', node: '24.21.0', tensorflow: '2.21.0' },
  machine: { platform: 'linux', arch: 'x64', cpu: 'A CPU', cores: 2, memoryBytes: 8e9 },
  epochs: [
    {
      epoch: 1,
      trainLoss: 0.4,
      testLoss: 0.11,
      testCorrect: 9676,
      testTotal: 10_000,
      confusion: [],
      trainSeconds: 1.5,
      testSeconds: 0.2,
      details: null,
    },
  ],
  runningLosses: [{ epoch: 1, batch: 300, loss: 0.7198544723540544 }],
  bestCheckpoint: {
    epoch: 1,
    step: 938,
    metric: 'testAccuracy',
    file: 'best.safetensors',
    bytes: 70_000,
  },
};
