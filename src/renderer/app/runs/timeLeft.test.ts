import { expect, test } from 'vitest';
import { Countdown } from './timeLeft.ts';

const stepsPerEpoch = 900;
const ahead = (steps: number) => ({
  steps,
  evaluations: Math.ceil(steps / stepsPerEpoch),
  evaluationSeconds: 1,
});

/** A run of ten epochs, 300 steps a second and evaluations of a second, whose pace is disturbed as `factor` says. */
function watch(factor: (second: number) => number): { shown: number; right: number; spread: number }[] {
  const countdown = new Countdown();
  const all: { shown: number; right: number; spread: number }[] = [];
  let left = 10 * stepsPerEpoch;
  for (let second = 1; left > 300; second += 1) {
    const evaluating = second % 4 === 0;
    if (!evaluating) {
      const steps = Math.round(300 / factor(second));
      countdown.took(steps, 1);
      left -= steps;
    }
    const time = countdown.left(ahead(left), stepsPerEpoch, second);
    if (time)
      all.push({ shown: time.seconds, right: left / 300 + ahead(left).evaluations, spread: time.spread });
  }
  return all;
}

test('counts down evenly, evaluations among it', () => {
  const seen = watch(() => 1);
  expect(seen.length).toBeGreaterThan(30);
  for (const { shown, right } of seen) expect(Math.abs(shown - right)).toBeLessThan(2);
  for (const [index, { shown }] of seen.entries())
    if (index > 0) expect(shown).toBeLessThan(seen[index - 1]!.shown + 0.5);
});

test('a slow second in ten does not make it jump', () => {
  const seen = watch((second) => (second % 10 === 0 ? 5 : 1));
  for (const [index, { shown }] of seen.entries()) {
    if (index === 0) continue;
    // The former method showed 1:20, 6:37 and 1:11 in turn.
    expect(Math.abs(shown - seen[index - 1]!.shown)).toBeLessThan(0.2 * seen[index - 1]!.shown + 2);
  }
});

test('the spread says how uneven it goes, and the first evaluation is not known before it was seen', () => {
  const even = watch(() => 1);
  const uneven = watch((second) => (second % 2 ? 1 : 2.5));
  expect(even.at(5)!.spread).toBeLessThan(0.05 * even.at(5)!.shown);
  expect(uneven.at(5)!.spread).toBeGreaterThan(0.1 * uneven.at(5)!.shown);
  const countdown = new Countdown();
  for (let reading = 0; reading < 3; reading += 1) countdown.took(150, 0.5);
  const first = countdown.left({ steps: 8700, evaluations: 10, evaluationSeconds: null }, stepsPerEpoch, 1);
  expect(first!.spread).toBeGreaterThan(2);
});

test('says nothing before a second of training, and begins anew after a pause', () => {
  const countdown = new Countdown();
  countdown.took(30, 0.5);
  expect(countdown.left(ahead(900), stepsPerEpoch, 1)).toBeNull();
  countdown.took(300, 1);
  countdown.took(300, 1);
  const before = countdown.left(ahead(9000), stepsPerEpoch, 2)!;
  countdown.pause();
  const after = countdown.left(ahead(9000), stepsPerEpoch, 1000)!;
  expect(Math.abs(after.seconds - before.seconds)).toBeLessThan(0.5);
});

test('seconds in which other programs leave a hundredth of the steps do not count a hundredfold', () => {
  const countdown = new Countdown();
  for (let second = 0; second < 70; second += 1) countdown.took(second % 2 ? 3 : 300, 1);
  const time = countdown.left(ahead(90_000), stepsPerEpoch, 70)!;
  const right = 90_000 / 151.5 + 100;
  expect(Math.abs(time.seconds - right)).toBeLessThan(0.1 * right);
  expect(time.spread).toBeLessThan(time.seconds);
});

test('nothing is told while the ends of the estimate are more than a factor of 2 apart, but for a minute at most', () => {
  const countdown = new Countdown();
  const told: number[] = [];
  for (let second = 1; second <= 70; second += 1) {
    countdown.took(second % 2 ? 3 : 300, 1);
    const time = countdown.left(ahead(90_000), stepsPerEpoch, second);
    if (time) told.push(second);
  }
  expect(told[0]).toBeGreaterThan(50);
  expect(told[0]).toBeLessThanOrEqual(60);
});

test('a wide estimate of a few seconds is told', () => {
  const countdown = new Countdown();
  for (let second = 1; second <= 4; second += 1) countdown.took(second % 2 ? 30 : 300, 1);
  expect(
    countdown.left({ steps: 1500, evaluations: 1, evaluationSeconds: 1 }, stepsPerEpoch, 4),
  ).not.toBeNull();
});
