/** The axes of a sweep on the command line: `--set path=values`, `--range path=from..to:steps:log`. */
import { InvalidArgumentError } from 'commander';
import { misfitOf, misfitSentence } from '../../shared/misfits/misfit.ts';
import { type Axis, fieldPathSchema, rangeSchema } from '../../shared/sweeps/sweeps.ts';
import { seedSchema } from '../../shared/training/training.ts';
import { resolveNetwork } from './commands/networks.ts';
import { currentLanguage, say } from '../host/language.ts';

type Value = Extract<Axis, { values: unknown }>['values'][number];

/**
 * Parses `optimizer.learningRate=0.01,0.02`. A value is JSON if it can be parsed as such, otherwise text;
 * `network` takes names.
 */
export function parseSet(text: string): Axis {
  const { path, rest } = pathOf(text, 'batchSize=32,64');
  const words = split(rest);
  if (words.includes('')) throw refused(path, say('a value is missing'));
  const values = words.map((word) => valueOf(path, word));
  if (new Set(values.map((value) => JSON.stringify(value))).size < values.length)
    throw refused(path, say('a value is given twice'));
  return { path, values };
}

const number = String.raw`-?\d*\.?\d+(?:e[+-]?\d+)?`;
const rangePattern = new RegExp(`^(${number})\\.\\.(${number})((?::\\w+)*)$`, 'i');

/**
 * Parses `optimizer.learningRate=0.001..0.1:5:log`: from, to, number of steps, and optionally `log` and
 * `whole`.
 */
export function parseRange(text: string): Axis {
  const example = 'optimizer.learningRate=0.001..0.1:5:log';
  const { path, rest } = pathOf(text, example);
  const [, from, to, words = ''] = rangePattern.exec(rest) ?? [];
  if (from === undefined || to === undefined) throw refused(path, say('give it as {example}', { example }));
  const range: Record<string, unknown> = { from: Number(from), to: Number(to) };
  for (const word of words.split(':').slice(1)) {
    if (/^\d+$/.test(word)) range['steps'] = Number(word);
    else if (word === 'log' || word === 'linear') range['scale'] = word;
    else if (word === 'whole') range['whole'] = true;
    else throw refused(path, say('"{word}" is neither a number of steps, log nor whole', { word }));
  }
  const checked = rangeSchema.safeParse(range);
  if (checked.success) return { path, range: checked.data };
  const misfit = { key: 'range', ...misfitOf(checked.error, range) };
  throw refused(path, misfitSentence(misfit, currentLanguage()));
}

function refused(path: string, text: string): InvalidArgumentError {
  return new InvalidArgumentError(say('{path}: {text}.', { path, text }));
}

/** Parses `0,1,2` or `0..9`. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').flatMap((word) => {
    const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(word) ?? [];
    if (from === undefined || to === undefined) return [/^\d+$/.test(word) ? Number(word) : NaN];
    return Array.from({ length: Math.min(1001, Number(to) - Number(from) + 1) }, (_, i) => Number(from) + i);
  });
  const right = seeds.every((seed) => seedSchema.safeParse(seed).success);
  if (!right || seeds.length < 1 || seeds.length > 1000 || new Set(seeds).size < seeds.length)
    throw new InvalidArgumentError('Give up to 1,000 different whole numbers, such as 0,1,2 or 0..9.');
  return seeds;
}

function pathOf(text: string, example: string): { path: string; rest: string } {
  const at = text.indexOf('=');
  const path = text.slice(0, at);
  if (at < 0 || !fieldPathSchema.safeParse(path).success)
    throw new InvalidArgumentError(
      say("Give a field's path and what it is to be, such as {example}.", { example }),
    );
  return { path, rest: text.slice(at + 1) };
}

/** Splits at commas outside brackets, braces and quotes. */
function split(text: string): string[] {
  const words = [''];
  let depth = 0;
  let quoted = false;
  for (const [i, letter] of [...text].entries()) {
    if (letter === '"' && text[i - 1] !== '\\') quoted = !quoted;
    if (!quoted && '[{'.includes(letter)) depth++;
    if (!quoted && ']}'.includes(letter)) depth--;
    if (letter === ',' && depth === 0 && !quoted) words.push('');
    else words[words.length - 1] += letter;
  }
  return words.map((word) => word.trim());
}

function valueOf(path: string, word: string): Value {
  try {
    return JSON.parse(word) as Value;
  } catch {
    // A network is the name of a preset or a file; any other text is the name of a kind: relu, adam.
    return path === 'network' ? (resolveNetwork(word).network as unknown as Value) : word;
  }
}
