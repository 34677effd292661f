/** Runs compared through the lab: trained on real MNIST by the real engine; predictions are computed once and kept. */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDataset } from '../src/main/datasets/index.ts';
import type { Lab } from '../src/main/lab/lab.ts';
import { InspectionThread } from '../src/main/lab/threads/inspectionThread.ts';
import { compareRuns } from '../src/main/terminal/commands/compare.ts';
import { comparisonJson } from '../src/shared/compare/comparisonJson.ts';
import { createIo } from '../src/main/terminal/io.ts';
import type { Dataset } from '../src/shared/datasets/dataset.ts';
import { type CallInput, type CallName, type CallReply, calls } from '../src/shared/api/api.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import { openLab, reached, removeFolder, temporaryFolder } from './support/lab.ts';
import { shortened } from '../src/shared/datasets/shortened.ts';
import { Written } from './support/written.ts';

const worker = new URL('../src/main/engine/worker.ts', import.meta.url);
const home = temporaryFolder();
let lab: Lab;
let other: Dataset;

beforeAll(async () => {
  const mnist = shortened(await openDataset('mnist'), 1280, 300);
  other = { ...mnist, summary: { ...mnist.summary, id: 'other', hash: 'e'.repeat(64) } };
  const openBoth = async (id: string) => (id === 'other' ? other : mnist);
  lab = await openLab(home, { openDataset: openBoth }, worker);
  await train('course', { epochs: 2 });
  await train('homework', { epochs: 1 });
});
afterAll(async () => {
  await lab.close();
  removeFolder(home);
});

async function train(preset: string, changes: object = {}, dataset = 'mnist'): Promise<number> {
  const { network, settings } = findPreset(preset)!;
  const [run] = await lab.call('runs.start', {
    runs: [{ network, settings: { ...settings, epochs: 1, ...changes }, dataset }],
  });
  await reached(lab, run!.id, 'finished');
  return run!.id;
}

/** The reply, which must be as the contract says. */
async function ask<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>> {
  return calls[name].reply.parse(await lab.call(name, request)) as CallReply<C>;
}

const kept = (run: number) =>
  readdirSync(join(home, 'runs', String(run))).filter((name) => name.startsWith('predictions-'));

test('two runs: the counts are those of the test set, and each adds up to what training found', async () => {
  await ask('compare.prepare', {});
  const { runs, pairs, seeds } = await ask('compare.runs', { runs: [1, 2] });
  expect(runs.map(({ run, network, total }) => [run, network, total])).toEqual([
    [1, 'course', 300],
    [2, 'homework', 300],
  ]);
  const found = await Promise.all([1, 2].map((run) => ask('runs.get', { run })));
  expect(runs.map(({ correct }) => correct)).toEqual(found.map(({ last }) => last?.testCorrect));
  const [{ result, pair }] = pairs as [(typeof pairs)[number]];
  const { bothRight, onlyA, onlyB, bothWrong } = result!.counts;
  expect(pair).toEqual([1, 2]);
  expect(bothRight + onlyA + onlyB + bothWrong).toBe(300);
  expect(bothRight + onlyA).toBe(runs[0]?.correct);
  expect(bothRight + onlyB).toBe(runs[1]?.correct);
  expect(seeds).toEqual([]);
});

test('predictions are those of the inspection, and are computed once', async () => {
  const inspected = await ask('inspect.predictions', { run: 1 });
  const predictions = await ask('compare.predictions', { run: 1 });
  expect(predictions.labels).toEqual(inspected.labels);
  expect(predictions.predictions).toEqual(inspected.predictions);
  predictions.probabilities.data.forEach((share, i) => {
    expect(share).toBeCloseTo(inspected.probabilities.data[i] ?? NaN, 5);
  });
  expect(kept(1)).toHaveLength(1);

  const asked = vi.spyOn(InspectionThread.prototype, 'ask');
  const again = await openLab(home, {}, worker);
  const { probabilities } = await again.call('compare.predictions', { run: 1 });
  expect(asked).not.toHaveBeenCalled();
  expect(probabilities).toEqual(predictions.probabilities);
  await again.close();
  asked.mockRestore();
});

test('the evaluation after an epoch has computed them, so nothing is computed again', async () => {
  const asked = vi.spyOn(InspectionThread.prototype, 'ask');
  const run = await train('course', { seed: 9 });
  const { correct } = await ask('inspect.predictions', { run });
  expect(correct).toBe((await ask('runs.get', { run })).last?.testCorrect);
  expect(asked.mock.calls.filter(([{ kind }]) => kind !== 'pace')).toEqual([]);
  asked.mockRestore();
});

test('a kept file that is damaged or of other bytes is computed again', async () => {
  const path = join(home, 'runs', '2', kept(2)[0]!);
  const whole = readFileSync(path);
  const before = (await ask('compare.predictions', { run: 2 })).probabilities;
  const damaged = [whole.subarray(0, 5), whole.subarray(0, -4), Buffer.from(whole)];
  damaged[2]![whole.length - 1]! ^= 1;
  for (const bytes of damaged) {
    writeFileSync(path, bytes);
    const again = await openLab(
      home,
      { openDataset: async () => shortened(await openDataset('mnist'), 1280, 300) },
      worker,
    );
    const { probabilities } = await again.call('compare.predictions', { run: 2 });
    // They were those of the evaluation before, in another graph.
    before.data.forEach((share, i) => {
      expect(probabilities.data[i]).toBeCloseTo(share, 5);
    });
    await again.close();
    expect(statSync(path).size).toBe(whole.length);
  }
});

