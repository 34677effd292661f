/** `stride runs`: lists runs in history, selected by the filter's language and sorted as in the window. */
import { InvalidArgumentError } from 'commander';
import type { LabClient } from '../../../shared/api/api.ts';
import { type SortField, sortFields } from '../../../shared/runQuery/fields.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { type TextColumn, count, dateTime, percent, seconds, table } from '../reports/format.ts';
import { say } from '../../host/language.ts';
import { type Io, note, print, printJson } from '../io.ts';

const columns: readonly TextColumn<RunSummary>[] = [
  { title: 'run', cell: ({ id }) => String(id) },
  { title: 'name', align: 'left', cell: ({ name }) => name },
  { title: 'net', align: 'left', cell: ({ network }) => network.name },
  { title: 'seed', cell: ({ settings }) => String(settings.seed) },
  { title: 'status', align: 'left', cell: ({ status }) => say(status) },
  { title: 'epochs', cell: ({ epochsDone, settings }) => `${epochsDone}/${settings.epochs}` },
  {
    title: 'best accuracy (epoch)',
    cell: ({ best, last }) =>
      best && last ? `${percent(best.testCorrect, last.testTotal)} (${best.epoch})` : '–',
  },
  { title: 'seconds', cell: ({ trainSeconds }) => seconds(trainSeconds) },
  { title: 'tags', align: 'left', cell: ({ tags }) => tags.join(', ') },
  { title: 'made', align: 'left', cell: ({ createdAt }) => dateTime(createdAt) },
];

export interface ListOptions {
  readonly limit: number;
  readonly sort: { readonly by: SortField; readonly descending: boolean };
  readonly archived?: boolean;
  readonly json?: boolean;
}

/** Parses `created`, or `-accuracy` for descending order. */
export function parseSort(text: string): ListOptions['sort'] {
  const by = text.replace(/^-/, '');
  if (!isSortField(by))
    throw new InvalidArgumentError(
      say('There is {names}; "-" before one turns it round.', { names: sortFields.join(', ') }),
    );
  return { by, descending: text.startsWith('-') };
}

function isSortField(text: string): text is SortField {
  return (sortFields as readonly string[]).includes(text);
}

export async function listRuns(
  io: Io,
  lab: LabClient,
  words: readonly string[],
  { limit, sort, archived, json }: ListOptions,
): Promise<void> {
  const filter = words.join(' ');
  const scope = archived ? 'archived' : 'active';
  const found = await lab.call('runs.query', { filter, scope, sort, rows: limit });
  const { rows: runs, counts } = found;
  const total = found.runs.length;
  if (json) {
    printJson(io, { runs, total });
    return;
  }
  if (total > 0) print(io, table(columns, runs));
  if (counts.active + counts.archived + counts.deleted === 0) {
    note(io, say('There are no runs yet. Make one: {command}', { command: `${io.invocation} train course` }));
  } else if (total === 0)
    note(
      io,
      say(
        filter ? 'No matching runs.' : archived ? 'There are no archived runs.' : 'There are no active runs.',
      ),
    );
  else if (total > runs.length)
    note(
      io,
      say('The first {shown} of {total}; --limit shows more.', {
        shown: count(runs.length),
        total: count(total),
      }),
    );
  const lost = (await lab.call('recovery.list', {})).length;
  if (lost > 0) {
    const command = `${io.invocation} recover`;
    note(
      io,
      say(
        lost === 1
          ? 'One run was found that history does not list: {command}'
          : '{count} runs were found that history does not list: {command}',
        { count: lost, command },
      ),
    );
  }
}
