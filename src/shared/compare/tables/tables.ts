/** Tables of a comparison as rows of text, to be shown, saved as CSV, copied as Markdown and put into the report. */

export interface TextTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Index of the first column of numbers. */
  readonly numbersFrom: number;
}

/** Returns CSV by RFC 4180. A field that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf({ head, rows }: TextTable): string {
  const field = (text: string) => {
    const safe = /^[=@\t\r]|^[+-](?![\d.,]+ ?%?$)/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Returns a GitHub-flavoured Markdown table. */
export function markdownOf({ head, rows, numbersFrom }: TextTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = head.map((_, column) => (column >= numbersFrom ? '---:' : '---'));
  return `${[line(head), line(rule), ...rows.map(line)].join('\n')}\n`;
}
