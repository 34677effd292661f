/**
 * The tables of a comparison as text: the window shows them, a report includes them, CSV and Markdown are made from
 * them.
 */
import type { RunDetail } from '../../runs/runs.ts';
import { differenceOf, totalOf } from '../../statistics/pairedCounts.ts';
import type { Comparison } from '../comparison.ts';
import { against, none, short } from '../figures.ts';
import { pText, percent, points, whole } from '../numbers.ts';
import type { Quality } from '../quality.ts';
import type { MaterialRun } from '../report/collect.ts';
import { wordIn } from '../report/words.ts';
import type { Language } from '../../base/languages.ts';
import { labelsOf, netName } from '../sentences.ts';
import { settingsTable } from './settingsTable.ts';
import type { TextTable } from './tables.ts';

/** Returns every run's accuracy, and its difference from the baseline's. */
export function runsTable(language: Language, { runs }: Comparison, baseline: number | null): TextTable {
  const word = wordIn(language);
  const labels = labelsOf(language, runs);
  const base = runs.find(({ run }) => run === baseline);
  return {
    name: 'runs',
    numbersFrom: 2,
    head: [
      ...[word('run'), word('net'), word('seed'), word('correct'), word('accuracy'), word('interval')],
      ...(base ? [word('againstBaseline')] : []),
    ],
    rows: runs.map(({ run, network: net, seed, correct, total, accuracyInterval, problem }) => {
      const network = netName(language, net);
      const name = `${labels.get(run) ?? run}${run === baseline ? ` (${word('baseline')})` : ''}`;
      if (correct === null || total === null || accuracyInterval === null)
        return [name, network, String(seed), none, problem?.message ?? none, none, ...(base ? [none] : [])];
      const [low, high] = accuracyInterval.map((limit) => percent(limit, total));
      const against =
        base?.correct === null || base === undefined || run === baseline || base.total !== total
          ? none
          : points((correct - base.correct) / total, total, true);
      return [
        ...[
          name,
          network,
          String(seed),
          `${whole(correct)} / ${whole(total)}`,
          percent(correct / total, total),
        ],
        ...[`${low} – ${high}`, ...(base ? [against] : [])],
      ];
    }),
  };
}

/** Returns the paired counts, the difference with its interval, and p of every pair that can be compared. */
export function pairsTable(language: Language, { runs, pairs }: Comparison): TextTable {
  const word = wordIn(language);
  const labels = labelsOf(language, runs);
  const several = pairs.filter(({ result }) => result).length > 1;
  return {
    name: 'pairs',
    numbersFrom: 1,
    head: [
      ...(['pair', 'bothRight', 'onlyA', 'onlyB', 'bothWrong', 'difference', 'interval', 'p'] as const).map(
        (each) => word(each),
      ),
      ...(several ? [word('correctedP')] : []),
    ],
    rows: pairs.flatMap(({ pair: [a, b], result }) => {
      if (!result) return [];
      const { counts, interval, pValue, correctedP } = result;
      const images = totalOf(counts);
      const limits = interval.map((limit) => points(limit, images));
      return [
        [
          `${labels.get(a) ?? a} – ${labels.get(b) ?? b}`,
          ...[counts.bothRight, counts.onlyA, counts.onlyB, counts.bothWrong].map(whole),
          ...[
            points(differenceOf(counts), images, true),
            limits.join(' – '),
            pText(pValue).replace('= ', ''),
          ],
          ...(several ? [pText(correctedP).replace('= ', '')] : []),
        ],
      ];
    }),
  };
}

/** Returns the settings in which the runs differ, or all of them; `nameOf` returns the label of a setting's path. */
export function settingsTextTable(
  language: Language,
  details: readonly RunDetail[],
  { all = false, nameOf = (key: string) => key } = {},
): TextTable {
  const labels = labelsOf(
    language,
    details.map(({ id, name }) => ({ run: id, name })),
  );
  return {
    name: 'settings',
    numbersFrom: 99,
    head: [wordIn(language)('setting'), ...details.map(({ id }) => labels.get(id) ?? String(id))],
    rows: settingsTable(details)
      .filter(({ differs }) => all || differs)
      .map(({ key, values }) => [
        nameOf(key),
        ...values.map((value) => (value && key === 'network' ? netName(language, value) : (value ?? none))),
      ]),
  };
}

export function calibrationTable(
  language: Language,
  runs: readonly MaterialRun[],
  baseline: number | null = null,
): TextTable {
  const word = wordIn(language);
  const base = runs.find(({ detail }) => detail.id === baseline)?.quality;
  return {
    name: 'calibration',
    numbersFrom: 1,
    head: [word('run'), word('ece'), word('calibrated'), word('brier'), word('logLoss')],
    rows: measured(language, runs).map(({ run, name, quality }) => {
      const other = run === baseline ? undefined : (base ?? undefined);
      const { calibration, calibrated, brier, logLoss } = quality;
      return [
        name,
        against(calibration.error, other?.calibration.error, short),
        `${short(calibrated.mean)}, ${short(calibrated.upper)}`,
        against(brier, other?.brier, short),
        against(logLoss, other?.logLoss, short),
      ];
    }),
  };
}

/** Returns precision, recall and F1 of each class, one column for each run and measure. */
export function classesTable(
  language: Language,
  runs: readonly MaterialRun[],
  classes: readonly string[],
): TextTable {
  const word = wordIn(language);
  const all = measured(language, runs);
  const share = (value: number | null | undefined, images: number) =>
    value === null || value === undefined ? none : percent(value, images);
  return {
    name: 'classes',
    numbersFrom: 1,
    head: [
      word('className'),
      word('images'),
      ...all.flatMap(({ name }) =>
        [word('precision'), word('recall'), 'F1'].map((each) => (all.length > 1 ? `${name}: ${each}` : each)),
      ),
    ],
    rows: classes.map((name, index) => [
      name,
      whole(all[0]?.quality.classes[index]?.support ?? 0),
      ...all.flatMap(({ quality }) => {
        const own = quality.classes[index];
        return [own?.precision, own?.recall, own?.f1].map((value) => share(value, quality.total));
      }),
    ]),
  };
}

/**
 * Returns when each run first reached the accuracy: its epoch, steps and seconds of training by then; null if it never
 * did.
 */
export function firstReached(
  { epochs, stepsPerEpoch }: Pick<RunDetail, 'epochs' | 'stepsPerEpoch'>,
  target: number,
): { readonly epoch: number; readonly step: number; readonly seconds: number } | null {
  let seconds = 0;
  for (const { epoch, testCorrect, testTotal, trainSeconds } of epochs) {
    seconds += trainSeconds;
    if (testCorrect / testTotal >= target) return { epoch, step: epoch * stepsPerEpoch, seconds };
  }
  return null;
}

function measured(
  language: Language,
  runs: readonly MaterialRun[],
): { run: number; name: string; quality: Quality }[] {
  const labels = labelsOf(
    language,
    runs.map(({ detail: { id, name } }) => ({ run: id, name })),
  );
  return runs.flatMap(({ detail: { id }, quality }) =>
    quality ? [{ run: id, name: labels.get(id) ?? String(id), quality }] : [],
  );
}
