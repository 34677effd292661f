/** Numbers and tables as the terminal shows them. */
import Table from 'cli-table3';
import { fieldName } from '../../../shared/misfits/words.ts';
import { currentLanguage, say } from '../../host/language.ts';
import type { Optimizer } from '../../../shared/training/training.ts';

const numbers = new Intl.NumberFormat('en-US');

export const count = (value: number): string => numbers.format(Math.round(value));

/** Returns a percentage with one decimal; the course's script prints it without. */
export const percent = (correct: number, total: number): string => `${((100 * correct) / total).toFixed(1)}%`;

export const seconds = (value: number): string => value.toFixed(1);

/** Formats seconds as 0:32, 12:05 or 1:02:03. */
export function duration(value: number): string {
  const whole = Math.max(0, Math.round(value));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Formats a time in the local time zone, to the minute. */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}`
  );
}

/**
 * Describes an optimizer, for example `sgd, learning rate 0.01, momentum 0.5`, without fields that are off.
 */
export function describeOptimizer({ type, ...fields }: Optimizer): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== 0 && value !== false)
    .map(([name, value]) => {
      const words = fieldName(name, currentLanguage());
      return value === true ? words : `${words} ${String(value)}`;
    });
  return [type, ...parts].join(', ');
}

export interface TextColumn<Row> {
  readonly title: string;
  /** Alignment of a column; numbers are aligned to the right. */
  readonly align?: 'left' | 'right';
  cell(row: Row): string;
}

export function table<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const result = new Table({
    head: columns.map(({ title }) => say(title)),
    colAligns: columns.map(({ align }) => align ?? 'right'),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) result.push(columns.map((column) => column.cell(row)));
  return result.toString();
}

/**
 * Formats names and values, one pair per line; the values are aligned, whatever language the names are in.
 */
export function labelled(rows: readonly (readonly [name: string, value: string])[]): string {
  const names = rows.map(([name]) => say(name));
  const width = Math.max(...names.map(columnsOf)) + 2;
  return rows.map(([, value], i) => pad(names[i] as string, width) + value).join('\n');
}

/** Returns the width of text in terminal columns; a Chinese character takes two. */
function columnsOf(text: string): number {
  return [...text].reduce(
    (sum, each) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(each) ? 2 : 1),
    0,
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}
