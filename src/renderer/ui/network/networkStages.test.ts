import { expect, test } from 'vitest';
import { presets } from '../../../shared/network/presets.ts';
import { networkStages } from './networkStages.ts';

test('the course net shrinks, grows in channels and ends flat', () => {
  const stages = networkStages(presets[0]!.network);
  expect(stages.map(({ flat }) => flat)).toEqual([false, false, false, false, false, true, true]);
  const maps = stages.filter(({ flat }) => !flat);
  expect(maps.map(({ width }) => width)).toEqual(maps.map(({ width }) => width).toSorted((a, b) => b - a));
  expect(maps.map(({ sheets }) => sheets)).toEqual([1, 4, 4, 5, 5]);
});
