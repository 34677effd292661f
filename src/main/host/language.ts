/**
 * The language in which the terminal's programs speak: `--lang`, else what the shell says (LC_ALL, LC_MESSAGES, LANG). Texts
 * stand in the code in English and are looked up by it, as gettext has it, in resources/terminal/zh-CN.json; a
 * `Problem` is looked up by its code, in the files that the window has as well.
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

/** For this process; said once, before anything is. */
export function setLanguage(wanted: Language): void {
  language = wanted;
}

export function currentLanguage(): Language {
  return language;
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02: the first that is set counts. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh\b|^zh_/i.test(locale) ? 'zh-CN' : 'en';
}

/** Takes `--lang <language>` out of the arguments, wherever it stands before a `--`. Null for one that there is not. */
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

/** The text in the language of this process, its `{names}` filled in. Without a translation it is the English one. */
export function say(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(language === 'zh-CN' ? (chinese[text] ?? text) : text, values) ?? text;
}

/** A problem in the language of this process. One without words there, or with a hole in them, is said in English. */
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
