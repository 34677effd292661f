// The terminal host's sweeps: what the command line asks for, what is printed, and how one is paused and goes on.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { findPreset } from '../src/shared/network/presets.ts';
import { Problem } from '../src/shared/base/problem.ts';
import type { RunSummary } from '../src/shared/runs/runs.ts';
import type { SweepDetail, SweepSummary } from '../src/shared/sweeps/sweeps.ts';
import { type StandInLab, runSummary } from './support/standInLab.ts';
import { openTerminal } from './support/terminal.ts';

let terminal: ReturnType<typeof openTerminal>;
let lab: StandInLab;
beforeEach(() => {
  terminal = openTerminal();
  ({ lab } = terminal);
});

const summary: SweepSummary = {
  id: 3,
  name: 'course: lr',
  status: 'running',
  workers: 2,
  shards: 1,
  createdAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
  combinations: 2,
  seeds: 1,
  runs: { total: 2, waiting: 0, open: 2, finished: 0, failed: 0 },
  problem: null,
};

const { network, settings } = findPreset('course')!;

function detail(change: Partial<SweepDetail>): SweepDetail {
  const spread = (mean: number, deviation: number | null) => ({ mean, deviation });
  const none = { bestAccuracy: null, lastAccuracy: null, testLoss: null, seconds: null };
  return {
    ...summary,
    definition: { network, settings, dataset: 'mnist', axes: [], mode: 'grid', seeds: [0] },
    results: [
      {
        label: 'lr=0.01',
        values: [{ path: 'optimizer.learningRate', value: 0.01 }],
        count: 2,
        bestAccuracy: spread(0.98125, 0.00125),
        lastAccuracy: spread(0.98, null),
        testLoss: spread(0.0512, 0.0001),
        seconds: spread(14.26, 0.2),
        runs: [],
      },
      { label: 'lr=9', values: [{ path: 'optimizer.learningRate', value: 9 }], count: 0, ...none, runs: [] },
    ],
    ...change,
  };
}

/** A lab with one sweep, and a test that says what becomes of it. */
function sweepLab() {
  let sweep = summary;
  const change = (changes: Partial<SweepSummary>) => {
    sweep = { ...sweep, ...changes };
    lab.emit('sweep.changed', sweep);
    return sweep;
  };
  lab.answers['sweeps.start'] = lab.answers['sweeps.resume'] = () => sweep;
  lab.answers['sweeps.pause'] = () => change({ status: 'paused' });
  lab.answers['sweeps.get'] = () => detail(sweep);
  return {
    change,
    begun: () => vi.waitUntil(() => lab.asked.some(({ name }) => /^sweeps\.(start|resume)$/.test(name))),
    run: (position: number, changes: Partial<RunSummary>) => {
      const name = `lr=${position} · seed 0`;
      lab.emit('run.changed', runSummary({ id: position + 7, name, sweep: { id: 3, position }, ...changes }));
    },
  };
}

const finished: Partial<RunSummary> = {
  status: 'finished',
  epochsDone: 10,
  best: { epoch: 9, testCorrect: 9876 },
  last: { epoch: 10, testCorrect: 9870, testTotal: 10_000, testLoss: 0.05 },
  trainSeconds: 14.26,
};

test('the command line becomes the sweep', async () => {
  const sweeps = sweepLab();
  const ended = terminal.stride(
    ...[
      'sweep',
      'course',
      '--epochs',
      '3',
      '--workers',
      '2',
      '--seeds',
      '0,5..7',
      '--name',
      'mine',
      '--dataset',
      'mnist',
    ],
    ...[
      '--set',
      'batchSize=32,64',
      '--set',
      'optimizer=adam,{"type":"sgd","momentum":0.9}',
      '--set',
      'measure=false',
    ],
    ...['--range', 'optimizer.learningRate=0.001..0.1:5:log', '--range', 'epochs=1..9:whole'],
    ...['--random', '20', '--random-seed', '4'],
  );
  await sweeps.begun();
  sweeps.change({ status: 'finished', runs: { ...summary.runs, open: 0, finished: 2 } });
  expect(await ended).toBe(0);
  expect(lab.asked[0]?.request).toEqual({
    workers: 2,
    sweep: {
      name: 'mine',
      network,
      settings: { ...settings, epochs: 3 },
      dataset: 'mnist',
      axes: [
        { path: 'batchSize', values: [32, 64] },
        { path: 'optimizer', values: ['adam', { type: 'sgd', momentum: 0.9 }] },
        { path: 'measure', values: [false] },
        {
          path: 'optimizer.learningRate',
          range: { from: 0.001, to: 0.1, steps: 5, scale: 'log', whole: false },
        },
        { path: 'epochs', range: { from: 1, to: 9, scale: 'linear', whole: true } },
      ],
      mode: { random: 20, seed: 4 },
      seeds: [0, 5, 6, 7],
    },
  });
});

