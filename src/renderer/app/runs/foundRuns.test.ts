import { expect, test } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { FoundRuns } from './foundRuns.svelte.ts';

const found = (number: number) => ({
  number,
  folder: `/home/runs/${number}`,
  name: 'course',
  createdAt: null,
});
const problem = { code: 'recovery.no-manifest', message: 'no', parameters: { folder: '/home/runs/2' } };

test('what was found is taken into history; what could not be stays offered, with the reason', async () => {
  let left = [found(1), found(2)];
  const lab = new FakeLab()
    .answer('recovery.list', () => left)
    .answer('recovery.recover', () => {
      left = [found(2)];
      return { runs: [1], problems: [problem] };
    });
  const recovered: number[] = [];
  const runs = new FoundRuns(lab, (numbers) => recovered.push(...numbers));
  await runs.load();
  expect(runs.offered).toHaveLength(2);
  await runs.recover();
  expect(lab.asked.filter(([name]) => name === 'recovery.recover')).toEqual([
    ['recovery.recover', { numbers: [1, 2] }],
  ]);
  expect([recovered, runs.offered, runs.problems]).toEqual([[1], [found(2)], [problem]]);
  runs.decline();
  expect([runs.offered, runs.problems]).toEqual([[], []]);
});
