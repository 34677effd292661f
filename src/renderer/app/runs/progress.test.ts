import { expect, test } from 'vitest';
import { sampleRun } from '../../../../test/support/fakeLab.ts';
import { progressOf } from './progress.ts';

test('is as far as the further of summary and losses', () => {
  const run = sampleRun({ step: 938 });
  expect(progressOf(run, 1000)).toEqual({ steps: 1000, totalSteps: 9380, epoch: 2, batch: 62 });
  expect(progressOf(run, 0)).toMatchObject({ epoch: 2, batch: 0 });
});

test('a finished run is at the last batch of its last epoch', () => {
  expect(progressOf(sampleRun({ step: 9380 }), 9380)).toMatchObject({ epoch: 10, batch: 938 });
});
