/** A filter over runs in memory, written as plainly as can be: what history's SQL is held against. */
import type { NumberFieldName, RunField } from '../../src/shared/runQuery/fields.ts';
import type { RunFilter } from '../../src/shared/runQuery/filter.ts';
import type { RunSummary } from '../../src/shared/runs/runs.ts';

/** Letters from a to z in either case, as SQLite's LIKE and NOCASE have it. */
const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const has = (text: string, part: string) => fold(text).includes(fold(part));
const share = (part: number | undefined, whole: number | undefined) =>
  part === undefined || !whole ? null : (100 * part) / whole;

const numbers: Record<NumberFieldName, (run: RunSummary) => number | null> = {
  id: ({ id }) => id,
  accuracy: ({ best, last }) => share(best?.testCorrect, last?.testTotal),
  last: ({ last }) => share(last?.testCorrect, last?.testTotal),
  loss: ({ last }) => (last && !Number.isNaN(last.testLoss) ? last.testLoss : null),
  parameters: ({ parameterCount }) => parameterCount,
  epochs: ({ epochsDone }) => epochsDone,
  time: ({ trainSeconds }) => trainSeconds,
  lr: ({ settings }) => settings.optimizer.learningRate,
  batch: ({ settings }) => settings.batchSize,
  seed: ({ settings }) => settings.seed,
  sweep: ({ sweep }) => sweep?.id ?? null,
};

const texts: Partial<Record<RunField, (run: RunSummary) => string[]>> = {
  name: ({ name }) => [name],
  net: ({ network }) => [network.name],
  note: ({ note }) => (note === '' ? [] : [note]),
  tag: ({ tags }) => tags,
  status: ({ status }) => [status],
  dataset: ({ dataset }) => [dataset],
  optimizer: ({ settings }) => [settings.optimizer.type],
};

export function meets(run: RunSummary, filter: RunFilter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => meets(run, part));
    case 'or':
      return filter.parts.some((part) => meets(run, part));
    case 'not':
      return !meets(run, filter.part);
    case 'word':
      return [run.name, run.network.name, run.note, ...run.tags].some((text) => has(text, filter.text));
    case 'text':
      return texts[filter.field]!(run).some((text) =>
        filter.how === 'has' ? has(text, filter.text) : fold(text) === fold(filter.text),
      );
    case 'number': {
      const value = numbers[filter.field](run);
      if (value === null) return false;
      switch (filter.operator) {
        case '=':
          return value === filter.value;
        case '>':
          return value > filter.value;
        case '>=':
          return value >= filter.value;
        case '<':
          return value < filter.value;
        case '<=':
          return value <= filter.value;
      }
    }
    // eslint-disable-next-line no-fallthrough -- every operator returns
    case 'date':
      return (
        (filter.from === null || run.createdAt >= filter.from) &&
        (filter.to === null || run.createdAt < filter.to)
      );
    case 'flag':
      return (filter.field === 'archived' ? run.archived : run.deletedAt !== null) === filter.value;
    case 'none':
      if (texts[filter.field]) return texts[filter.field]!(run).length === 0;
      return numbers[filter.field as NumberFieldName](run) === null;
  }
}
