/** `stride verify` through the command line, on PyTorch's own numbers and on files that are not what they should be. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { openTerminal } from './support/terminal.ts';

const vectors = fileURLToPath(new URL('vectors/pytorch', import.meta.url));
const home = temporaryFolder();
afterAll(() => {
  removeFolder(home);
});

interface Vector {
  network: { layers: Record<string, unknown>[] };
  optimizer: Record<string, unknown>;
  initialParameters: Record<string, { shape: number[]; data: number[] | number }>;
  gradients: Record<string, { shape: number[]; data: number[] }>;
  labels: number[];
}

const read = (name: string) => JSON.parse(readFileSync(join(vectors, `${name}.json`), 'utf8')) as Vector;

let folder: string;
let number = 0;
beforeEach(() => {
  folder = join(home, String((number += 1)));
  mkdirSync(folder);
});

function write(name: string, change: (vector: Vector) => void): void {
  const vector = read('conv-plain');
  change(vector);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(vector));
}

async function verify(...args: string[]) {
  const terminal = openTerminal();
  const code = await terminal.stride('verify', ...args);
  return { code, out: terminal.stdout.text, err: terminal.stderr.text, lab: terminal.createLab };
}

const objects = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("every case of PyTorch's passes; the table has a line each", async () => {
  const { code, out, lab } = await verify(vectors);
  expect(out).toContain('random-streams.json contains no network and was skipped');
  expect(out.trim().split('\n').at(-1)).toBe('33 of 33 cases pass');
  expect(out.match(/│ pass/g)).toHaveLength(33);
  expect(code).toBe(0);
  expect(lab).not.toHaveBeenCalled();
});

test('so does every case of test/vectors/extra', async () => {
  const { code, out } = await verify(join(vectors, '..', 'extra'));
  expect(out.trim().split('\n').at(-1)).toMatch(/^(\d+) of \1 cases pass$/);
  expect(code).toBe(0);
});

test('--json: a line a case, then the summary', async () => {
  copyFileSync(join(vectors, 'conv-plain.json'), join(folder, 'a.json'));
  writeFileSync(join(folder, 'notes.json'), '[]');
  const { code, out } = await verify(folder, '--json');
  const [first, summary, ...rest] = objects(out);
  expect(first).toMatchObject({ type: 'case', file: 'a.json', name: 'conv-plain', passed: true });
  const errors = first?.['errors'] as Record<string, { largest: number; past: number; compared: number }>;
  for (const { largest, past, compared } of Object.values(errors)) {
    expect(largest).toBeLessThan(1e-4);
    expect([past, compared > 0]).toEqual([0, true]);
  }
  expect(summary).toMatchObject({
    type: 'summary',
    cases: 1,
    passed: 1,
    failed: 0,
    skipped: ['notes.json'],
  });
  expect(rest).toEqual([]);
  expect(code).toBe(0);
});

test('a number that is wrong: named, and exit code 1', async () => {
  write('wrong', ({ gradients }) => {
    const gradient = gradients['0.weight'];
    if (gradient) gradient.data[3] = (gradient.data[3] ?? 0) + 1e-3;
  });
  copyFileSync(join(vectors, 'conv-stride.json'), join(folder, 'right.json'));
  const { code, out } = await verify(folder);
  expect(out).toMatch(/wrong\.json: gradients: 1 of \d+ numbers exceed the tolerance/);
  expect(out.trim().split('\n').at(-1)).toBe('1 of 2 cases pass');
  expect(code).toBe(1);
});

test('a wrong draw is seen as that, and not as everything wrong', async () => {
  write('draw', ({ initialParameters }) => {
    const { data } = initialParameters['0.bias'] ?? {};
    if (Array.isArray(data)) data[0] = (data[0] ?? 0) + 1e-6;
  });
  const { code, out } = await verify(join(folder, 'draw.json'));
  expect(out).toContain('draw.json: initial: 1 of ');
  expect(out).not.toContain('draw.json: logits');
  expect(code).toBe(1);
});

test('what does not change the numbers is let through', async () => {
  write('liberal', (vector) => {
    Object.assign(vector, { comment: 'made by hand', name: undefined });
    Object.assign(vector.network, { name: undefined, classes: 4 });
    Object.assign(vector.network.layers[0] ?? {}, { padding: [0, 0], stride: 1, dilation: [1, 1] });
    Object.assign(vector.optimizer, { dampening: 0, maximize: false, foreach: null });
    vector.initialParameters['0.num_batches_tracked'] = { shape: [], data: 0 };
  });
  const { code, out } = await verify(folder);
  expect(out).toContain('1 of 1 cases pass');
  expect(code).toBe(0);
});

describe('what cannot be run is named, and the rest is run all the same', () => {
  test.each<[string, (vector: Vector) => void, string]>([
    ['option', ({ optimizer }) => Object.assign(optimizer, { amsgrad: true }), 'no option "amsgrad"; it has'],
    ['optimizer', (vector) => (vector.optimizer = { type: 'lion' }), 'optimizer.type'],
    ['layer', ({ network }) => network.layers.push({ type: 'conv3d' }), 'type must be one of conv2d, '],
    [
      'field',
      ({ network }) => Object.assign(network.layers[0] ?? {}, { groups: 2 }),
      'the layer has no field "groups"',
    ],
    ['labels', ({ labels }) => labels.pop(), 'input has shape'],
    ['dropout', ({ network }) => network.layers.splice(1, 0, { type: 'dropout', p: 0.3 }), 'only p = 0'],
    ['lost', (vector) => delete (vector as Partial<Vector>).gradients, 'gradients: '],
  ])('%s', async (name, change, message) => {
    write(name, change);
    const { code, out } = await verify(folder);
    expect(out).toContain(`${name}.json is not a vector file that can be verified: `);
    expect(out).toContain(message);
    expect(out).toContain('0 of 1 cases pass');
    expect(code).toBe(1);
  });

  test('not JSON', async () => {
    writeFileSync(join(folder, 'cut.json'), '{"network":');
    const { code, out } = await verify(folder, '--json');
    expect(objects(out)[0]).toMatchObject({
      type: 'case',
      file: 'cut.json',
      passed: false,
      problem: { code: 'verify.bad-file' },
    });
    expect(code).toBe(1);
  });
});

test('a folder without a case ends with exit code 1, a folder that is not there with 2', async () => {
  writeFileSync(join(folder, 'other.json'), '{}');
  expect(await verify(folder)).toMatchObject({
    code: 1,
    err: expect.stringContaining('no vector file') as string,
  });
  expect(await verify(join(folder, 'nothing'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('is not there') as string,
  });
});

test('Ctrl-C ends it between two cases', async () => {
  const terminal = openTerminal();
  const ended = terminal.stride('verify', vectors);
  setTimeout(() => terminal.signals.emit('SIGINT'), 300);
  expect(await ended).toBe(130);
});
