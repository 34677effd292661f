/** `stride runs`: what history keeps, newest first. */
import type { LabClient } from '../../shared/api.ts';
import type { RunSummary } from '../../shared/runs.ts';
import { type Column, count, dateTime, percent, seconds, table } from './format.ts';
import { type Io, note, print, printJson } from './io.ts';

const columns: readonly Column<RunSummary>[] = [
  { title: 'run', cell: ({ id }) => String(id) },
  { title: 'name', align: 'left', cell: ({ name }) => name },
  { title: 'net', align: 'left', cell: ({ network }) => network.name },
  { title: 'seed', cell: ({ settings }) => String(settings.seed) },
  { title: 'status', align: 'left', cell: ({ status }) => status },
  { title: 'epochs', cell: ({ epochsDone, settings }) => `${epochsDone}/${settings.epochs}` },
  {
    title: 'best accuracy (epoch)',
    cell: ({ best, last }) =>
      best && last ? `${percent(best.testCorrect, last.testTotal)} (${best.epoch})` : '–',
  },
  { title: 'seconds', cell: ({ trainSeconds }) => seconds(trainSeconds) },
  { title: 'made', align: 'left', cell: ({ createdAt }) => dateTime(createdAt) },
];

export async function listRuns(
  io: Io,
  lab: LabClient,
  { limit, json }: { limit: number; json?: boolean },
): Promise<void> {
  const { runs, total } = await lab.call('runs.list', { limit });
  if (json) {
    printJson(io, { runs, total });
    return;
  }
  if (total === 0) {
    note(io, `There are no runs yet. Make one: ${io.invocation} train course`);
    return;
  }
  print(io, table(columns, runs));
  if (total > runs.length)
    note(io, `The newest ${count(runs.length)} of ${count(total)}; --limit shows more.`);
}
