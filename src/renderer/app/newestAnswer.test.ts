import { expect, test } from 'vitest';
import { NewestAnswer } from './newestAnswer.svelte.ts';

test('an error is stored, takes the answer away, and goes with the next answer', async () => {
  const halves = new NewestAnswer((even: number) =>
    even % 2 === 0 ? Promise.resolve(even / 2) : Promise.reject(new Error('odd')),
  );
  await halves.want(4);
  expect([halves.answer, halves.problem]).toEqual([2, null]);
  await halves.want(3);
  expect([halves.answer, halves.problem?.message]).toEqual([null, 'odd']);
  await halves.want(8);
  expect([halves.answer, halves.problem]).toEqual([4, null]);
});
