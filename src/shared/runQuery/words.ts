/**
 * The texts of the window's table of runs, in both languages, for filters: whatever a person reads in a cell or a
 * column's heading matches. They are kept apart from resources/messages because history and terminal filter too;
 * test/window/filterWords.test.ts compares the two.
 */
import { type RunField, ruleOf, runFields } from './fields.ts';

export type QueryLanguage = 'en' | 'zh-CN';

type Words = Readonly<Record<QueryLanguage, string>>;

/**
 * Names of presets, and of a pasted net that its code does not name: history stores the name on the left, and the
 * window shows one of those on the right.
 */
export const presetWords: Readonly<Record<string, Words>> = {
  course: { en: 'Course net', 'zh-CN': '课程网络' },
  homework: { en: 'Homework net', 'zh-CN': '作业网络' },
  pasted: { en: 'Pasted net', 'zh-CN': '粘贴的网络' },
};

/** Names of a run's statuses; the first in each language is the displayed one. */
export const statusWords: Readonly<Record<string, Words>> = {
  queued: { en: 'Queued', 'zh-CN': '排队中' },
  running: { en: 'Training', 'zh-CN': '训练中' },
  paused: { en: 'Paused', 'zh-CN': '已暂停' },
  stopped: { en: 'Stopped', 'zh-CN': '已停止' },
  finished: { en: 'Finished', 'zh-CN': '已完成' },
  failed: { en: 'Failed', 'zh-CN': '失败' },
  interrupted: { en: 'Interrupted', 'zh-CN': '意外中断' },
};

/** Words with the same meaning in either language of the window. */
const commonWords: Readonly<Record<string, Words>> = {
  none: { en: 'none', 'zh-CN': '无' },
  yes: { en: 'yes', 'zh-CN': '是' },
  no: { en: 'no', 'zh-CN': '否' },
  today: { en: 'today', 'zh-CN': '今天' },
  yesterday: { en: 'yesterday', 'zh-CN': '昨天' },
  '7d': { en: '7d', 'zh-CN': '7天' },
  '30d': { en: '30d', 'zh-CN': '30天' },
};

/** Returns the internal names of presets of which a displayed name in some language contains the text, or equals it. */
export function presetsCalled(text: string, how: 'has' | 'is'): string[] {
  const wanted = text.toLowerCase();
  return Object.entries(presetWords)
    .filter(([name, words]) => {
      // The text matches the name itself, so that nothing more is needed.
      if (how === 'has' ? name.includes(wanted) : name === wanted) return false;
      return Object.values(words).some((word) =>
        how === 'has' ? word.toLowerCase().includes(wanted) : word.toLowerCase() === wanted,
      );
    })
    .map(([name]) => name);
}

/** Finds a status by its name, or by its label in either language. */
export function findStatus(text: string): string | undefined {
  const wanted = text.toLowerCase();
  return Object.entries(statusWords).find(
    ([name, words]) => name === wanted || Object.values(words).some((word) => word.toLowerCase() === wanted),
  )?.[0];
}

/** Returns a field's name for suggestions in this language. */
export function fieldWord(field: RunField, language: QueryLanguage): string {
  if (language === 'en') return field;
  return ruleOf(field).aliases.find((alias) => /\p{Script=Han}/u.test(alias)) ?? field;
}

/** Returns a value as it is suggested, and may be typed. */
export function valueWord(field: RunField, value: string, language: QueryLanguage): string {
  const words =
    field === 'status'
      ? statusWords[value]
      : field === 'net' || field === 'name'
        ? presetWords[value]
        : commonWords[value];
  if (language === 'en' && field === 'status') return value;
  return words?.[language] ?? value;
}

/** Returns an example of a field in this language. */
export function exampleOf(field: RunField, language: QueryLanguage): string {
  const { example } = runFields[field];
  if (language === 'en') return example;
  const [, operator = ':', value = ''] = /^\w+(\s*[:<>=]+\s*)(.*)$/.exec(example) ?? [];
  const said = field === 'net' ? '课程网络' : field === 'tag' ? '作业' : valueWord(field, value, language);
  return `${fieldWord(field, language)}${operator.replace(':', '：')}${said}`;
}