test('what cannot be compared is said, and the others are compared all the same', async () => {
  const elsewhere = await train('course', {}, 'other');
  const { network, settings } = findPreset('course')!;
  const [waiting] = await lab.call('runs.start', {
    runs: [{ network, settings: { ...settings, epochs: 400 } }],
  });
  await lab.call('runs.stop', { run: waiting!.id });
  const split = await train('homework', { validation: { fraction: 0.1 } });
  const { pairs, runs } = await ask('compare.runs', { runs: [1, elsewhere, split] });
  expect(pairs.map(({ pair, reason, notes }) => [pair, reason, notes])).toEqual([
    [[1, elsewhere], 'dataset', []],
    [[1, split], null, ['split']],
    [[elsewhere, split], 'dataset', ['split']],
  ]);
  expect(runs.every(({ correct }) => correct !== null)).toBe(true);
  await expect(ask('compare.runs', { runs: [1, 1] })).rejects.toMatchObject({ code: 'call.invalid' });
  await expect(ask('compare.runs', { runs: [1, 999] })).rejects.toMatchObject({ code: 'run.unknown' });
});

test('several seeds of both nets: a paired interval over the seeds', async () => {
  const [a, b] = [await train('course', { epochs: 2, seed: 1 }), await train('homework', { seed: 1 })];
  const { seeds, pairs } = await ask('compare.runs', { runs: [1, 2, a, b] });
  expect(pairs).toHaveLength(6);
  expect(pairs.every(({ result }) => result?.comparisons === 6)).toBe(true);
  expect(seeds).toMatchObject([{ a: [1, a], b: [2, b], seeds: [0, 1], bootstrap: null }]);
  const { difference, interval, meanA, meanB } = seeds[0]!;
  expect(difference).toBeCloseTo(meanA - meanB, 12);
  expect(interval[0]).toBeLessThan(difference);
});

test('a comparison with a name is kept, found again, changed and deleted', async () => {
  const kept = { name: 'Course against homework', runs: [1, 2], baseline: 1, note: '**why**' };
  const { id } = await ask('comparisons.save', kept);
  await ask('comparisons.save', { ...kept, id, name: 'Another name' });
  expect(await ask('comparisons.list', {})).toMatchObject([{ ...kept, id, name: 'Another name' }]);
  await ask('comparisons.delete', { id });
  expect(await ask('comparisons.list', {})).toEqual([]);
  await expect(ask('comparisons.delete', { id })).rejects.toMatchObject({ code: 'comparison.unknown' });
  await expect(ask('comparisons.save', { ...kept, runs: [1, 999] })).rejects.toMatchObject({
    code: 'run.unknown',
  });
});

test('speed is measured for each run', async () => {
  const { speeds } = await ask('compare.speed', { runs: [2, 1] });
  expect(speeds.map(({ run }) => run)).toEqual([2, 1]);
  for (const { one, many } of speeds) {
    expect(one).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(one);
  }
});

test('the terminal: the JSON has the fields and figures of the window', async () => {
  const stdout = new Written();
  const io = createIo(stdout, new Written(), {});
  await compareRuns(io, lab, [1, 2], { json: true });
  const printed = JSON.parse(stdout.text) as { runs: unknown[]; pairs: Record<string, unknown>[] };
  const { pairs } = await ask('compare.runs', { runs: [1, 2] });
  const { counts, pValue, difference, interval } = pairs[0]!.result!;
  expect(printed.runs).toMatchObject([{ run: 1 }, { run: 2 }]);
  expect(printed.pairs).toEqual([
    { pair: [1, 2], ...counts, pValue, difference, interval, verdict: expect.any(String) as string },
  ]);
  const text = new Written();
  await compareRuns(createIo(text, new Written(), {}), lab, [1, 2], {});
  expect(text.text).toContain(printed.pairs[0]!['verdict'] as string);
  expect(text.text).toContain('One run each says nothing of other seeds.');
});

test('the report: one file with all figures, in both languages, that asks for nothing; also by the terminal', async () => {
  const comparison = await ask('compare.runs', { runs: [1, 2] });
  const file = join(home, 'report.html');
  for (const language of ['en', 'zh-CN'] as const) {
    const [stdout, stderr] = [new Written(), new Written()];
    const options = { report: file, language, json: true };
    await compareRuns(createIo(stdout, stderr, {}), lab, [1, 2], options);
    expect(stderr.text).toContain(file);
    const html = readFileSync(file, 'utf8');
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toMatch(/(?:src|href)="(?!data:)|url\(|@import|<script(?! type="application\/json")/);
    const [, inside = ''] = /id="stride-comparison">(.*)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(comparisonJson(comparison, language))));
    for (const { verdict } of comparisonJson(comparison, language).pairs)
      expect(html).toContain(verdict.slice(0, 30));
    expect(html.match(/<svg[^>]*role="img"/g)?.length).toBeGreaterThanOrEqual(5);
    expect(html).toContain('data:image/png;base64,');
  }
  const nowhere = { report: join(home, 'no', 'such', 'folder.html') };
  await expect(
    compareRuns(createIo(new Written(), new Written(), {}), lab, [1, 2], nowhere),
  ).rejects.toMatchObject({
    code: 'compare.report',
  });
});
