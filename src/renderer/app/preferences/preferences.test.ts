import { expect, test } from 'vitest';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { PreferencesState } from './preferences.svelte.ts';

const sent = (lab: FakeLab) =>
  lab.asked.filter(([name]) => name === 'preferences.set').map(([, request]) => request);
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('gives what the lab keeps; what does not fit its key is as if it were not there', async () => {
  const lab = new FakeLab().answer('preferences.get', () => ({
    theme: 'dark',
    locale: 'tlh',
    'welcome.dismissed': 'yes',
    'of.another.time': 1,
  }));
  const preferences = new PreferencesState(lab);
  expect([preferences.get('theme'), preferences.loaded]).toEqual(['system', false]);
  await preferences.load();
  expect(preferences.get('theme')).toBe('dark');
  expect([preferences.get('locale'), preferences.kept('locale')]).toEqual(['system', undefined]);
  expect(preferences.get('welcome.dismissed')).toBe(false);
});

test('what is set holds at once; of several while one is on its way, the last is sent', async () => {
  const waiting: (() => void)[] = [];
  const lab = new FakeLab().answer(
    'preferences.set',
    () => new Promise((resolve) => waiting.push(() => resolve({}))),
  );
  const preferences = new PreferencesState(lab);
  preferences.set('theme', 'dark');
  preferences.set('theme', 'light');
  preferences.set('theme', 'system');
  preferences.set('theme', 'light');
  expect(preferences.get('theme')).toBe('light');
  // Echoes of the first value must not undo the last.
  lab.emit('preferences.changed', { key: 'theme', value: 'dark' });
  expect(preferences.get('theme')).toBe('light');
  waiting[0]!();
  await settled();
  waiting[1]!();
  await settled();
  expect(sent(lab)).toEqual([
    { key: 'theme', value: 'dark' },
    { key: 'theme', value: 'light' },
  ]);
  preferences.set('theme', 'light');
  await settled();
  expect(sent(lab)).toHaveLength(2);
});

test('another window’s change is heard, by watchers too; forgotten, the fallback holds', async () => {
  const lab = new FakeLab()
    .answer('preferences.get', () => ({ theme: 'dark' }))
    .answer('preferences.set', () => ({}));
  const preferences = new PreferencesState(lab);
  const heard: unknown[] = [];
  preferences.watch('theme', (value) => heard.push(value));
  expect(heard).toEqual([]);
  await preferences.load();
  lab.emit('preferences.changed', { key: 'theme', value: 'light' });
  lab.emit('preferences.changed', { key: 'of.another.time', value: 1 });
  expect(preferences.get('theme')).toBe('light');
  preferences.forget('theme');
  expect(preferences.get('theme')).toBe('system');
  expect(heard).toEqual(['dark', 'light', undefined]);
  expect(sent(lab)).toEqual([{ key: 'theme', value: null }]);
});

test('what cannot be kept is said, and holds in this window', async () => {
  const lab = new FakeLab().answer('preferences.set', () => {
    throw new Problem('history.disk-full', 'the disk is full', { path: 'p' });
  });
  const preferences = new PreferencesState(lab);
  preferences.set('welcome.dismissed', true);
  await settled();
  expect(preferences.problem?.code).toBe('history.disk-full');
  expect(preferences.get('welcome.dismissed')).toBe(true);
});
