/**
 * Messages of set-up and the doctor in the language of the shell (LC_ALL, LC_MESSAGES, LANG). This is plain
 * Node, because it runs before packages are installed. The English text is the key; a `{a}` in it is a
 * placeholder.
 */
import fs from 'node:fs';
import process from 'node:process';

/** @param {NodeJS.ProcessEnv} [env] */
export function speaksChinese(env = process.env) {
  return /^zh\b|^zh_/i.test(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '');
}

/** @type {{ pattern: RegExp, names: string[], text: string }[] | undefined} */
let known;

function translations() {
  if (known) return known;
  const file = new URL('../../resources/terminal/setup.zh-CN.json', import.meta.url);
  const texts = /** @type {Record<string, string>} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
  known = Object.entries(texts).map(([english, text]) => {
    /** @type {string[]} */
    const names = [];
    const pattern = english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w)\}/g, (_, name) => {
      names.push(name);
      return '([^]+?)';
    });
    return { pattern: new RegExp(`^${pattern}$`), names, text };
  });
  // If several fit, the one with the fewest placeholders is used.
  known.sort((a, b) => a.names.length - b.names.length);
  return known;
}

/**
 * Returns the text in the shell's language, or in English if there is no translation.
 * @param {string} text
 * @param {NodeJS.ProcessEnv} [env]
 */
export function spoken(text, env = process.env) {
  if (!speaksChinese(env)) return text;
  const [, before = '', core = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? [];
  for (const { pattern, names, text: chinese } of translations()) {
    const found = pattern.exec(core);
    if (found)
      return before + chinese.replace(/\{(\w)\}/g, (_, name) => found[names.indexOf(name) + 1] ?? '') + after;
  }
  return text;
}

/**
 * Pads a text with spaces to a width in columns; a Chinese character takes two.
 * @param {string} text
 * @param {number} width
 */
export function padded(text, width) {
  const columns = [...text].reduce(
    (sum, each) => sum + (/[\u2e80-\u9fff\uff00-\uff60]/.test(each) ? 2 : 1),
    0,
  );
  return text + ' '.repeat(Math.max(0, width - columns));
}
