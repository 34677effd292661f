/**
 * A filter, an order and a grouping of runs as SQL. Values are passed as parameters only; every name in the
 * text comes from the tables below. A comparison with a value that a run does not have is false, never NULL,
 * so that its negation is true.
 */
import type {
  GroupField,
  NumberFieldName,
  RunField,
  SortField,
  TextFieldName,
} from '../../../shared/runQuery/fields.ts';
import { type RunFilter, mentions } from '../../../shared/runQuery/filter.ts';
import type { RunScope } from '../../../shared/runs/runOrganisation.ts';

export interface Sql {
  readonly text: string;
  readonly parameters: readonly (string | number)[];
}

const numberColumns: Readonly<Record<NumberFieldName, string>> = {
  id: 'id',
  accuracy: 'best_accuracy',
  last: 'last_accuracy',
  loss: 'last_loss',
  parameters: 'parameter_count',
  epochs: 'epochs_done',
  time: 'train_seconds',
  lr: 'learning_rate',
  batch: 'batch_size',
  seed: 'seed',
  sweep: 'sweep_id',
};

const textColumns: Readonly<Record<Exclude<TextFieldName, 'tag' | 'note'>, string>> = {
  name: 'name',
  net: 'net',
  status: 'status',
  dataset: 'dataset',
  optimizer: 'optimizer',
};

const never: Sql = { text: '0', parameters: [] };

/** Returns the filter as a condition on `runs`. */
export function whereOf(filter: RunFilter, scope: RunScope): Sql {
  const text = ['purging = 0'];
  const deleted = mentions(filter, 'deleted');
  if (!deleted) text.push(scope === 'deleted' ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL');
  if (!deleted && !mentions(filter, 'archived')) {
    if (scope === 'active') text.push('archived = 0');
    if (scope === 'archived') text.push('archived = 1');
  }
  const rest = conditionOf(filter);
  return { text: [...text, rest.text].join(' AND '), parameters: rest.parameters };
}

function conditionOf(filter: RunFilter): Sql {
  switch (filter.kind) {
    case 'and':
      return joined(filter.parts.map(conditionOf), 'AND', '1');
    case 'or':
      return joined(filter.parts.map(conditionOf), 'OR', '0');
    case 'not': {
      const { text, parameters } = conditionOf(filter.part);
      return { text: `NOT (${text})`, parameters };
    }
    case 'word':
      return wordIn(filter.text);
    case 'text':
      return textIs(filter.field, filter.how, filter.text);
    case 'number': {
      const column = numberColumns[filter.field];
      return {
        text: `(${column} IS NOT NULL AND ${column} ${filter.operator} ?)`,
        parameters: [filter.value],
      };
    }
    case 'date':
      return joined(
        [
          ...(filter.from === null ? [] : [{ text: 'created_at >= ?', parameters: [filter.from] }]),
          ...(filter.to === null ? [] : [{ text: 'created_at < ?', parameters: [filter.to] }]),
        ],
        'AND',
        '1',
      );
    case 'flag': {
      const holds = filter.field === 'archived' ? 'archived = 1' : 'deleted_at IS NOT NULL';
      return { text: filter.value ? holds : `NOT (${holds})`, parameters: [] };
    }
    case 'none':
      return noneOf(filter.field);
  }
}

/**
 * Joins conditions as a balanced tree, because SQLite allows expressions a thousand levels deep and a long
 * query has as many words.
 */
function joined(parts: readonly Sql[], operator: 'AND' | 'OR', empty: string): Sql {
  if (parts.length === 0) return { text: empty, parameters: [] };
  if (parts.length === 1) return parts[0]!;
  const middle = parts.length >> 1;
  const left = joined(parts.slice(0, middle), operator, empty);
  const right = joined(parts.slice(middle), operator, empty);
  return {
    text: `(${left.text} ${operator} ${right.text})`,
    parameters: [...left.parameters, ...right.parameters],
  };
}

/**
 * Returns a LIKE pattern that matches the text anywhere. LIKE ignores the case of the letters a to z only.
 */
function pattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

const like = (column: string) => `${column} LIKE ? ESCAPE '\\'`;
const inTags = `id IN (SELECT run FROM run_tags WHERE ${like('tag')})`;
const inNotes = `id IN (SELECT run FROM run_notes WHERE ${like('note')})`;

function wordIn(text: string): Sql {
  const wanted = pattern(text);
  return {
    text: `(${like('name')} OR ${like("coalesce(net, '')")} OR ${inTags} OR ${inNotes})`,
    parameters: [wanted, wanted, wanted, wanted],
  };
}

function textIs(field: TextFieldName, how: 'has' | 'is', text: string): Sql {
  if (field === 'tag') return { text: 'id IN (SELECT run FROM run_tags WHERE tag = ?)', parameters: [text] };
  if (field === 'note') {
    if (how === 'has') return { text: inNotes, parameters: [pattern(text)] };
    return { text: 'id IN (SELECT run FROM run_notes WHERE note = ? COLLATE NOCASE)', parameters: [text] };
  }
  const column = `coalesce(${textColumns[field]}, '')`;
  if (how === 'has') return { text: like(column), parameters: [pattern(text)] };
  return { text: `${column} = ? COLLATE NOCASE`, parameters: [text] };
}

function noneOf(field: RunField): Sql {
  if (field === 'tag') return { text: 'id NOT IN (SELECT run FROM run_tags)', parameters: [] };
  if (field === 'note') return { text: 'id NOT IN (SELECT run FROM run_notes)', parameters: [] };
  const column = (numberColumns as Partial<Record<RunField, string>>)[field];
  return column ? { text: `${column} IS NULL`, parameters: [] } : never;
}

const firstTag = '(SELECT min(tag) FROM run_tags WHERE run = runs.id)';
const noteOf = '(SELECT note FROM run_notes WHERE run = runs.id)';

const sortColumns: Readonly<Record<SortField, string>> = {
  created: 'created_at',
  name: 'name COLLATE NOCASE',
  net: 'net COLLATE NOCASE',
  status: 'status',
  dataset: 'dataset',
  accuracy: 'best_accuracy',
  last: 'last_accuracy',
  loss: 'last_loss',
  parameters: 'parameter_count',
  epochs: 'epochs_done',
  time: 'train_seconds',
  seed: 'seed',
  optimizer: 'optimizer',
  lr: 'learning_rate',
  batch: 'batch_size',
  tag: firstTag,
  note: noteOf,
  sweep: 'sweep_id',
};

/**
 * Returns the order. Runs without the value come last in either direction; the newer of equal ones comes
 * first.
 */
export function orderOf({ by, descending }: { by: SortField; descending: boolean }): string {
  return `${sortColumns[by]} ${descending ? 'DESC' : 'ASC'} NULLS LAST, id DESC`;
}

/** Columns that runs are grouped by. A day is one in this machine's time zone. */
export const groupColumns: Readonly<Record<GroupField, string>> = {
  net: 'net',
  optimizer: 'optimizer',
  lr: 'learning_rate',
  batch: 'batch_size',
  seed: 'seed',
  status: 'status',
  tag: 'tag',
  dataset: 'dataset',
  day: "date(created_at, 'localtime')",
  sweep: 'sweep_id',
};
