import { expect, test } from 'vitest';
import { Preference, type Store, storeOf } from './preference.ts';

const memory = (): Store => {
  const kept = new Map<string, string>();
  return { read: (key) => kept.get(key) ?? null, write: (key, value) => void kept.set(key, value) };
};

test('remembers a choice, and takes the first where there is none or an unknown one', () => {
  const store = memory();
  const theme = new Preference(store, 'theme', ['system', 'light', 'dark']);
  expect(theme.read()).toBe('system');
  theme.write('dark');
  expect(new Preference(store, 'theme', ['system', 'light', 'dark']).read()).toBe('dark');
  expect(new Preference(store, 'theme', ['system', 'light']).read()).toBe('system');
});

test('in a browser, cookies keep it, which do not depend on the port', () => {
  const document = { cookie: 'other=1; stride-theme=dark; stride-locale=zh-CN' };
  const store = storeOf({ location: { protocol: 'http:' }, document } as Window);
  expect(store.read('stride-locale')).toBe('zh-CN');
  expect(store.read('stride')).toBeNull();
  store.write('stride-theme', 'light');
  expect(document.cookie).toMatch(/^stride-theme=light; Path=\/; Max-Age=\d+; SameSite=Strict$/);
});

test('in the desktop window, local storage keeps it', () => {
  const kept = new Map<string, string>();
  const localStorage = { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) };
  const store = storeOf({ location: { protocol: 'app:' }, localStorage } as unknown as Window);
  store.write('stride-theme', 'light');
  expect(store.read('stride-theme')).toBe('light');
});
