/**
 * `stride tag`, `note`, `archive`, `delete`, `restore`: organise runs, as the window's table does, all or
 * none of them.
 */
import { Argument, type Command } from 'commander';
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import { daysUntilPurge } from '../../../shared/runs/runOrganisation.ts';
import { type Io, note } from '../io.ts';
import * as numbers from '../reports/numbers.ts';
import { say } from '../../host/language.ts';

interface Surroundings {
  readonly io: Io;
  readonly withLab: (work: (lab: LabClient) => Promise<void>) => Promise<void>;
}

/** Commander passes the values that were parsed so far. */
const someRuns = () =>
  new Argument('<run...>', 'their numbers in "stride runs"').argParser(
    (text, before: number[] | undefined) => [...(before ?? []), numbers.parseRunId(text)],
  );

export function addOrganisingCommands(program: Command, { io, withLab }: Surroundings): void {
  const update = (change: CallInput<'runs.update'>) =>
    withLab(async (lab) => {
      await lab.call('runs.update', { ...change, runs: once(change.runs) });
    });

  program
    .command('tag')
    .description('add tags to runs, or remove them')
    .addArgument(someRuns())
    .option('--add <tag>', 'tag to add; may be given several times', collect)
    .option('--remove <tag>', 'tag to remove; may be given several times', collect)
    .action(
      async (runs: number[], { add, remove }: { add?: string[]; remove?: string[] }, command: Command) => {
        if (!add && !remove) command.error(`error: ${say("give '--add <tag>' or '--remove <tag>'")}`);
        await update({ runs, ...(add && { addTags: add }), ...(remove && { removeTags: remove }) });
      },
    );

  program
    .command('note')
    .description("write a run's note (Markdown), replacing its present one; an empty note removes it")
    .addArgument(new Argument('<run>', 'its number in "stride runs"').argParser(numbers.parseRunId))
    .argument('<text>')
    .action((run: number, text: string) => update({ runs: [run], note: text }));

  program
    .command('archive')
    .description('archive runs, or unarchive them')
    .addArgument(someRuns())
    .option('--undo', 'unarchive them')
    .action((runs: number[], { undo }: { undo?: true }) => update({ runs, archived: !undo }));

  program
    .command('delete')
    .description(`delete runs; for ${daysUntilPurge} days, "restore" brings them back`)
    .addArgument(someRuns())
    .action((runs: number[]) =>
      withLab(async (lab) => {
        await lab.call('runs.delete', { runs: once(runs) });
        const command = `${io.invocation} restore ${once(runs).join(' ')}`;
        note(io, say('Deleted. For {days} days: {command}', { days: daysUntilPurge, command }));
      }),
    );

  program
    .command('restore')
    .description('restore deleted runs')
    .addArgument(someRuns())
    .action((runs: number[]) =>
      withLab(async (lab) => {
        await lab.call('runs.undelete', { runs: once(runs) });
      }),
    );
}

function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}

function once(runs: readonly number[]): number[] {
  return [...new Set(runs)];
}
