// The terminal host while it trains: its lines for programs and for people, and how it is stopped.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { findPreset } from '../src/shared/network/presets.ts';
import { Problem } from '../src/shared/base/problem.ts';
import type { RunSummary } from '../src/shared/runs/runs.ts';
import { type StandInLab, runSummary } from './support/standInLab.ts';
import { detail, labWith, openTerminal } from './support/terminal.ts';

let terminal: ReturnType<typeof openTerminal>;
let lab: StandInLab;
beforeEach(() => {
  terminal = openTerminal();
  ({ lab } = terminal);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-terminal-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('train --json', () => {
  test('prints started, running-loss, epoch and finished, one object a line, and nothing else', async () => {
    const runs = labWith(lab, 'course', 'homework');
    const ended = terminal.stride('train', 'course', 'homework', '--seed', '7', '--epochs', '1', '--json');
    await runs.begun();
    expect(terminal.loadAhead).toHaveBeenCalledOnce();
    runs.change(1, { status: 'running' });
    runs.batches(1, 0, [2.3, 2.2]);
    runs.runningLoss(1, 1, 300, 0.7198544723540544);
    runs.runningLoss(2, 1, 300, Number.NaN);
    runs.epoch(1, 1, 9676);
    runs.change(1, { status: 'finished' });
    runs.change(2, { status: 'failed', problem: { code: 'x', message: 'it broke', parameters: {} } });
    expect(await ended).toBe(1);
    const optimizer = findPreset('course')!.settings.optimizer;
    const lines = terminal.stdout.lines.map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      {
        type: 'started',
        run: 1,
        network: 'course',
        name: 'course',
        dataset: 'mnist',
        parameters: 8490,
        step: 0,
        optimizer,
      },
      { type: 'started', run: 2, network: 'homework', parameters: 16750 },
      {},
      {},
      {},
      {},
      {},
    ]);
    expect(lines.slice(2)).toEqual([
      { type: 'running-loss', run: 1, epoch: 1, batch: 300, loss: 0.7198544723540544 },
      { type: 'running-loss', run: 2, epoch: 1, batch: 300, loss: null },
      {
        type: 'epoch',
        run: 1,
        epoch: 1,
        trainLoss: 0.4,
        testLoss: 0.11,
        testCorrect: 9676,
        testTotal: 10_000,
        trainSeconds: 1.5,
      },
      { type: 'finished', run: 1, status: 'finished', best: { epoch: 1, testCorrect: 9676 } },
      {
        type: 'finished',
        run: 2,
        status: 'failed',
        best: null,
        problem: { code: 'x', message: 'it broke', parameters: {} },
      },
    ]);
    expect(terminal.stderr.text).toBe('run 2: it broke\n');
    expect(lab.closed).toBe(1);
  });

  test('asks the lab for what the command line says', async () => {
    const runs = labWith(lab, 'course', 'homework');
    const options = [
      '--epochs',
      '3',
      '--batch-size',
      '32',
      '--seed',
      '7',
      '--learning-rate',
      '.5',
      '--momentum',
      '0.9',
      '--name',
      'try',
    ];
    const ended = terminal.stride('train', 'course', 'homework', '--one-at-a-time', ...options, '--json');
    await runs.begun();
    for (const id of [1, 2]) runs.change(id, { status: 'finished' });
    await ended;
    const { network } = findPreset('course')!;
    const settings = {
      epochs: 3,
      batchSize: 32,
      seed: 7,
      optimizer: { type: 'sgd', learningRate: 0.5, momentum: 0.9, nesterov: false, weightDecay: 0 },
    };
    expect(lab.asked.find(({ name }) => name === 'runs.start')?.request).toMatchObject({
      runs: [
        { network, settings, dataset: 'mnist', name: 'try (course)' },
        { name: 'try (homework)', settings },
      ],
      together: false,
    });
  });

  test('takes a network from a file', async () => {
    const network = { ...findPreset('course')!.network, name: 'mine' };
    const path = join(folder, 'mine.json');
    writeFileSync(path, JSON.stringify(network));
    const runs = labWith(lab, 'course');
    const ended = terminal.stride('train', path, '--json');
    await runs.begun();
    runs.change(1, { status: 'finished' });
    expect(await ended).toBe(0);
    expect(lab.asked.find(({ name }) => name === 'runs.start')?.request).toMatchObject({
      runs: [{ network, settings: { epochs: 10, batchSize: 64 } }],
      together: true,
    });
  });

  test('events that come before the answer are not lost, and do not come before "started"', async () => {
    const runs = labWith(lab, 'course');
    lab.answers['runs.start'] = async () => {
      const made = runs.change(1, { status: 'running' });
      runs.runningLoss(1, 1, 300, 0.5);
      lab.emit('run.runningLoss', { run: 99, epoch: 1, batch: 300, loss: 9 });
      runs.change(1, { status: 'finished' });
      return [made];
    };
    expect(await terminal.stride('train', 'course', '--json')).toBe(0);
    expect(terminal.stdout.lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'started',
      'running-loss',
      'finished',
    ]);
  });

  test('what the lab refuses is said, with 1', async () => {
    lab.answers['runs.start'] = () => {
      throw new Problem('engine.missing', 'TensorFlow is not installed; run: npm run doctor');
    };
    expect(await terminal.stride('train', 'course', '--json')).toBe(1);
    expect(terminal.stderr.text).toBe('stride: TensorFlow is not installed; run: npm run doctor\n');
    expect(terminal.stdout.text).toBe('');
    expect(lab.closed).toBe(1);
  });
});

