/** The costs of nets: sizes, time, speed and memory. */
import { summarize } from '../../network/shapes.ts';
import type { RunDetail } from '../../runs/runs.ts';
import { against, none, short } from '../figures.ts';
import { whole } from '../numbers.ts';
import type { Speed } from '../report/collect.ts';
import { type CompareWord, wordIn } from '../report/words.ts';
import type { Language } from '../../base/languages.ts';
import { labelsOf } from '../sentences.ts';
import type { TextTable } from './tables.ts';

/** The costs that accuracy can be plotted against, each with its unit in its name. */
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

/** Returns NaN if the cost is unknown. */
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
