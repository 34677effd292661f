/** The columns of the table of runs: the content, width and sort field of each. The name is always shown. */
import type { SortField } from '../../../shared/runQuery/fields.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import {
  absent,
  formatClock,
  formatCount,
  formatDateTimeShort,
  formatLoss,
  formatShare,
  networkLabel,
} from '../../i18n/format.ts';
import { optimizerLabel } from '../../i18n/settings.ts';
import { m } from '../../paraglide/messages.js';
import { preferences } from '../../app/preferences/preferenceKeys.ts';

export const columnIds = [
  'status',
  'net',
  'accuracy',
  'last',
  'loss',
  'epochs',
  'time',
  'tags',
  'note',
  'parameters',
  'seed',
  'optimizer',
  'lr',
  'batch',
  'dataset',
  'sweep',
  'created',
] as const;
export type ColumnId = (typeof columnIds)[number];

/** The columns until somebody chooses others. */
export const defaultColumns = preferences['runs.columns'].fallback as readonly ColumnId[];

export interface Column {
  readonly label: () => string;
  /** A grid's track. */
  readonly width: string;
  readonly number?: true;
  readonly sort: SortField;
  /** A column without `text` is rendered by RunCell.svelte. */
  readonly text?: (run: RunSummary) => string;
}

export const columns: Readonly<Record<ColumnId, Column>> = {
  status: { label: m.status, width: '6.75rem', sort: 'status' },
  net: {
    label: m.net,
    width: 'minmax(7rem, 0.7fr)',
    sort: 'net',
    text: ({ network }) => networkLabel(network.name),
  },
  accuracy: {
    label: m.best_accuracy,
    width: '6rem',
    number: true,
    sort: 'accuracy',
    text: ({ best, last }) => formatShare(best?.testCorrect, last?.testTotal),
  },
  last: {
    label: m.last_accuracy,
    width: '5.75rem',
    number: true,
    sort: 'last',
    text: ({ last }) => formatShare(last?.testCorrect, last?.testTotal),
  },
  loss: {
    label: m.test_loss,
    width: '5rem',
    number: true,
    sort: 'loss',
    text: ({ last }) => formatLoss(last?.testLoss),
  },
  epochs: {
    label: m.epochs,
    width: '5rem',
    number: true,
    sort: 'epochs',
    text: ({ epochsDone, settings }) => m.epochs_of({ done: epochsDone, all: settings.epochs }),
  },
  time: {
    label: m.time,
    width: '4.25rem',
    number: true,
    sort: 'time',
    text: ({ trainSeconds }) => formatClock(trainSeconds),
  },
  tags: { label: m.runs_tags, width: 'minmax(7.5rem, 0.9fr)', sort: 'tag' },
  note: {
    label: m.runs_note,
    width: 'minmax(8rem, 1fr)',
    sort: 'note',
    text: ({ note }) => firstWords(note),
  },
  parameters: {
    label: m.parameters,
    width: '6rem',
    number: true,
    sort: 'parameters',
    text: ({ parameterCount }) => formatCount(parameterCount),
  },
  seed: {
    label: m.seed,
    width: '4.75rem',
    number: true,
    sort: 'seed',
    text: ({ settings }) => String(settings.seed),
  },
  optimizer: {
    label: m.optimizer,
    width: '6rem',
    sort: 'optimizer',
    text: ({ settings }) => optimizerLabel(settings.optimizer.type),
  },
  lr: {
    label: m.setting_learning_rate,
    width: '6.5rem',
    number: true,
    sort: 'lr',
    // As in the names of a sweep's runs: 0.03162 of 0.0316227766017.
    text: ({ settings }) => String(Number(settings.optimizer.learningRate.toPrecision(4))),
  },
  batch: {
    label: m.setting_batch_size,
    width: '5.5rem',
    number: true,
    sort: 'batch',
    text: ({ settings }) => formatCount(settings.batchSize),
  },
  dataset: { label: m.dataset, width: '8rem', sort: 'dataset', text: ({ dataset }) => dataset },
  sweep: {
    label: m.runs_sweep,
    width: '5rem',
    number: true,
    sort: 'sweep',
    text: ({ sweep }) => (sweep ? String(sweep.id) : absent),
  },
  created: {
    label: m.runs_created,
    width: '8.25rem',
    sort: 'created',
    text: ({ createdAt }) => formatDateTimeShort(createdAt),
  },
};

/** Returns the least width of the columns, in rem: below it, the table scrolls sideways. */
export function leastWidth(shown: readonly ColumnId[]): number {
  return shown.reduce((sum, id) => sum + Number(/([\d.]+)rem/.exec(columns[id].width)?.[1] ?? 0), 0);
}

/** Returns the known columns, each once, in the kept order. */
export function shownColumns(kept: readonly string[]): ColumnId[] {
  return [...new Set(kept)].filter((id): id is ColumnId => (columnIds as readonly string[]).includes(id));
}

/** Returns a note's first line with text, without Markdown's signs. */
function firstWords(note: string): string {
  const line = note.split('\n').find((each) => /[\p{L}\d]/u.test(each)) ?? '';
  return line
    .replace(/^[\s#>*+-]+/, '')
    .replace(/[*_`]+/g, '')
    .slice(0, 200);
}
