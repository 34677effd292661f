// The terminal host's command lines, and the commands that answer at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '../src/shared/base/problem.ts';
import type { RunEvent } from '../src/shared/runs/runEvents.ts';
import type { RunDetail } from '../src/shared/runs/runs.ts';
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

describe('command lines that are wrong', () => {
  test.each([
    [['train', 'course', '--epochs', '0'], 'a whole number from 1 to 10,000'],
    [['train', 'course', '--epochs', '1.5'], 'a whole number from 1 to 10,000'],
    [['train', 'course', '--epochs', '10001'], 'a whole number from 1 to 10,000'],
    [['train', 'course', '--epochs', ''], 'a whole number from 1 to 10,000'],
    [['train', 'course', '--batch-size', '10000001'], 'a whole number from 1 to 10,000,000'],
    [['train', 'course', '--seed', '-1'], 'a whole number from 0 to'],
    [['train', 'course', '--seed', '9007199254740992'], 'a whole number from 0 to 9,007,199,254,740,991'],
    [['train', 'course', '--seed', '0x10'], 'a whole number from 0 to'],
    [['train', 'course', '--learning-rate', '0'], 'a number above 0 and up to 100'],
    [['train', 'course', '--learning-rate', '1e3'], 'a number above 0 and up to 100'],
    [['train', 'course', '--learning-rate', 'fast'], 'a number above 0 and up to 100'],
    [['train', 'course', '--momentum', '1'], 'a number from 0 up to, but not including, 1'],
    [['train', 'course', '--name', ' '], '1 to 120 characters'],
    [['train', 'course', '--epoch', '3'], 'Did you mean --epochs?'],
    [['train'], "missing required argument 'network'"],
    [['train', 'cuorse'], 'Did you mean "course"?'],
    [['train', 'alexnet'], 'There is course, homework'],
    [['train', 'course', '--dataset', 'mnits'], 'Did you mean "mnist"?'],
    [['trian', 'course'], 'Did you mean train?'],
    [['show', 'x'], 'the number of a run'],
    [['resume', '0'], 'the number of a run'],
    [['runs', '--limit', '0'], 'a whole number from 1 to 1,000'],
    [['serve', '--port', '70000'], 'a whole number from 0 to 65535'],
    [['runs', '--sort', 'beauty'], 'There is created'],
    [['tag', '3'], "give '--add <tag>'"],
    [['delete', 'x'], 'the number of a run'],
    [['show', '1', 'extra'], 'too many arguments'],
    [[], 'Usage: stride'],
  ])('%j: 2, and what would be right', async (args, right) => {
    expect(await terminal.stride(...args)).toBe(2);
    expect(terminal.stderr.text).toContain(right);
    expect(terminal.stdout.text).toBe('');
    expect(lab.asked.filter(({ name }) => name !== 'datasets.list')).toEqual([]);
  });

  test.each([
    ['no.json', undefined, 'there is no such file'],
    ['broken.json', '{"name":', 'this is not JSON'],
    [
      'field.json',
      '{"name":"n","input":{"height":8,"width":8,"channels":1},"layers":[{"type":"linear","units":0}]}',
      'the net is not valid: layer 1 (linear)',
    ],
    [
      'fit.json',
      '{"name":"n","input":{"height":4,"width":4,"channels":1},"layers":[{"type":"conv2d","filters":2,"kernelSize":9}]}',
      'layer 1 (conv2d)',
    ],
  ])('a network in %s: 2, naming the file and what is wrong', async (name, text, wrong) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    expect(await terminal.stride('train', path)).toBe(2);
    expect(terminal.stderr.text).toContain(`${path}: ${wrong}`);
    expect(terminal.createLab).not.toHaveBeenCalled();
  });

  test('the ends of the ranges are in them', async () => {
    const runs = labWith(lab, 'course');
    const extremes = [
      '--epochs',
      '10000',
      '--batch-size',
      '8192',
      '--seed',
      '9007199254740991',
      '--learning-rate',
      '100',
      '--momentum',
      '0',
    ];
    const ended = terminal.stride('train', 'course', ...extremes);
    await runs.begun();
    runs.change(1, { status: 'finished' });
    expect(await ended).toBe(0);
  });
});

