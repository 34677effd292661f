/** Tests of the number of steps per call. */
import { describe, expect, it } from 'vitest';
import { stepsAtOnce } from './severalSteps.ts';

describe('steps at once', () => {
  it.each([
    [0.001, 20],
    [0.002, 20],
    [0.0025, 10],
    [0.005, 5],
    [0.0091, 1],
    [Infinity, 1],
  ])('of %f s: %i', (secondsAStep, expected) => {
    expect(stepsAtOnce({ secondsAStep })).toBe(expected);
  });

  it('never take longer than a pause may wait, and divide the 300 steps of a running loss', () => {
    for (let secondsAStep = 0.0005; secondsAStep < 0.05; secondsAStep *= 1.1) {
      const count = stepsAtOnce({ secondsAStep });
      expect(300 % count).toBe(0);
      if (count > 1) expect(count * secondsAStep).toBeLessThanOrEqual(0.045);
    }
  });

  it.each([
    [0.001, 0, 300, 45, 150],
    [0.0004, 100, 500, 112, 200],
    [0.0021, 930, 7, 7, 7],
    [0.008, 15, 300, 5, 18],
    [0.03, 0, 300, 1, 5],
    [0.2, 0, 300, 1, 1],
    [Infinity, 0, 300, 1, 1],
  ])(
    'in one operation, of %f s, after %i and before %i: %i, or %i where it heeds messages',
    (secondsAStep, taken, left, alone, heeding) => {
      expect(stepsAtOnce({ secondsAStep, taken, left, inOne: 'alone' })).toBe(alone);
      expect(stepsAtOnce({ secondsAStep, taken, left, inOne: 'heeding' })).toBe(heeding);
    },
  );

  it('are twenty in long runs only: preparing them takes time', () => {
    expect(stepsAtOnce({ secondsAStep: 0.001, leftInAll: 4999 })).toBe(10);
    expect(stepsAtOnce({ secondsAStep: 0.001, leftInAll: 5000 })).toBe(20);
  });

  it('begin at a multiple of their number', () => {
    expect(stepsAtOnce({ secondsAStep: 0.001, taken: 40 })).toBe(20);
    expect(stepsAtOnce({ secondsAStep: 0.001, taken: 50 })).toBe(1);
  });

  it('are single at the end of an epoch, not fewer', () => {
    expect(stepsAtOnce({ secondsAStep: 0.001, taken: 920, left: 17 })).toBe(1);
  });
});
