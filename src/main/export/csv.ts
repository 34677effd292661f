/**
 * Comma-separated values, RFC 4180, with a header. Numbers have all their digits and a decimal point,
 * whatever the language; missing values are empty. A text that a spreadsheet would take for a formula is
 * prefixed with an apostrophe.
 */
import Papa from 'papaparse';

export type CsvValue = string | number | boolean | null;

export function csv(columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return `${Papa.unparse(
    { fields: [...columns], data: rows.map((row) => [...row]) },
    { newline: '\r\n', escapeFormulae: /^[=@\t\r]|^[+-](?![\d.])/ },
  )}\r\n`;
}
