/**
 * The language of the terminal's programs: `--lang`, otherwise the shell's (LC_ALL, LC_MESSAGES, LANG). Texts
 * are written in the code in English and looked up by it, as in gettext, in resources/terminal/zh-CN.json; a
 * `Problem` is looked up by its code, in the files that the window uses too.
 */
import data from '../../../resources/messages/zh-CN/data.json' with { type: 'json' };
import desktop from '../../../resources/messages/zh-CN/desktop.json' with { type: 'json' };
import models from '../../../resources/messages/zh-CN/models.json' with { type: 'json' };
import inspect from '../../../resources/messages/zh-CN/inspect.json' with { type: 'json' };
import lab from '../../../resources/messages/zh-CN/lab.json' with { type: 'json' };
import problems from '../../../resources/messages/zh-CN/problems.json' with { type: 'json' };
import training from '../../../resources/messages/zh-CN/training.json' with { type: 'json' };
import terminal from '../../../resources/terminal/zh-CN.json' with { type: 'json' };
import { type Language, languages } from '../../shared/base/languages.ts';
import { withDetail } from '../../shared/misfits/misfit.ts';
import type { ProblemRecord } from '../../shared/base/problem.ts';

const chinese: Readonly<Record<string, string>> = terminal;
const chineseProblems: Readonly<Record<string, unknown>> = {
  ...problems,
  ...inspect,
  ...lab,
  ...models,
  ...desktop,
  ...training,
  ...data,
};

let language: Language = 'en';

/** Sets the language of this process. It must be called before anything is printed. */
export function setLanguage(wanted: Language): void {
  language = wanted;
}

export function currentLanguage(): Language {
  return language;
}

/**
 * Returns the language of the first variable that is set
 * (https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02).
 */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh\b|^zh_/i.test(locale) ? 'zh-CN' : 'en';
}

/**
 * Removes `--lang <language>` from the arguments, wherever it is before a `--`. The language is null if it is
 * not supported.
 */
export function takeLanguage(args: readonly string[]): {
  rest: string[];
  wanted: Language | null | undefined;
} {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const place = args.findIndex((arg, i) => i < end && (arg === '--lang' || arg.startsWith('--lang=')));
  if (place < 0) return { rest: [...args], wanted: undefined };
  const own = args[place] as string;
  const separate = own === '--lang';
  const value = separate ? args[place + 1] : own.slice('--lang='.length);
  const wanted = languages.find((each) => each === value || (value === 'zh' && each === 'zh-CN')) ?? null;
  return { rest: args.filter((_, i) => i !== place && !(separate && i === place + 1)), wanted };
}

/**
 * Returns the text in the language of this process with its `{names}` filled in, or in English if there is no
 * translation.
 */
export function say(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(language === 'zh-CN' ? (chinese[text] ?? text) : text, values) ?? text;
}

/**
 * Returns a problem in the language of this process, or in English if it has no translation or a parameter is
 * missing.
 */
export function inLanguage({ code, message, parameters }: ProblemRecord): string {
  const text = language === 'zh-CN' ? chineseProblems[`problem.${code}`] : undefined;
  if (typeof text !== 'string') return message;
  const { cause, detail, ...own } = parameters;
  const values: Record<string, string | number> = { ...withDetail(parameters, language), message };
  if (typeof cause === 'string')
    values['detail'] = inLanguage({ code: cause, message: String(detail), parameters: own });
  const said = fill(text, values) ?? message;
  const { layer, type } = parameters;
  return layer !== undefined && type !== undefined && code.startsWith('layer.') && said !== message
    ? `第 ${layer} 层（${type}）：${said}`
    : said;
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string | null {
  let whole = true;
  const filled = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    whole &&= name in values;
    return String(values[name]);
  });
  return whole ? filled : null;
}