describe('train, for people', () => {
  test("prints the script's own lines, and the nets side by side", async () => {
    const runs = labWith(lab, 'course');
    const ended = terminal.stride('train', 'course', '--epochs', '1');
    await runs.begun();
    runs.runningLoss(1, 1, 300, 0.71985);
    runs.epoch(1, 1, 9676);
    runs.runningLoss(1, 10, 900, 0.05);
    runs.change(1, { status: 'finished' });
    expect(await ended).toBe(0);
    expect(terminal.stdout.lines.slice(0, 3)).toEqual([
      '[1,   300] loss: 0.720',
      'accuracy on test set: 96.8%',
      '[10,   900] loss: 0.050',
    ]);
    expect(terminal.stdout.text).toMatch(
      /net +│ parameters │ best accuracy \(epoch\) │ last accuracy │ test loss │ seconds │ run/,
    );
    expect(terminal.stdout.text).toMatch(
      /course │ +8,490 │ +96\.8% \(1\) │ +96\.8% │ +0\.1100 │ +1\.5 │ +1 │/,
    );
    expect(terminal.stdout.text).not.toContain('\u001b');
    expect(terminal.stderr.text).toBe('');
  });

  test('where two are trained, lines begin with the name of the run, or name and number', async () => {
    const runs = labWith(lab, 'course', 'homework');
    const ended = terminal.stride('train', 'course', 'homework');
    await runs.begun();
    runs.runningLoss(1, 1, 300, 0.5);
    runs.runningLoss(2, 1, 300, 0.6);
    for (const id of [1, 2]) runs.change(id, { status: 'finished' });
    await ended;
    expect(terminal.stdout.lines.slice(0, 2)).toEqual([
      'course    [1,   300] loss: 0.500',
      'homework  [1,   300] loss: 0.600',
    ]);

    const same = labWith(lab, 'course', 'course');
    terminal.stdout.text = '';
    const again = terminal.stride('train', 'course', 'course');
    await vi.waitUntil(() => lab.asked.filter(({ name }) => name === 'runs.start').length === 2);
    same.runningLoss(2, 1, 300, 0.6);
    for (const id of [1, 2]) same.change(id, { status: 'finished' });
    await again;
    expect(terminal.stdout.lines[0]).toBe('course #2  [1,   300] loss: 0.600');
  });

  test('on a terminal, one line below shows what is under way and never gets among the others', async () => {
    terminal.stdout.isTTY = true;
    terminal.env = { NO_COLOR: '1' };
    const runs = labWith(lab, 'course');
    const ended = terminal.stride('train', 'course');
    await runs.begun();
    runs.batches(1, 0, [2.5, 2.5]);
    runs.runningLoss(1, 1, 300, 0.71985);
    runs.epoch(1, 1, 9676);
    runs.batches(1, 938, [0.25, 0.25]);
    runs.change(1, { status: 'finished' });
    await ended;
    // eslint-disable-next-line no-control-regex -- what a terminal is sent
    const drawn = terminal.stdout.text.replace(/\u001b\[\?7[hl]/g, '').split('\n');
    const seen = drawn.map((line) => line.split('\r\u001b[2K').at(-1));
    expect(seen.slice(0, 2)).toEqual(['[1,   300] loss: 0.720', 'accuracy on test set: 96.8%']);
    expect(terminal.stdout.text).toContain('course 1/10  loss 2.500  45,210 images/s');
    expect(terminal.stdout.text).toContain('course 2/10  loss 0.250  96.8%  45,210 images/s');
    expect(seen[2]).toMatch(/^┌─+/);
    expect(terminal.stdout.text).not.toContain('\u001b[3'); // no colours
  });

  test.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ])('colours with %j: %s', async (environment, colours) => {
    terminal.stdout.isTTY = true;
    terminal.env = environment;
    lab.answers['runs.get'] = () => ({
      ...detail,
      problem: { code: 'x', message: 'it broke', parameters: {} },
    });
    lab.answers['runs.events'] = () => [];
    await terminal.stride('show', '1');
    expect(terminal.stdout.text.includes('\u001b[31m')).toBe(colours);
  });
});

