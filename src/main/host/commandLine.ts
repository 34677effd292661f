/** A command line from its words to an exit code: what commander refuses and what people can mend is said, not thrown. */
import { type Command, CommanderError } from 'commander';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodes } from './exitCodes.ts';
import { currentLanguage, inLanguage, say } from './language.ts';
import { systemProblem } from './systemProblem.ts';

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
      write(`${program.name()}: ${refusal(text.replace(/^error: /, ''))}`);
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
    const problem = error instanceof Problem ? error : systemProblem(error);
    if (!problem) throw error;
    stderr.write(`${program.name()}: ${inLanguage(problem)}\n`);
    return problem instanceof UsageProblem ? exitCodes.usage : exitCodes.failure;
  }
}

/** What commander says of a command line, in the language of this process. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '(.+)'/, "unknown option '{a}'"],
  [/^unknown command '(.+)'/, "unknown command '{a}'"],
  [/^missing required argument '(.+)'/, "missing required argument '{a}'"],
  [/^option '(.+)' argument missing/, "option '{a}' argument missing"],
  [/^too many arguments/, 'too many arguments'],
];

function refusal(text: string): string {
  for (const [pattern, key] of refusals) {
    const found = pattern.exec(text);
    if (found && currentLanguage() !== 'en') return `${say(key, { a: found[1] ?? '' })}\n`;
  }
  const [, what, value, reason] = /^(.+) '(.*)' is invalid\. ([^]*)$/.exec(text) ?? [];
  return what === undefined || currentLanguage() === 'en'
    ? text
    : say("'{value}' does not do for {what}: {reason}", {
        value: value ?? '',
        what,
        reason: say((reason ?? '').trim()),
      }) + '\n';
}
