import { expect, it } from 'vitest';
import { statesThatFit, statesToDrop } from './epochStates.ts';

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

it('keeps all that fit', () => {
  expect(statesToDrop(upTo(30), 12, 30)).toEqual([]);
  expect(statesThatFit(64, 34_000)).toBe(1882);
  expect(statesThatFit(1, 5_000_000)).toBe(4);
});

it('keeps the first two, the best and the newest, and lies dense early', () => {
  let kept: number[] = [];
  for (const epoch of upTo(200)) {
    kept.push(epoch);
    const gone = statesToDrop(kept, 120, 16);
    kept = kept.filter((each) => !gone.includes(each));
    expect(kept.length).toBeLessThanOrEqual(16);
    expect(kept.at(-1)).toBe(epoch);
  }
  expect(kept.slice(0, 2)).toEqual([1, 2]);
  expect(kept).toContain(120);
  const middle = kept.filter((epoch) => epoch <= 100).length;
  expect(middle).toBeGreaterThan(8);
  expect(Math.max(...kept.slice(1).map((epoch, i) => epoch / (kept[i] ?? 1)))).toBeLessThanOrEqual(2);
});

it('drops nothing that must stay, even where that is more than fits', () => {
  expect(statesToDrop([1, 2, 5, 9], 5, 2)).toEqual([]);
});
