import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { presets } from '../../../shared/network/presets.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { type Estimate, EstimateState, together } from './estimate.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const estimate = (totalSeconds: number, beside = 0): Estimate => ({
  ...{ stepsPerEpoch: 938, trainSeconds: 1.5, testSeconds: 0.1, startSeconds: 1, totalSeconds, beside },
  memoryBytes: 1000 * totalSeconds,
});
const network = presets[0]!.network;
const run = (seed = 0, batchSize = 64) => ({ network, settings: { seed, batchSize }, threads: 1 });
const asked = (lab: FakeLab) => lab.asked.filter(([name]) => name === 'training.estimate').length;

test('runs take the first place that is free', () => {
  expect(
    together(
      [10, 4, 4, 5].map((s) => estimate(s)),
      2,
    ),
  ).toMatchObject({ seconds: 13, memoryBytes: 15_000 });
  expect(
    together(
      [10, 4, 4].map((s) => estimate(s)),
      1,
    ),
  ).toMatchObject({ seconds: 18, memoryBytes: 10_000 });
  expect(together([estimate(3), estimate(3, 2)], 8)).toMatchObject({ seconds: 3, runs: 2, beside: 2 });
  expect(together([], 2)).toBeNull();
});

test('is asked when nothing was typed for a moment, once for runs that differ by their seeds', async () => {
  const lab = new FakeLab().answer('training.estimate', () => estimate(10));
  const state = new EstimateState(lab);
  state.ask({ runs: [run(0, 32)], places: 2 });
  await vi.advanceTimersByTimeAsync(300);
  state.ask({ runs: [run(0), run(1), run(2)], places: 2 });
  expect(asked(lab)).toBe(0);
  await vi.advanceTimersByTimeAsync(600);
  expect(asked(lab)).toBe(1);
  expect(state.all).toMatchObject({ seconds: 20, runs: 3 });
  state.ask({ runs: [run(0), run(1), run(2)], places: 2 });
  await vi.advanceTimersByTimeAsync(600);
  expect(asked(lab)).toBe(1);
  state.ask(null);
  expect(state.all).toBeNull();
});

test('an answer that comes when something else is asked does not count', async () => {
  const answers: ((estimate: Estimate) => void)[] = [];
  const lab = new FakeLab().answer(
    'training.estimate',
    () => new Promise((resolve) => answers.push(resolve)),
  );
  const state = new EstimateState(lab);
  state.ask({ runs: [run(0, 32)], places: 2 });
  await vi.advanceTimersByTimeAsync(600);
  state.ask({ runs: [run(0, 64)], places: 2 });
  await vi.advanceTimersByTimeAsync(600);
  answers[0]!(estimate(99));
  await vi.advanceTimersByTimeAsync(0);
  expect([state.all, state.measuring]).toEqual([null, true]);
  answers[1]!(estimate(5));
  await vi.advanceTimersByTimeAsync(0);
  expect([state.all?.seconds, state.measuring]).toEqual([5, false]);
});

test('given up for another window’s sake it is asked again; another problem is shown', async () => {
  let code = 'estimate.given-up';
  const lab = new FakeLab().answer('training.estimate', () => {
    throw new Problem(code, 'no');
  });
  const state = new EstimateState(lab);
  state.ask({ runs: [run()], places: 2 });
  await vi.advanceTimersByTimeAsync(600);
  expect([asked(lab), state.problem]).toEqual([1, null]);
  code = 'worker.crashed';
  await vi.advanceTimersByTimeAsync(1100);
  expect([asked(lab), state.problem?.code]).toEqual([2, 'worker.crashed']);
});
