/**
 * Describes in one sentence why external data violates its schema, with the field's name as people see it. A `Problem`
 * carries this as parameters (`rule`, `key`, limits), from which `misfitSentence` makes the sentence in either
 * language.
 *
 * A rule that zod cannot express is named by its schema in place of a message: `misfitMessage.ts`.
 */
import type { z } from 'zod';
import type { Language } from '../base/languages.ts';
import type { ProblemParameters } from '../base/problem.ts';
import { type MisfitRule, fieldName, frames, ruleWords } from './words.ts';

type Issue = z.core.$ZodIssue;
type Limits = Readonly<Record<string, number>>;

/** Returns the parameters of the first error of `value`. `field` is its path, as in `runs[0].settings.epochs`. */
export function misfitOf(error: z.ZodError, value: unknown): ProblemParameters {
  const issue = deepest(telling(error.issues));
  const path = issue.path;
  const named = path.filter((key) => typeof key === 'string');
  const last = path.at(-1);
  // People call the type of an optimizer by its own name, but a layer's kind is its type.
  const key = named.at(-1) === 'type' && typeof path.at(-2) === 'string' ? named.at(-2) : named.at(-1);
  const layer = path.lastIndexOf('layers');
  const position = layer >= 0 ? path[layer + 1] : undefined;
  return {
    field: writtenPath(path),
    ...(key !== undefined && { key }),
    ...(typeof last === 'number' && named.at(-1) !== 'layers' && { entry: last + 1 }),
    ...(typeof position === 'number' && layerAt(value, path.slice(0, layer + 2), position + 1)),
    ...runAt(value, path),
    ...broken(issue, valueAt(value, path)),
  };
}

/** Returns `Batch size must be at least 1`, preceded by the run or layer that it concerns. */
export function misfitSentence(
  of: ProblemParameters,
  language: Language,
  layerName: (type: string) => string = (type) => type,
): string {
  const rule = (Object.hasOwn(ruleWords, String(of['rule'])) ? of['rule'] : 'other') as MisfitRule;
  let sentence = fill(ruleWords[rule][language], { ...of, subject: subjectOf(of, language) });
  if (of['layer'] !== undefined) {
    const type = of['type'] === undefined ? null : layerName(String(of['type']));
    const frame = frames[type === null ? 'untypedLayer' : 'layer'][language];
    sentence = fill(frame, { layer: of['layer'], sentence, ...(type !== null && { type }) });
  }
  return of['number'] === undefined
    ? sentence
    : fill(frames.run[language], { number: of['number'], sentence });
}

/** Returns the parameters for display, with `detail` in the reader's language if they describe a misfit. */
export function withDetail(
  parameters: ProblemParameters,
  language: Language,
  layerName?: (type: string) => string,
): ProblemParameters {
  return parameters['rule'] === undefined
    ? parameters
    : { ...parameters, detail: misfitSentence(parameters, language, layerName) };
}

function subjectOf({ key, entry, layer }: ProblemParameters, language: Language): string {
  if (key === undefined) return frames.request[language];
  if (key === 'layers' && layer !== undefined) return frames.thisLayer[language];
  const name = fieldName(String(key), language);
  return entry === undefined ? name : fill(frames.entry[language], { entry, name });
}

function fill(text: string, values: ProblemParameters): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** Zod reports a number that is too large for an integer twice; the schema's own limit is more useful. */
function telling([first, ...others]: readonly Issue[]): Issue {
  const issue = first as Issue;
  if (issue.code !== 'too_big' || issue.maximum !== Number.MAX_SAFE_INTEGER) return issue;
  return others.find(({ code, path }) => code === 'too_big' && path.join() === issue.path.join()) ?? issue;
}

/** Returns the alternative of a union that fits best: the one with the deepest error, then with the fewest errors. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0 || ownRule(issue.message)) return issue;
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length));
  const [nearest] = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const inner = telling(nearest as Issue[]);
  if (inner.path.length === 0 && issue.errors.length > 1) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function ownRule(message: string): ({ rule: MisfitRule } & Limits) | null {
  return message.startsWith('{"rule"') ? (JSON.parse(message) as { rule: MisfitRule } & Limits) : null;
}

const types: Readonly<Record<string, MisfitRule>> = {
  number: 'number',
  int: 'whole',
  string: 'text',
  boolean: 'flag',
  array: 'list',
  tuple: 'list',
  object: 'group',
  record: 'group',
  Uint8Array: 'bytes',
};

function broken(issue: Issue, value: unknown): { rule: MisfitRule } & ProblemParameters {
  const own = ownRule(issue.message);
  if (value === undefined && issue.code !== 'custom' && issue.path.length > 0) return { rule: 'missing' };
  if (own) return own;
  switch (issue.code) {
    case 'invalid_type':
      // A whole number is expected as a number that is whole.
      return { rule: types[issue.expected] ?? 'other' };
    case 'too_small':
    case 'too_big':
      return outside(issue);
    case 'unrecognized_keys':
      return { rule: 'unknown', unknown: issue.keys.join('", "') };
    case 'invalid_value':
      return { rule: 'choice', choices: issue.values.map(String).join(', ') };
    case 'invalid_union':
      return chosen(issue);
    default:
      return { rule: 'other' };
  }
}

function chosen(issue: Extract<Issue, { code: 'invalid_union' }>): { rule: MisfitRule } & ProblemParameters {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.length > 0 ? { rule: 'choice', choices: options.map(String).join(', ') } : { rule: 'other' };
}

function outside(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
): { rule: MisfitRule } & ProblemParameters {
  const small = issue.code === 'too_small';
  const limit: Readonly<Record<string, number>> = small
    ? { minimum: Number(issue.minimum) }
    : { maximum: Number(issue.maximum) };
  if (small && issue.origin !== 'number' && issue.origin !== 'int' && Number(issue.minimum) === 1)
    return { rule: 'empty' };
  if (issue.origin === 'string') return { rule: small ? 'short' : 'long', ...limit };
  if (issue.origin === 'array' || issue.origin === 'set') return { rule: small ? 'few' : 'many', ...limit };
  const [inside, beyond] = small ? (['least', 'above'] as const) : (['most', 'below'] as const);
  return { rule: issue.inclusive === false ? beyond : inside, ...limit };
}

function layerAt(value: unknown, path: readonly PropertyKey[], layer: number): ProblemParameters {
  const type = valueAt(valueAt(value, path), ['type']);
  return { layer, ...(typeof type === 'string' && { type }) };
}

/** Returns which of several runs is affected, if a list of them was sent. */
function runAt(value: unknown, path: readonly PropertyKey[]): ProblemParameters {
  const [list, index, ...rest] = path;
  if (list !== 'runs' || typeof index !== 'number' || rest.length === 0) return {};
  const sent = valueAt(value, ['runs']);
  return Array.isArray(sent) && sent.length > 1 ? { number: index + 1 } : {};
}

function writtenPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