test('nets are named as everywhere', async () => {
  const sweeps = sweepLab();
  const ended = terminal.stride('sweep', 'course', '--set', 'network=course,homework');
  await sweeps.begun();
  sweeps.change({ status: 'finished', runs: { ...summary.runs, open: 0, finished: 2 } });
  await ended;
  expect(lab.asked[0]?.request).toMatchObject({
    sweep: {
      settings: { epochs: 10 },
      axes: [{ path: 'network', values: [network, findPreset('homework')!.network] }],
      mode: 'grid',
      seeds: [0],
    },
  });
});

describe('command lines that are wrong', () => {
  test.each([
    [['sweep'], "missing required argument 'network'"],
    [['sweep', 'cuorse'], 'Did you mean "course"?'],
    [['sweep', 'course', '--set', 'batchSize'], 'such as batchSize=32,64'],
    [['sweep', 'course', '--set', 'batchSize='], 'a value is missing'],
    [['sweep', 'course', '--set', 'batchSize=32,,64'], 'a value is missing'],
    [['sweep', 'course', '--set', 'batchSize=32,32'], 'given twice'],
    [['sweep', 'course', '--set', 'network=alexnet'], 'There is course, homework'],
    [['sweep', 'course', '--range', 'epochs=1-5'], 'optimizer.learningRate=0.001..0.1:5:log'],
    [['sweep', 'course', '--range', 'epochs=5..1:3'], 'from a smaller to a larger'],
    [['sweep', 'course', '--range', 'epochs=0..1:3:log'], 'begin above 0'],
    [['sweep', 'course', '--range', 'epochs=1..5:1'], 'steps'],
    [['sweep', 'course', '--range', 'epochs=1..5:lgo'], '"lgo"'],
    [['sweep', 'course', '--seeds', '1,1'], 'different whole numbers'],
    [['sweep', 'course', '--seeds', '5..1'], 'different whole numbers'],
    [['sweep', 'course', '--seeds', 'x'], 'different whole numbers'],
    [['sweep', 'course', '--workers', '0'], 'a whole number from 1 to 1,024'],
    [['sweep', 'course', '--random', '10001'], 'a whole number from 1 to 10,000'],
    [['sweep-resume', 'x'], 'the number of a sweep'],
    [['sweeps', '0'], 'the number of a sweep'],
  ])('%j: 2, and what would be right', async (args, right) => {
    expect(await terminal.stride(...args)).toBe(2);
    expect(terminal.stderr.text).toContain(right);
    expect(lab.asked).toEqual([]);
  });

  test('what the lab refuses of it', async () => {
    lab.answers['sweeps.start'] = () => {
      throw new Problem('sweep.combination', 'combination "batch=0": too small');
    };
    expect(await terminal.stride('sweep', 'course', '--set', 'batchSize=0')).toBe(2);
    expect(terminal.stderr.text).toBe('stride: combination "batch=0": too small\n');
    expect(lab.closed).toBe(1);
  });
});

