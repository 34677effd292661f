/** `stride recover`: recovers runs whose folders exist but which history does not list. */
import type { LabClient } from '../../../shared/api/api.ts';
import type { FoundRun } from '../../../shared/api/calls/recovery.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import { inLanguage, say } from '../../host/language.ts';
import { type TextColumn, dateTime, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';

const columns: readonly TextColumn<FoundRun>[] = [
  { title: 'folder', cell: ({ number }) => String(number) },
  { title: 'name', align: 'left', cell: ({ name }) => name ?? '–' },
  { title: 'made', align: 'left', cell: ({ createdAt }) => (createdAt ? dateTime(createdAt) : '–') },
];

/** Lists such runs if none are given. Returns the exit code. */
export async function recover(
  io: Io,
  lab: LabClient,
  numbers: readonly number[],
  { all, json }: { all?: boolean; json?: boolean },
): Promise<number> {
  const found = await lab.call('recovery.list', {});
  const wanted = all ? found.map(({ number }) => number) : numbers;
  if (wanted.length === 0) {
    if (json) printJson(io, { found });
    else if (found.length === 0) note(io, say('There are no runs that history does not list.'));
    else {
      print(io, table(columns, found));
      note(io, say('To recover them all: {command}', { command: `${io.invocation} recover --all` }));
    }
    return exitCodes.ok;
  }
  const { runs, problems } = await lab.call('recovery.recover', { numbers: [...wanted] });
  if (json) printJson(io, { runs, problems });
  else {
    for (const problem of problems) note(io, inLanguage(problem));
    if (runs.length > 0) note(io, say('Recovered: {runs}', { runs: runs.join(', ') }));
  }
  return problems.length > 0 ? exitCodes.failure : exitCodes.ok;
}