describe('stopping', () => {
  test('Ctrl-C stops with checkpoints and says how to go on: 130', async () => {
    const runs = labWith(lab, 'course', 'homework');
    terminal.env = { npm_lifecycle_event: 'stride' };
    const ended = terminal.stride('train', 'course', 'homework');
    await runs.begun();
    runs.change(2, { status: 'finished' });
    terminal.signals.emit('SIGINT');
    terminal.signals.emit('SIGINT'); // npm passes on what the terminal has sent already
    expect(await ended).toBe(130);
    expect(terminal.kill).not.toHaveBeenCalled();
    expect(lab.asked.filter(({ name }) => name === 'runs.stop')).toEqual([
      { name: 'runs.stop', request: { run: 1 } },
    ]);
    expect(terminal.stderr.lines).toEqual([
      'Stopping; checkpoints are being written. Press Ctrl-C again to end without them.',
      'To go on where run 1 stopped: npm run stride -- resume 1',
    ]);
    expect(terminal.stdout.text).toMatch(/stopped/);
    expect(lab.closed).toBe(1);
    expect(terminal.signals.eventNames()).toEqual([]);
  });

  test('a second Ctrl-C kills', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const runs = labWith(lab, 'course');
    lab.answers['runs.stop'] = () => new Promise(() => undefined);
    const ended = terminal.stride('train', 'course');
    await runs.begun();
    terminal.signals.emit('SIGINT');
    vi.setSystemTime(Date.now() + 1000);
    terminal.signals.emit('SIGINT');
    vi.useRealTimers();
    expect(terminal.kill).toHaveBeenCalledOnce();
    runs.change(1, { status: 'stopped' });
    await ended;
  });

  test('Ctrl-C before the runs are there stops them when they are', async () => {
    const runs = labWith(lab, 'course');
    const answer = Promise.withResolvers<RunSummary[]>();
    lab.answers['runs.start'] = () => answer.promise;
    const ended = terminal.stride('train', 'course', '--json');
    await runs.begun();
    terminal.signals.emit('SIGTERM');
    answer.resolve([runSummary()]);
    expect(await ended).toBe(130);
    expect(JSON.parse(terminal.stdout.lines.at(-1)!)).toEqual({
      type: 'finished',
      run: 1,
      status: 'stopped',
      best: null,
    });
  });

  test('a reader that has gone (| head) ends it quietly, with a checkpoint', async () => {
    const runs = labWith(lab, 'course');
    const ended = terminal.stride('train', 'course', '--json');
    await runs.begun();
    terminal.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await ended).toBe(130);
    expect(lab.asked.at(-1)).toEqual({ name: 'runs.stop', request: { run: 1 } });
    expect(terminal.stderr.text).toBe('');
  });
});
