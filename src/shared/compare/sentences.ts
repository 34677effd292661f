/**
 * The verdict of a comparison in one sentence, in both languages: window, terminal and report use the same text. It is
 * here rather than among the window's messages because the terminal and the report have no window.
 */
import type { Language } from '../base/languages.ts';
import type { ComparedPair, SeedComparison } from './comparison.ts';
import { pText, percent, points, whole } from './numbers.ts';
import { type PairResult, accuraciesOf } from './verdict.ts';
import { totalOf } from '../statistics/pairedCounts.ts';

/** The names of a pair's nets. */
export interface Names {
  readonly a: string;
  readonly b: string;
}

/** The numbers of a pair in a sentence, the better net first. */
interface Told {
  readonly first: string;
  readonly second: string;
  readonly firstShare: string;
  readonly secondShare: string;
  /** Difference without sign; the limits are of first minus second. */
  readonly difference: string;
  readonly lower: string;
  readonly upper: string;
  readonly images: string;
  readonly disagreements: number;
  readonly p: string;
  readonly correctedP: string;
  readonly comparisons: number;
}

type Sentence = (told: Told) => string;

const english = {
  better: (t) =>
    `${t.first} is better: ${t.firstShare} against ${t.secondShare} of ${t.images} test images; the difference of ` +
    `${t.difference} points is ${t.lower} to ${t.upper} (95% interval), p ${t.p}${correctedEnglish(t)}.`,
  tooFew: (t) =>
    t.disagreements === 0
      ? `No difference can be shown: ${t.first} and ${t.second} are right on the same ones of ${t.images} test images.`
      : `No difference can be shown: just one of the two nets is right on only ${t.disagreements} of ${t.images} test ` +
        'images, and with five such images or fewer no outcome is significant.',
  corrected: (t) =>
    `No evidence of a difference among ${t.comparisons} comparisons: ${t.first} has ${t.firstShare} against ` +
    `${t.secondShare} of ${t.second}, p ${t.p} by itself, but p ${t.correctedP} after Holm's correction.`,
  borderline: (t) =>
    `Borderline: the 95% interval of the difference (${t.lower} to ${t.upper} points in favour of ${t.first}) and the ` +
    `exact test (p ${t.p}) do not agree; take the difference as not shown.`,
  none: (t) =>
    `No evidence of a difference: ${t.first} has ${t.firstShare}, ${t.second} ${t.secondShare} of ${t.images} test ` +
    `images, p ${t.p}; a difference outside ${t.lower} to ${t.upper} points is unlikely.`,
} satisfies Record<PairResult['verdict'], Sentence>;

function correctedEnglish({ comparisons, correctedP }: Told): string {
  return comparisons > 1 ? ` (${correctedP} after Holm's correction for ${comparisons} comparisons)` : '';
}

/** Inserts a space between Latin letters or digits and Chinese characters, but not between Chinese characters. */
function beforeHan(label: string): string {
  return /\p{Script=Han}$/u.test(label) ? label : `${label} `;
}

const chinese = {
  better: (t) =>
    `${beforeHan(t.first)}更好：在 ${t.images} 张测试图像上准确率为 ${t.firstShare}，${beforeHan(t.second)}为 ${t.secondShare}；相差 ` +
    `${t.difference} 个百分点，95% 置信区间为 ${t.lower} 至 ${t.upper}，p ${t.p}${correctedChinese(t)}。`,
  tooFew: (t) =>
    t.disagreements === 0
      ? `无法判断差异：在 ${t.images} 张测试图像上，${t.first} 与 ${t.second} 答对的图像完全相同。`
      : `无法判断差异：${t.images} 张测试图像中，只有一个网络答对的仅 ${t.disagreements} 张；这样的图像不超过 5 张时，任何结果都不可能显著。`,
  corrected: (t) =>
    `在 ${t.comparisons} 组比较中没有证据表明存在差异：${t.first} 为 ${t.firstShare}，${t.second} 为 ${t.secondShare}；` +
    `单独检验 p ${t.p}，经 Holm 校正后 p ${t.correctedP}。`,
  borderline: (t) =>
    `处于临界：差异的 95% 置信区间（${t.first} 领先 ${t.lower} 至 ${t.upper} 个百分点）与精确检验（p ${t.p}）的结论不一致；应视为差异未得到证实。`,
  none: (t) =>
    `没有证据表明存在差异：在 ${t.images} 张测试图像上，${t.first} 为 ${t.firstShare}，${t.second} 为 ${t.secondShare}，` +
    `p ${t.p}；差异不太可能超出 ${t.lower} 至 ${t.upper} 个百分点。`,
} satisfies Record<PairResult['verdict'], Sentence>;

function correctedChinese({ comparisons, correctedP }: Told): string {
  return comparisons > 1 ? `（对 ${comparisons} 组比较作 Holm 校正后 p ${correctedP}）` : '';
}

