/**
 * Runs a command line and returns its exit code: commander's refusals and expected problems are printed
 * rather than thrown.
 */
import { type Command, CommanderError } from 'commander';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { currentLanguage, inLanguage, say } from './language.ts';
import { systemProblem } from './systemProblem.ts';

/** A request that cannot be fulfilled as typed; exit code 2, as for a misspelt option. */
export class UsageProblem extends Problem {}

export interface CommandOutput {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Configures commander not to end the process. It must be called before commands are added, which inherit the
 * settings.
 */
export function tameCommander<C extends Command>(program: C, { stdout, stderr }: CommandOutput): C {
  return program.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => {
      write(`${program.name()}: ${refusal(text.replace(/^error: /, ''))}`);
    },
  });
}

/** Returns the exit code for errors; undefined if there was none and the action has set its own. */
export async function parseCommandLine(
  program: Command,
  args: readonly string[],
  { stderr }: CommandOutput,
): Promise<number | undefined> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    // Commander has printed its message, or the requested help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const problem = error instanceof Problem ? error : systemProblem(error);
    if (!problem) throw error;
    stderr.write(`${program.name()}: ${inLanguage(problem)}\n`);
    return problem instanceof UsageProblem ? exitCodes.usage : exitCodeOf(problem);
  }
}

/** Commander's English messages about a command line, with the text that is looked up for each. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^unknown option '(?<a>[^]+?)'(?:\n\(Did you mean (?<b>[^]+)\?\))?$/, "unknown option '{a}'"],
  [/^unknown command '(?<a>[^]+?)'(?:\n\(Did you mean (?<b>[^]+)\?\))?$/, "unknown command '{a}'"],
  [/^missing required argument '(?<a>[^]+)'$/, "missing required argument '{a}'"],
  [/^required option '(?<a>[^]+)' not specified$/, "required option '{a}' not specified"],
  [/^option '(?<a>[^]+)' argument missing$/, "option '{a}' argument missing"],
  [/^too many arguments/, 'too many arguments'],
];

/** Messages about an invalid value, from Stride's own parsers or from commander's choices. */
const ofValues: readonly (readonly [RegExp, string])[] = [
  [
    /^option '(?<what>[^']+)' argument '(?<value>[^]*)' is invalid\. (?<reason>[^]*)$/,
    "'{value}' is not valid for the option '{what}': {reason}",
  ],
  [
    /^option '(?<what>[^']+)' value '(?<value>[^]*)' from env '[^']*' is invalid\. (?<reason>[^]*)$/,
    "'{value}' is not valid for the option '{what}': {reason}",
  ],
  [
    /^command-argument value '(?<value>[^]*)' is invalid for argument '(?<what>[^']+)'\. (?<reason>[^]*)$/,
    "'{value}' is not valid for the argument '{what}': {reason}",
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
