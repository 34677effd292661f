import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { spoken } from '../scripts/setup/language.mjs';
import { Report } from '../scripts/setup/report.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

const chinese = { LANG: 'zh_CN.UTF-8' };
const folder = new URL('../scripts/setup/', import.meta.url);

/** Returns the texts that set-up's steps print, with an example in each place of a value. */
function printed(): { file: string; text: string }[] {
  const call =
    /\.(?:done|failed|say|begin\('\w+',|progress\([^,()]+,)\s*\(?\s*(?:'([^']+)'|"([^"]+)"|`([^`]+)`)/g;
  return readdirSync(folder)
    .filter((file) => file.endsWith('.mjs') && file !== 'report.mjs')
    .flatMap((file) =>
      [...readFileSync(new URL(file, folder), 'utf8').matchAll(call)].map((found) => ({
        file,
        text: (found[1] ?? found[2] ?? found[3] ?? '').replaceAll(
          /\$\{NO_DISPLAY\}/g,
          'this machine has no display',
        ),
      })),
    )
    .map(({ file, text }) => ({ file, text: text.replaceAll(/\$\{[^}]*\}/g, '7') }));
}

test('every step of set-up has its texts in Chinese', () => {
  const texts = printed();
  expect(texts.length).toBeGreaterThan(25);
  const english = texts.filter(({ text }) => /[a-z]{3}/i.test(text) && spoken(text, chinese) === text);
  expect(english).toEqual([]);
});

test('what a step ends with is in the language of the shell', () => {
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  let output = '';
  new Report({ write: (text) => (output += text) }).begin('Program', 'building').done('built');
  expect(output).toContain('已构建');
});
