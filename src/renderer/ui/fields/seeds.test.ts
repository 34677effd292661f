import { expect, test } from 'vitest';
import { readSeeds } from './seeds.ts';

test('one, several, a range', () => {
  expect(readSeeds('7').seeds).toEqual([7]);
  expect(readSeeds(' 1, 2，3 ').seeds).toEqual([1, 2, 3]);
  expect(readSeeds('0-3, 2').seeds).toEqual([0, 1, 2, 3]);
  expect(readSeeds('０..２').seeds).toEqual([0, 1, 2]);
});

test('says which rule is broken, and by what', () => {
  expect(readSeeds(' ').problem).toEqual({ kind: 'empty' });
  for (const text of ['a', '-1', '1.5', '1e3'])
    expect(readSeeds(`0, ${text}`).problem).toMatchObject({ kind: 'notSeed', text });
  expect(readSeeds('3-1').problem).toEqual({ kind: 'order', text: '3-1' });
  expect(readSeeds('0-64').problem).toEqual({ kind: 'tooMany', count: 65, most: 64 });
  expect(readSeeds('0-40, 50-90').problem).toEqual({ kind: 'tooMany', count: 82, most: 64 });
  expect(readSeeds('99999999999999999').problem).toMatchObject({ kind: 'tooLarge' });
});
