import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

function busy(milliseconds: number): void {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

test('work of one lane is done in its order, and another lane does not wait for all of it', async () => {
  const turns = new Turns();
  const [flood, other] = [turns.lane(), turns.lane()];
  const done: (number | string)[] = [];
  for (let i = 0; i < 200; i += 1) {
    flood(() => {
      busy(0.5);
      done.push(i);
    });
  }
  other(() => done.push('other'));
  while (done.length < 201) await turn();
  expect(done.indexOf('other')).toBeLessThan(20);
  expect(done.filter((each) => each !== 'other')).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

test('work that is asked for by work comes to its turn as well', async () => {
  const lane = new Turns().lane();
  let inner = false;
  lane(() => lane(() => (inner = true)));
  await turn();
  await turn();
  await turn();
  expect(inner).toBe(true);
});
