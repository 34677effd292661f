import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

it('makes a value once, forgets the least recently used beyond its bytes, and keeps no failure', async () => {
  const made: string[] = [];
  const recent = new Recent<string>(5, (value) => value.length);
  const get = (key: string) =>
    recent.get(key, () => {
      made.push(key);
      return key === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve(key);
    });
  expect(await Promise.all([get('aa'), get('aa')])).toEqual(['aa', 'aa']);
  await get('bb');
  await get('aa');
  await get('cc');
  await get('aa');
  await get('bb');
  expect(made).toEqual(['aa', 'bb', 'cc', 'bb']);
  await expect(get('bad')).rejects.toThrow('no');
  await expect(get('bad')).rejects.toThrow('no');
  expect(made).toEqual(['aa', 'bb', 'cc', 'bb', 'bad', 'bad']);
});