describe('help', () => {
  test.each(['', 'presets', 'train', 'runs', 'show', 'resume', 'verify', 'serve', 'doctor'])(
    '%s --help: 0, on stdout',
    async (command) => {
      expect(await terminal.stride(...[command, '--help'].filter(Boolean))).toBe(0);
      expect(terminal.stdout.text).toContain(`Usage: stride${command && ` ${command}`}`);
      expect(terminal.stderr.text).toBe('');
    },
  );
});

describe('the other commands', () => {
  test('resume prints the same lines; that the run was found interrupted is no end of it', async () => {
    const runs = labWith(lab, 'course');
    lab.answers['runs.resume'] = () => {
      runs.change(1, { status: 'interrupted' });
      return runs.change(1, { status: 'queued', step: 938 });
    };
    const ended = terminal.stride('resume', '1', '--json');
    await runs.begun();
    runs.runningLoss(1, 2, 300, 0.1);
    runs.change(1, { status: 'finished' });
    expect(await ended).toBe(0);
    expect(terminal.stdout.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'started', run: 1, network: 'course', step: 938 },
      { type: 'running-loss', run: 1, epoch: 2, batch: 300, loss: 0.1 },
      { type: 'finished', run: 1, status: 'finished' },
    ]);
  });

  test('resume of what cannot be resumed: 1, and why', async () => {
    lab.answers['runs.resume'] = () => {
      throw new Problem('run.finished', 'run 1 is finished; there is nothing left to resume');
    };
    expect(await terminal.stride('resume', '1')).toBe(1);
    expect(terminal.stderr.text).toBe('stride: run 1 is finished; there is nothing left to resume\n');
  });

  const at = '2026-01-02T03:04:05.000Z';
  const versions = { stride: '0.1.0', node: '24', tensorflow: '2.21.0' };
  const log: RunEvent[] = [
    {
      seq: 1,
      at,
      step: 0,
      epoch: 1,
      kind: 'started',
      detail: { cpu: 'A CPU', cores: 2, threads: 1, versions },
    },
    {
      ...{ seq: 2, at, step: 400, epoch: 1 },
      ...{ kind: 'learningRate', detail: { learningRate: 0.005, before: 0.01 } },
    },
  ];

  test('show --json is the run as the contract has it', async () => {
    lab.answers['runs.get'] = () => detail;
    lab.answers['runs.events'] = () => log;
    expect(await terminal.stride('show', '1', '--json')).toBe(0);
    expect(JSON.parse(terminal.stdout.text)).toEqual({ ...detail, events: log });
    expect(terminal.stdout.lines).toHaveLength(1);
  });

  test('show --batch-losses --json gives every float so that it can be read back bit for bit', async () => {
    const losses = Float32Array.from({ length: 1000 }, (_, i) => Math.exp(-i / 100) * Math.PI);
    lab.answers['runs.get'] = () => detail;
    lab.answers['runs.events'] = () => log;
    lab.answers['runs.batchLosses'] = () => ({ from: 0, losses, clock: [] });
    await terminal.stride('show', '1', '--batch-losses', '--json');
    const { batchLosses, ...rest } = JSON.parse(terminal.stdout.text) as RunDetail & {
      batchLosses: number[];
    };
    expect(rest).toEqual({ ...detail, events: log });
    expect(Float32Array.from(batchLosses)).toEqual(losses);
  });

  test('show tells a person what was trained, on what, and how it went', async () => {
    lab.answers['runs.get'] = () => detail;
    lab.answers['runs.events'] = () => log;
    lab.answers['runs.batchLosses'] = () => ({ from: 0, losses: Float32Array.of(2.5), clock: [] });
    await terminal.stride('show', '1', '--batch-losses');
    for (const text of [
      'run 1: course, finished',
      '8,490 parameters',
      'sgd, learning rate 0.01, momentum 0.5',
      'A CPU, 2 cores',
      '96.8%',
      'started on 1 of 2 cores',
      'learning rate 0.01 → 0.005',
      '2.5\n',
    ])
      expect(terminal.stdout.text).toContain(text);
  });

  const counts = { active: 30, archived: 2, deleted: 0 };

  test('runs --json is what history finds; the table says when there are more', async () => {
    const run = runSummary({ id: 7, tags: ['homework', 'wide'] });
    lab.answers['runs.query'] = () => ({ runs: [7, 6, 5], rows: [run], counts });
    expect(await terminal.stride('runs', '--json', '--limit', '1')).toBe(0);
    expect(terminal.loadAhead).not.toHaveBeenCalled();
    expect(JSON.parse(terminal.stdout.text)).toEqual({ runs: [run], total: 3 });
    terminal.stdout.text = '';
    await terminal.stride('runs', 'accuracy > 98', 'net:course', '--archived', '--sort=-accuracy');
    const queries = lab.asked.filter(({ name }) => name === 'runs.query');
    expect(queries.map(({ request }) => request)).toEqual([
      { filter: '', scope: 'active', sort: { by: 'created', descending: true }, rows: 1 },
      {
        filter: 'accuracy > 98 net:course',
        scope: 'archived',
        sort: { by: 'accuracy', descending: true },
        rows: 20,
      },
    ]);
    expect(terminal.stdout.text).toMatch(/│ +7 │ course .*│ homework, wide/);
    expect(terminal.stderr.text).toBe('The first 1 of 3; --limit shows more.\n');
  });

  test('no runs yet, and none that fits, are no errors', async () => {
    lab.answers['runs.query'] = () => ({ runs: [], rows: [], counts });
    expect(await terminal.stride('runs', 'nowhere')).toBe(0);
    expect(terminal.stderr.text).toBe('No matching runs.\n');
    lab.answers['runs.query'] = () => ({
      runs: [],
      rows: [],
      counts: { active: 0, archived: 0, deleted: 0 },
    });
    expect(await terminal.stride('runs')).toBe(0);
    expect(terminal.stdout.text).toBe('');
    expect(terminal.stderr.text).toContain('stride train course');
  });

  test.each([
    [['tag', '1', '2', '1', '--add', 'homework', '--add', 'wide'], { addTags: ['homework', 'wide'] }],
    [['tag', '1', '2', '--remove', 'wide'], { removeTags: ['wide'] }],
    [['archive', '1', '2'], { archived: true }],
    [['archive', '1', '2', '--undo'], { archived: false }],
  ])('%j changes both runs, each once', async (args, change) => {
    lab.answers['runs.update'] = () => ({});
    expect(await terminal.stride(...args)).toBe(0);
    expect(lab.asked).toEqual([{ name: 'runs.update', request: { runs: [1, 2], ...change } }]);
  });

  test('a note, a deletion and the way back from it', async () => {
    lab.answers['runs.update'] = lab.answers['runs.delete'] = lab.answers['runs.undelete'] = () => ({});
    expect(await terminal.stride('note', '3', '**look** at the 4s')).toBe(0);
    expect(await terminal.stride('delete', '3', '4')).toBe(0);
    expect(terminal.stderr.text).toBe('Deleted. For 30 days: stride restore 3 4\n');
    expect(await terminal.stride('restore', '3', '4')).toBe(0);
    expect(lab.asked).toEqual([
      { name: 'runs.update', request: { runs: [3], note: '**look** at the 4s' } },
      { name: 'runs.delete', request: { runs: [3, 4] } },
      { name: 'runs.undelete', request: { runs: [3, 4] } },
    ]);
  });

  test('presets need no lab', async () => {
    expect(await terminal.stride('presets', '--json')).toBe(0);
    expect(JSON.parse(terminal.stdout.text)).toMatchObject([
      { network: { name: 'course' }, parameterCount: 8490, settings: { epochs: 10 } },
      { network: { name: 'homework' }, parameterCount: 16750, settings: { epochs: 2 } },
      { network: { name: 'LeNet-5' }, parameterCount: 61_706, settings: { epochs: 5 } },
      { network: { name: 'ResNet-8' }, parameterCount: 77_658, settings: { epochs: 2 } },
    ]);
    await terminal.stride('presets');
    expect(terminal.stdout.text).toMatch(
      /homework │ +13 │ +16,750 │ +2 │ +64 │ sgd, learning rate 0\.01, momentum 0\.5/,
    );
    expect(terminal.createLab).not.toHaveBeenCalled();
  });

  test('doctor outside of the project says so', async () => {
    expect(await terminal.stride('doctor')).toBe(1);
    expect(terminal.stderr.text).toContain('is not there');
  });
});
