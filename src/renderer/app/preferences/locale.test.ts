import { afterEach, expect, test } from 'vitest';
import { PreferencesState } from './preferences.svelte.ts';
import { m } from '../../paraglide/messages.js';
import { FakeLab } from '../../../../test/support/fakeLab.ts';
import { LocaleState, localeFor } from './locale.svelte.ts';

function fakeWindow(languages: readonly string[]): Window {
  const documentElement = { lang: '' };
  const document = { documentElement, cookie: '' };
  return { location: { protocol: 'http:' }, document, navigator: { languages } } as unknown as Window;
}

const fakeLab = (kept = {}) =>
  new FakeLab().answer('preferences.set', () => ({})).answer('preferences.get', () => kept);

afterEach(() => new LocaleState(fakeWindow(['en']), new PreferencesState(fakeLab())).choose('en'));

test('any Chinese is Simplified Chinese, the first known language counts, all else is English', () => {
  expect(localeFor(['zh-TW', 'en'])).toBe('zh-CN');
  expect(localeFor(['de-DE', 'zh'])).toBe('zh-CN');
  expect(localeFor(['en-GB', 'zh'])).toBe('en');
  expect(localeFor(['fr'])).toBe('en');
});

test('messages follow the choice at once, and the page says its language', () => {
  const window = fakeWindow(['en-US']);
  const locale = new LocaleState(window, new PreferencesState(fakeLab()));
  expect([m.pause(), window.document.documentElement.lang]).toEqual(['Pause', 'en']);
  locale.choose('zh-CN');
  expect([m.pause(), window.document.documentElement.lang]).toEqual(['暂停', 'zh-CN']);
  locale.choose('system');
  expect(m.pause()).toBe('Pause');
});

test('what the lab keeps counts, and the copy of it follows', async () => {
  const window = fakeWindow(['en-US']);
  window.document.cookie = 'stride-locale=en';
  const lab = fakeLab({ locale: 'zh-CN' });
  const preferences = new PreferencesState(lab);
  const locale = new LocaleState(window, preferences);
  expect(locale.current).toBe('en');
  await preferences.load();
  expect([locale.current, m.pause(), window.document.documentElement.lang]).toEqual([
    'zh-CN',
    '暂停',
    'zh-CN',
  ]);
  expect(window.document.cookie).toMatch(/^stride-locale=zh-CN;/);
  expect(lab.asked.map(([name]) => name)).toEqual(['preferences.get']);
});
