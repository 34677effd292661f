import { afterEach, expect, test } from 'vitest';
import { m } from '../paraglide/messages.js';
import { LocaleState, localeFor } from './locale.svelte.ts';

function fakeWindow(languages: readonly string[]): Window {
  const documentElement = { lang: '' };
  const document = { documentElement, cookie: '' };
  return { location: { protocol: 'http:' }, document, navigator: { languages } } as unknown as Window;
}

afterEach(() => new LocaleState(fakeWindow(['en'])).choose('en'));

test('any Chinese is Simplified Chinese, the first known language counts, all else is English', () => {
  expect(localeFor(['zh-TW', 'en'])).toBe('zh-CN');
  expect(localeFor(['de-DE', 'zh'])).toBe('zh-CN');
  expect(localeFor(['en-GB', 'zh'])).toBe('en');
  expect(localeFor(['fr'])).toBe('en');
});

test('messages follow the choice at once, and the page says its language', () => {
  const window = fakeWindow(['en-US']);
  const locale = new LocaleState(window);
  expect([m.pause(), window.document.documentElement.lang]).toEqual(['Pause', 'en']);
  locale.choose('zh-CN');
  expect([m.pause(), window.document.documentElement.lang]).toEqual(['暂停', 'zh-CN']);
  locale.choose('system');
  expect(m.pause()).toBe('Pause');
});
