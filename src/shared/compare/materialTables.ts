/** The tables of a comparison, in words: the window shows them, a report holds them, CSV and Markdown are made of them. */
import { type AlignedLayer, alignNetworks } from '../network/alignNetworks.ts';
import type { LayerSummary } from '../network/shapes.ts';
import { summarize } from '../network/shapes.ts';
import type { Network } from '../network/network.ts';
import { describeShape } from '../layers/layer.ts';
import type { FieldName } from '../layers/fields.ts';
import type { Layer } from '../layers/index.ts';
import type { RunDetail } from '../runs/runs.ts';
import { differenceOf, totalOf } from '../statistics/pairedCounts.ts';
import type { Comparison } from './comparison.ts';
import { pText, percent, points, whole } from './numbers.ts';
import type { Quality } from './quality.ts';
import type { MaterialRun, Speed } from './report/collect.ts';
import { type CompareWord, wordIn } from './report/words.ts';
import { type Language, labelsOf, netName } from './sentences.ts';
import { settingsTable } from './settingsTable.ts';
import type { TextTable } from './tables.ts';

const none = '–';
const short = (value: number | null | undefined) =>
  value === null || value === undefined ? none : String(Number(value.toPrecision(3)));

/** Every run's accuracy, and what it is more or less than the baseline's. */
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

/** The paired counts, the difference with its interval, and p of every pair that can be compared. */
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

/** The settings in which the runs differ, or all of them; `nameOf` says a setting's path in words. */
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
      .map(({ key, values }) => [nameOf(key), ...values.map((value) => value ?? none)]),
  };
}

/** How layers and their fields are called; as in the program's own files where nothing is said. */
export interface NetWords {
  readonly layer: (layer: Layer) => string;
  readonly field: (name: FieldName) => string;
}

const plainNetWords: NetWords = { layer: ({ type }) => type, field: (name) => name };

/** Two nets aligned: kind and difference, then output, parameters, multiply-adds and receptive field of both. */
export function netsTable(
  language: Language,
  a: Network,
  b: Network,
  say: NetWords = plainNetWords,
): TextTable {
  const word = wordIn(language);
  const kinds = { same: 'same', changed: 'changed', onlyA: 'onlyLeft', onlyB: 'onlyRight' } as const;
  const difference = ({ kind, fields, inner }: AlignedLayer) => {
    const changes = fields.map(
      ({ field, a: was, b: is }) => `${say.field(field)} ${String(was)} → ${String(is)}`,
    );
    const details = [...changes, ...(inner ? ['layers'] : [])].join(', ');
    return details ? `${word(kinds[kind])}: ${details}` : word(kinds[kind]);
  };
  const both = (row: AlignedLayer, text: (layer: LayerSummary) => string) =>
    [row.a, row.b].map((layer) => (layer ? text(layer) : none)).join(' | ');
  return {
    name: 'nets',
    numbersFrom: 3,
    head: [
      `1: ${netName(language, a.name)}`,
      `2: ${netName(language, b.name)}`,
      ...(['change', 'output', 'parameters', 'multiplyAdds', 'receptiveField'] as const).map((each) =>
        word(each),
      ),
    ],
    rows: alignNetworks(a, b).map((row) => [
      row.a ? say.layer(row.a.layer) : none,
      row.b ? say.layer(row.b.layer) : none,
      difference(row),
      both(row, ({ output }) => describeShape(output)),
      both(row, ({ parameterCount }) => whole(parameterCount)),
      both(row, ({ multiplyAdds }) => whole(multiplyAdds)),
      both(row, ({ receptiveField }) => receptiveField.join('×')),
    ]),
  };
}

/** A figure, and beside it in brackets what it is more or less than the baseline's; without one, the figure alone. */
function against(value: number, base: number | undefined, text: (value: number) => string): string {
  if (base === undefined || Number.isNaN(value) || Number.isNaN(base)) return text(value);
  const difference = value - base;
  const sign = difference < 0 ? '−' : '+';
  return `${text(value)} (${difference === 0 ? '0' : `${sign}${text(Math.abs(difference))}`})`;
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

/** Precision, recall and F1 of each class, a column a run and measure. */
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

/** What accuracy can be set against, with its unit in its name. */
export const costs = [
  'parameters',
  'multiplyAdds',
  'secondsAnEpoch',
  'trainingSeconds',
  'oneAtATime',
  'manyAtATime',
  'memory',
  'bytes',
] as const satisfies readonly CompareWord[];
export type Cost = (typeof costs)[number];

export interface CostSources {
  readonly speed: Speed | undefined;
  readonly checkpointBytes: number | null;
  /** Bytes of memory that training takes. */
  readonly memory: number | null;
}

/** NaN where it is not known. */
export function costOf(cost: Cost, run: RunDetail, { speed, checkpointBytes, memory }: CostSources): number {
  const { epochs, trainSeconds, parameterCount, network } = run;
  switch (cost) {
    case 'parameters':
      return parameterCount;
    case 'multiplyAdds':
      return summarize(network).multiplyAdds;
    case 'secondsAnEpoch':
      return epochs.length > 0
        ? epochs.reduce((sum, epoch) => sum + epoch.trainSeconds, 0) / epochs.length
        : Number.NaN;
    case 'trainingSeconds':
      return trainSeconds;
    case 'oneAtATime':
      return speed?.one ?? Number.NaN;
    case 'manyAtATime':
      return speed?.many ?? Number.NaN;
    case 'memory':
      return memory === null ? Number.NaN : memory / 1e6;
    case 'bytes':
      return checkpointBytes === null ? Number.NaN : checkpointBytes / 1000;
  }
}

export function costTable(
  language: Language,
  runs: readonly RunDetail[],
  sources: (run: RunDetail) => CostSources,
  baseline: number | null = null,
): TextTable {
  const word = wordIn(language);
  const labels = labelsOf(
    language,
    runs.map(({ id, name }) => ({ run: id, name })),
  );
  const base = runs.find(({ id }) => id === baseline);
  const text = (value: number) => (Number.isNaN(value) ? none : value >= 100 ? whole(value) : short(value));
  return {
    name: 'cost',
    numbersFrom: 1,
    head: [word('run'), ...costs.map((cost) => word(cost))],
    rows: runs.map((run) => [
      labels.get(run.id) ?? String(run.id),
      ...costs.map((cost) => {
        const other = base && run !== base ? costOf(cost, base, sources(base)) : undefined;
        return against(costOf(cost, run, sources(run)), other, text);
      }),
    ]),
  };
}

/** Each run's layers at its last epoch. */
export function healthTable(language: Language, runs: readonly RunDetail[]): TextTable {
  const word = wordIn(language);
  const labels = labelsOf(
    language,
    runs.map(({ id, name }) => ({ run: id, name })),
  );
  const share = (value: number | null) => (value === null ? none : percent(value, 100));
  return {
    name: 'health',
    numbersFrom: 2,
    head: [word('run'), word('layer'), word('gradientNorm'), word('dead'), word('saturated')],
    rows: runs.flatMap((run) =>
      (run.epochs.at(-1)?.details?.layers ?? [])
        .filter(({ gradientNorm, dead, saturated }) =>
          [gradientNorm, dead, saturated].some((each) => each !== null),
        )
        .map(({ index, type, gradientNorm, dead, saturated }) => [
          labels.get(run.id) ?? String(run.id),
          `${index + 1} ${type}`,
          short(gradientNorm),
          share(dead),
          share(saturated),
        ]),
    ),
  };
}

/** When each run first had the accuracy: its epoch, steps and seconds of training by then; null where it never did. */
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
