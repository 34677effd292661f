/** Jupyter notebooks (nbformat 3 and 4): their code cells as one text, and the cell of each line. */

/** A line number as the author counts: within a cell of a notebook, or within the whole text. */
export interface LineNumber {
  readonly cell: number | null;
  readonly line: number;
}

export interface NumberedLine extends LineNumber {
  readonly text: string;
}

interface RawCell {
  readonly cell_type?: unknown;
  readonly source?: unknown;
  readonly input?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns null if the text is not JSON with cells. */
function cellsOf(text: string): readonly RawCell[] | null {
  if (!/^\s*\{/.test(text) || !/"cells"/.test(text)) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(parsed)) return null;
  const [sheet] = Array.isArray(parsed['worksheets']) ? (parsed['worksheets'] as unknown[]) : [];
  const cells = isRecord(sheet) ? sheet['cells'] : parsed['cells'];
  return Array.isArray(cells) ? cells.filter(isRecord) : null;
}

const joined = (source: unknown): string => {
  if (typeof source === 'string') return source;
  return Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : '';
};

/** Matches a cell in another language, such as `%%bash`: none of its lines is Python. */
const foreignCell = /^\s*%%(bash|sh|script|html|javascript|js|latex|markdown|perl|ruby|svg|cmd|R)\b/;

/** Returns a notebook's code as a script with cells, each under a line of its own; null if the text is no notebook. */
export function notebookScript(text: string): string | null {
  const lines = notebookLines(text);
  if (!lines) return null;
  let last: number | null = null;
  return lines
    .flatMap(({ text: line, cell }) => {
      const head = cell === last ? [] : [`# %% ${cell}`];
      last = cell;
      return [...head, line];
    })
    .join('\n');
}

/** Returns the lines of a notebook's code cells, numbered within their cells; null if the text is no notebook. */
export function notebookLines(text: string): NumberedLine[] | null {
  const cells = cellsOf(text);
  if (!cells) return null;
  return cells.flatMap((raw, i) => {
    if (raw.cell_type !== 'code') return [];
    const source = joined(raw.source ?? raw.input).replace(/\r\n?/g, '\n');
    if (foreignCell.test(source)) return [];
    return source.split('\n').map((line, at) => ({ text: line, cell: i + 1, line: at + 1 }));
  });
}
