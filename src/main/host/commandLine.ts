/** A command line from its words to an exit code: what commander refuses and what people can mend is said, not thrown. */
import { type Command, CommanderError } from 'commander';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
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
    return problem instanceof UsageProblem ? exitCodes.usage : exitCodeOf(problem);
  }
}

/** What commander says of a command line, by what it says in English, and the text that is looked up for it. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '(?<a>[^]+?)'(?:\n\(Did you mean (?<b>[^]+)\?\))?$/, "unknown option '{a}'"],
  [/^unknown command '(?<a>[^]+?)'(?:\n\(Did you mean (?<b>[^]+)\?\))?$/, "unknown command '{a}'"],
  [/^missing required argument '(?<a>[^]+)'$/, "missing required argument '{a}'"],
  [/^required option '(?<a>[^]+)' not specified$/, "required option '{a}' not specified"],
  [/^option '(?<a>[^]+)' argument missing$/, "option '{a}' argument missing"],
  [/^too many arguments/, 'too many arguments'],
];

/** What is wrong with a value, which our own parsers say, or commander where there is a choice. */
const ofValues: readonly (readonly [RegExp, string])[] = [
  [
    /^option '(?<what>[^']+)' argument '(?<value>[^]*)' is invalid\. (?<reason>[^]*)$/,
    "'{value}' does not do for the option '{what}': {reason}",
  ],
  [
    /^option '(?<what>[^']+)' value '(?<value>[^]*)' from env '[^']*' is invalid\. (?<reason>[^]*)$/,
    "'{value}' does not do for the option '{what}': {reason}",
  ],
  [
    /^command-argument value '(?<value>[^]*)' is invalid for argument '(?<what>[^']+)'\. (?<reason>[^]*)$/,
    "'{value}' does not do for the argument '{what}': {reason}",
  ],
];

function refusal(text: string): string {
  if (currentLanguage() === 'en') return text;
  const line = text.trimEnd();
  for (const [pattern, key] of refusals) {
    const groups = pattern.exec(line)?.groups;
    if (!groups && !pattern.test(line)) continue;
    const meant = groups?.['b'] === undefined ? '' : say(' Did you mean "{name}"?', { name: groups['b'] });
    return `${say(key, { a: groups?.['a'] ?? '' })}${meant}\n`;
  }
  for (const [pattern, key] of ofValues) {
    const { value = '', what = '', reason = '' } = pattern.exec(line)?.groups ?? {};
    if (what) return `${say(key, { value, what, reason: reasonOf(reason) })}\n`;
  }
  return text;
}

function reasonOf(text: string): string {
  const [, names] = /^Allowed choices are ([^]+)\.$/.exec(text) ?? [];
  return names === undefined ? say(text) : say('There is {names}.', { names });
}
