import { expect, it } from 'vitest';
import { epochAtCursor, nearestEpoch } from './epochAtCursor.ts';

const kept = [0, 1, 2, 5, 9];
const clicked = (cursor: number) => epochAtCursor({ cursor, pinned: false }, 2, kept);
const moved = (cursor: number) => epochAtCursor({ cursor, pinned: true }, 2, kept);

it('takes the nearest kept epoch after a click', () => {
  expect([-0.3, 0.6, 3.4, 4.1, 30].map(clicked)).toEqual([0, 1, 2, 5, 9]);
  expect(nearestEpoch(7.5, kept)).toBe(9);
  expect(Number.isNaN(nearestEpoch(3, []))).toBe(true);
});

it('takes the next kept epoch on the side to which a key moves the cursor', () => {
  expect([1.9, 2.1, 2].map(moved)).toEqual([1, 5, 2]);
  expect(epochAtCursor({ cursor: 9.1, pinned: true }, 9, kept)).toBe(9);
  expect(epochAtCursor({ cursor: null, pinned: false }, 5, kept)).toBe(5);
});