const reasons = {
  en: {
    dataset:
      'These runs cannot be compared: they were trained and tested on different data, so their accuracies are of different images.',
    classes: 'These runs cannot be compared: their test sets differ in classes or in number of images.',
    predictions: 'These runs cannot be compared yet: one of them has no predictions of the test images.',
  },
  'zh-CN': {
    dataset: '这两次训练无法比较：所用的数据不同，准确率针对的是不同的图像。',
    classes: '这两次训练无法比较：测试集的类别或图像数不同。',
    predictions: '这两次训练暂时无法比较：其中一次没有测试图像的预测结果。',
  },
} as const;

const notes = {
  en: {
    split: 'The two nets were trained on different parts of the training images (validation split).',
    unfinished: 'One of the runs has not finished: the verdict is on what it has learnt so far.',
    oneSeed: 'One run each says nothing of other seeds.',
  },
  'zh-CN': {
    split: '两个网络的验证集划分不同，因此训练所用的图像也不同。',
    unfinished: '其中一次训练尚未完成：结论只针对目前的参数。',
    oneSeed: '每个网络只训练了一次，结论不能推广到其他随机种子。',
  },
} as const;

export type NoteName = keyof (typeof notes)['en'];

export function noteSentence(language: Language, note: NoteName): string {
  return notes[language][note];
}

export function verdictSentence(language: Language, pair: ComparedPair, names: Names): string {
  if (pair.result === null) return reasons[language][pair.reason ?? 'predictions'];
  const words: Record<PairResult['verdict'], Sentence> = language === 'en' ? english : chinese;
  return words[pair.result.verdict](tell(pair.result, names));
}

function tell(result: PairResult, { a, b }: Names): Told {
  const { counts, difference, interval } = result;
  const images = totalOf(counts);
  const [shareA, shareB] = accuraciesOf(counts).map((share) => percent(share, images)) as [string, string];
  const turned = difference < 0;
  const [low, high] = turned ? [-interval[1], -interval[0]] : interval;
  return {
    ...(turned
      ? { first: b, second: a, firstShare: shareB, secondShare: shareA }
      : { first: a, second: b, firstShare: shareA, secondShare: shareB }),
    difference: points(Math.abs(difference), images),
    lower: points(low, images),
    upper: points(high, images),
    images: whole(images),
    disagreements: counts.onlyA + counts.onlyB,
    p: pText(result.pValue),
    correctedP: pText(result.correctedP),
    comparisons: result.comparisons,
  };
}

/**
 * Returns the sentence on two nets over their seeds. Where both are the same net with other settings, they are told apart by
 * the numbers of their runs.
 */
export function seedSentence(
  language: Language,
  of: SeedComparison,
  runs: readonly { readonly run: number; readonly network: string }[],
): string {
  const nameOf = ([first]: readonly number[]) =>
    netName(language, runs.find(({ run }) => run === first)?.network ?? '');
  const same = nameOf(of.a) === nameOf(of.b);
  const [a, b] = [of.a, of.b].map((family) =>
    same ? `${nameOf(family)} (${family.map((run) => `#${run}`).join(', ')})` : nameOf(family),
  ) as [string, string];
  const [first, second, sign] = of.difference < 0 ? [b, a, -1] : [a, b, 1];
  const limits = of.interval.map((limit) => sign * limit).sort((x, y) => x - y) as [number, number];
  const many = 10_000;
  const [difference, lower, upper] = [Math.abs(of.difference), ...limits].map((each) =>
    points(each, many),
  ) as [string, string, string];
  const count = of.seeds.length;
  const shown = limits[0] > 0;
  const p = pText(of.pValue);
  if (language === 'en') {
    const begin = shown
      ? `Over ${count} seeds ${first} is better than ${second}`
      : `Over ${count} seeds there is no evidence that ${first} and ${second} differ`;
    return `${begin}: the mean difference of ${difference} points is ${lower} to ${upper} (95% interval, paired t), p ${p}.`;
  }
  const begin = shown
    ? `在 ${count} 个随机种子上，${first} 优于 ${second}`
    : `在 ${count} 个随机种子上，没有证据表明 ${first} 与 ${second} 有差异`;
  return `${begin}：平均相差 ${difference} 个百分点，95% 置信区间（配对 t 检验）为 ${lower} 至 ${upper}，p ${p}。`;
}

/** Names of the course's two nets in each language; other nets have the name that was given to them. */
const presetNames: Record<Language, Readonly<Record<string, string>>> = {
  en: { course: 'Course net', homework: 'Homework net' },
  'zh-CN': { course: '课程网络', homework: '作业网络' },
};

export function netName(language: Language, name: string): string {
  return presetNames[language][name] ?? name;
}

/** Returns runs' names, with their numbers if two share a name. */
export function labelsOf(
  language: Language,
  runs: readonly { readonly run: number; readonly name: string }[],
): ReadonlyMap<number, string> {
  const same = Map.groupBy(runs, ({ name }) => name);
  return new Map(
    runs.map(({ run, name }) => {
      const shown = netName(language, name);
      return [run, (same.get(name)?.length ?? 0) > 1 ? `${shown} #${run}` : shown];
    }),
  );
}