describe('while it goes on', () => {
  test('each run as it ends, and the combinations at the end', async () => {
    const sweeps = sweepLab();
    const ended = terminal.stride('sweep', 'course', '--set', 'optimizer.learningRate=0.01,9');
    // An event that comes before the answer is not lost; one of another sweep is no concern.
    sweeps.run(0, { status: 'running' });
    await sweeps.begun();
    await Promise.resolve();
    sweeps.run(0, finished);
    sweeps.run(0, finished);
    lab.emit(
      'run.changed',
      runSummary({ id: 99, name: 'other', sweep: { id: 4, position: 0 }, ...finished }),
    );
    sweeps.change({ runs: { ...summary.runs, open: 1, finished: 1 } });
    sweeps.run(1, {
      status: 'failed',
      problem: { code: 'training.diverged', message: 'it diverged', parameters: {} },
    });
    sweeps.change({ status: 'finished', runs: { ...summary.runs, open: 0, finished: 1, failed: 1 } });
    expect(await ended).toBe(1);
    const [head, first, second, ...rest] = terminal.stdout.lines;
    expect(head).toBe('sweep 3: course: lr, 2 combinations × 1 seed = 2 runs, 2 at a time');
    expect(first).toBe('[1/2] lr=0 · seed 0  accuracy 98.7% (best 98.8%, epoch 9)  14.3 s  run 7');
    expect(second).toBe('[2/2] lr=1 · seed 0  failed: it diverged  run 8');
    const text = rest.join('\n');
    expect(text).toContain('98.13 ± 0.13%');
    expect(text).toContain('98.00%');
    expect(text).toContain('0.0512 ± 0.0001');
    expect(text).toContain('14.3 ± 0.2');
    expect(text).toMatch(/lr=9 .*–.*–.*–/);
    expect(terminal.stderr.text).toBe('');
  });

  test('--json: one object a line', async () => {
    const sweeps = sweepLab();
    const ended = terminal.stride('sweep', 'course', '--json');
    await sweeps.begun();
    await Promise.resolve();
    sweeps.run(0, finished);
    sweeps.change({ status: 'finished', runs: { ...summary.runs, open: 0, finished: 2 } });
    expect(await ended).toBe(0);
    expect(terminal.stdout.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'sweep', sweep: 3, combinations: 2, seeds: 1, runs: 2, finished: 0, workers: 2, shards: 1 },
      {
        type: 'run',
        sweep: 3,
        run: 7,
        position: 0,
        seed: 0,
        status: 'finished',
        best: { testCorrect: 9876 },
      },
      {
        type: 'results',
        sweep: 3,
        status: 'finished',
        combinations: [{ label: 'lr=0.01' }, { label: 'lr=9' }],
      },
    ]);
  });

  test('Ctrl-C pauses with checkpoints, and says how it goes on', async () => {
    const sweeps = sweepLab();
    const ended = terminal.stride('sweep', 'course');
    await sweeps.begun();
    await Promise.resolve();
    terminal.signals.emit('SIGINT');
    expect(await ended).toBe(130);
    expect(lab.asked.map(({ name }) => name)).toEqual(['sweeps.start', 'sweeps.pause', 'sweeps.get']);
    expect(terminal.stderr.text).toContain('Pausing; checkpoints are being written');
    expect(terminal.stderr.text).toContain('To go on with sweep 3: stride sweep-resume 3');
    expect(lab.closed).toBe(1);
  });

  test('what interrupts it is said', async () => {
    const sweeps = sweepLab();
    const ended = terminal.stride('sweep-resume', '3');
    await sweeps.begun();
    expect(lab.asked[0]).toEqual({ name: 'sweeps.resume', request: { sweep: 3 } });
    await Promise.resolve();
    const problem = { code: 'checkpoint.disk-full', message: 'the disk is full', parameters: {} };
    sweeps.change({ status: 'interrupted', problem });
    expect(await ended).toBe(1);
    expect(terminal.stderr.text).toContain('interrupted: the disk is full');
    expect(terminal.stderr.text).toContain('sweep-resume 3');
  });
});

test('sweeps: the list, one of them, and none', async () => {
  lab.answers['sweeps.list'] = () => ({ sweeps: [summary], total: 1 });
  lab.answers['sweeps.get'] = () => detail({ status: 'paused' });
  expect(await terminal.stride('sweeps')).toBe(0);
  expect(terminal.stdout.text).toContain('course: lr');
  expect(terminal.stdout.text).toContain('0/2');
  expect(await terminal.stride('sweeps', '3')).toBe(0);
  expect(terminal.stdout.text).toContain('sweep 3: course: lr, paused: 0 finished');
  expect(terminal.stdout.text).toContain('98.13 ± 0.13%');
  lab.answers['sweeps.list'] = () => ({ sweeps: [], total: 0 });
  await terminal.stride('sweeps');
  expect(terminal.stderr.text).toContain('There are no sweeps yet');
});
