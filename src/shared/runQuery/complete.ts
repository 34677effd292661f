/** Completions at the cursor: names of fields, and after a field's operator its values. */
import { type RunField, findField, optimizerNames, ruleOf, runFieldNames, statusNames } from './fields.ts';
import { type QueryLanguage, fieldWord, valueWord } from './words.ts';

/** The values that occur in this history. */
export interface KnownValues {
  readonly tags: readonly string[];
  readonly nets: readonly string[];
  readonly datasets: readonly string[];
  readonly names?: readonly string[];
  /** Learning rates, batch sizes and seeds of runs, most used first. */
  readonly numbers?: Readonly<Partial<Record<'lr' | 'batch' | 'seed', readonly number[]>>>;
}

export interface Completion {
  /** The text that replaces that between `from` and `to`. */
  readonly insert: string;
  /** The text that is displayed. */
  readonly label: string;
  readonly kind: 'field' | 'value';
  readonly field: RunField;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

const most = 12;

/** Suggests fields and values in `language`; the typed text is matched in both languages. */
export function completeRunQuery(
  text: string,
  cursor: number,
  known: KnownValues,
  language: QueryLanguage = 'en',
): Completions {
  const before = text.slice(0, cursor);
  const none = { from: cursor, to: cursor, options: [] };
  const value =
    /(?:^|[\s(-])([^\s()":=<>≥≤≠!,-]+)\s*(?:[:：]|!=|[<>=＝＞＜]=?|[≥≤≠])\s*(?:[^\s(),"]*,)*("[^"]*|[^\s(),"]*)$/u.exec(
      before,
    );
  if (value) {
    const field = findField(value[1]!);
    if (!field) return none;
    const typed = value[2]!;
    const wanted = typed.replace(/^"/, '').toLowerCase();
    const inWords = (value: string, as: QueryLanguage) => {
      const word = valueWord(field, value, as);
      // A word with a meaning only for the parser must not be quoted, and a value that looks like one must be.
      return word !== value && field !== 'net' && field !== 'name' ? word : quoted(word);
    };
    const options = [
      ...valuesOf(field, known).map((value) => ({
        label: inWords(value, language),
        found: [value, valueWord(field, value, 'en'), valueWord(field, value, 'zh-CN')],
      })),
      ...(ruleOf(field).none ? [{ label: valueWord('tag', 'none', language), found: ['none', '无'] }] : []),
    ]
      .filter(({ label, found }) => {
        const written = label.toLowerCase().replaceAll('"', '');
        return written !== wanted && found.some((each) => each.toLowerCase().includes(wanted));
      })
      .map(({ label }) => ({ insert: `${label} `, label, kind: 'value', field }) as const);
    return {
      from: cursor - typed.length,
      to: wordEnd(text, cursor),
      options: startingFirst(options, wanted),
    };
  }
  // Within a quoted text that belongs to no field, there are no suggestions.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return none;
  const typed = /(?:^|[\s(]|(?<=^|[\s(])-)([^\s()":=<>≥≤≠!-]*)$/u.exec(before)?.[1];
  if (typed === undefined) return none;
  const wanted = typed.toLowerCase();
  const options = runFieldNames
    .filter((field) => [field, ...ruleOf(field).aliases].some((name) => name.startsWith(wanted)))
    .map((field) => {
      const word = fieldWord(field, language);
      // The operator is full-width, as in Chinese text; the parser accepts both.
      const operator = language === 'en' ? operatorOf(field) : operatorOf(field).replace(':', '：');
      return { insert: word + operator, label: word, kind: 'field', field } as const;
    });
  return { from: cursor - typed.length, to: wordEnd(text, cursor), options: startingFirst(options, wanted) };
}

function startingFirst(options: readonly Completion[], wanted: string): Completion[] {
  const starts = (option: Completion) => (option.label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return [...options].sort((a, b) => starts(a) - starts(b)).slice(0, wanted === '' ? undefined : most);
}

function wordEnd(text: string, cursor: number): number {
  const rest = /^[^\s()":=<>≥≤≠!,]*/.exec(text.slice(cursor))?.[0] ?? '';
  return cursor + rest.length;
}

function operatorOf(field: RunField): string {
  switch (ruleOf(field).kind) {
    case 'share':
      return ' > ';
    case 'number':
      return field === 'loss' ? ' < ' : ':';
    case 'duration':
      return ' < ';
    case 'date':
      return ' >= ';
    default:
      return ':';
  }
}

function valuesOf(
  field: RunField,
  { tags, nets, datasets, names = [], numbers = {} }: KnownValues,
): readonly string[] {
  switch (field) {
    case 'name':
      return names;
    case 'lr':
    case 'batch':
    case 'seed':
      return (numbers[field] ?? []).map(String);
    case 'tag':
      return tags;
    case 'net':
      return nets;
    case 'dataset':
      return datasets;
    case 'status':
      return statusNames;
    case 'optimizer':
      return optimizerNames;
    case 'archived':
    case 'deleted':
      return ['yes', 'no'];
    case 'created':
      return ['today', 'yesterday', '7d', '30d'];
    case 'accuracy':
    case 'last':
      return ['90', '95', '98', '99'];
    default:
      return [];
  }
}

/** Quotes the value if it would otherwise be read as several words, or as something else. */
export function quoted(value: string): string {
  return /[\s()":=<>≥≤≠!,]|^-|^(or|and|not|none)$/i.test(value) ? `"${value.replaceAll('"', '')}"` : value;
}
