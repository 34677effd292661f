import { expect, it } from 'vitest';
import { NewestWish } from './newestWish.ts';

it('does the first wish and the newest, and drops those between', async () => {
  const done: number[] = [];
  const steps: (() => void)[] = [];
  const newest = new NewestWish<number>(async (wish) => {
    await new Promise<void>((resolve) => steps.push(resolve));
    done.push(wish);
  });
  const first = newest.want(1);
  void newest.want(2);
  void newest.want(3);
  steps.shift()?.();
  await new Promise((resolve) => setTimeout(resolve));
  steps.shift()?.();
  await first;
  expect(done).toEqual([1, 3]);
});
