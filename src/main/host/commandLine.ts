/** A command line from its words to an exit code: what commander refuses and what people can mend is said, not thrown. */
import { type Command, CommanderError } from 'commander';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodes } from './exitCodes.ts';

/** The command line asks for something that cannot be; exit code 2, as for a misspelt option. */
export class UsageProblem extends Problem {}

export interface CommandOutput {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** To be called before commands are added: they inherit it. Nothing of commander's ends the process from then on. */
export function tameCommander<C extends Command>(program: C, { stdout, stderr }: CommandOutput): C {
  return program.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => {
      write(text.replace(/^error: /, `${program.name()}: `));
    },
  });
}

/** Gives the code for errors; where there was none, the action has set its own and this gives undefined. */
export async function parseCommandLine(
  program: Command,
  args: readonly string[],
  { stderr }: CommandOutput,
): Promise<number | undefined> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    // Commander has printed its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (!(error instanceof Problem)) throw error;
    stderr.write(`${program.name()}: ${error.message}\n`);
    return error instanceof UsageProblem ? exitCodes.usage : exitCodes.failure;
  }
}
