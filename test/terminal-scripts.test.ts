// `stride train script.py`: what is taken of a script, what is said of it, and what is refused.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labWith, openTerminal } from './support/terminal.ts';

const scripts = new URL('./scripts/', import.meta.url);
const script = (name: string) => new URL(name, scripts).pathname;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'stride-scripts-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The request that a command line comes to, with what was said. */
async function train(...args: string[]) {
  const terminal = openTerminal();
  const { begun, change } = labWith(terminal.lab, 'course');
  const ended = terminal.stride('train', ...args);
  const asked = await Promise.race([begun().then(() => true), ended.then(() => false)]);
  if (asked) change(1, { status: 'finished' });
  const code = await ended;
  const request = terminal.lab.asked.find(({ name }) => name === 'runs.start')?.request as
    { runs: { network: { layers: object[] }; settings: object }[] } | undefined;
  return { code, said: terminal.stderr.text, run: request?.runs[0] };
}

test('a script gives net and settings; the command line changes them', async () => {
  const { code, run, said } = await train(script('keras-like.py'), '--epochs', '2');
  expect(said).not.toContain('keras-like.py:');
  expect(code).toBe(0);
  expect(run?.network.layers).toHaveLength(9);
  expect(run?.settings).toMatchObject({
    epochs: 2,
    batchSize: 128,
    normalisation: 'course',
    optimizer: { type: 'rmsProp', learningRate: 0.001, alpha: 0.9 },
  });
});

test('what is noticed is said with its line', async () => {
  const { code, said } = await train(script('argparse-main.py'));
  expect(code).toBe(0);
  expect(said).toContain('102: The training images are not shuffled in the script; here they are');
  expect(said).toContain('--batch-size 64');
});

test('a script with several trainings is refused with a list, and one can be chosen', async () => {
  const refused = await train(script('experiments.py'));
  expect(refused.code).toBe(2);
  expect(refused.run).toBeUndefined();
  expect(refused.said).toContain('has 3 trainings; choose one with --training');
  expect(refused.said).toMatch(/3 {2}.*Adam|3 {2}.*adam/);
  const chosen = await train(script('experiments.py'), '--training', '3');
  expect(chosen.code).toBe(0);
  expect(chosen.run?.settings).toMatchObject({ epochs: 2, optimizer: { type: 'adam' } });
  expect((await train(script('experiments.py'), '--training', '9')).said).toContain('has no training 9');
});

test('a mistake of the author is refused unless what was read is wanted', async () => {
  const refused = await train(script('lenet-mistake.py'));
  expect(refused.code).toBe(2);
  expect(refused.said).toContain('to have 16 channels, but got 6 channels instead');
  expect(refused.said).toContain('nn.Conv2d(6, 16, kernel_size=5)');
  expect((await train(script('lenet-mistake.py'), '--as-read')).code).toBe(0);
});

test('no file, no text, no net, and a command that takes no script', async () => {
  expect((await train(path.join(folder, 'none.py'))).said).toContain('there is no such file');
  const bytes = path.join(folder, 'bytes.py');
  await writeFile(bytes, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
  expect((await train(bytes)).said).toContain('this is not a text in UTF-8');
  const empty = path.join(folder, 'empty.py');
  await writeFile(empty, 'print(1)\n');
  expect((await train(empty)).said).toContain('No net was found');
  const terminal = openTerminal();
  expect(await terminal.stride('sweep', script('keras-like.py'), '--set', 'epochs=1,2')).toBe(2);
  expect(terminal.stderr.text).toContain('scripts are taken by the command "train"');
});

test('a notebook', async () => {
  const { run, said } = await train(script('notebook.ipynb'));
  expect(said).toContain('4:2: ');
  expect(run?.settings).toMatchObject({ epochs: 6, batchSize: 100 });
  expect(await readFile(script('notebook.ipynb'), 'utf8')).toContain('%%bash');
});
