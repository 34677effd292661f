/** Text that surrounds shared code: Markdown fences, prompts, line numbers, notebook commands, and prose. */
import { codeOnly, depths } from './scan.ts';

const speaksOfTorch = /\btorch\b|\bnn\.[A-Z]|^\s*(import|from|class|def)\s/m;
const fence = /^ {0,3}(```+|~~~+)\s*([\w+.-]*)/;

/** Keeps only the lines in code fences if the text is Markdown; other lines become empty. */
export function withoutMarkdown(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => fence.test(line))) return lines;
  const inside: string[] = [];
  const outside: string[] = [];
  let open: string | null = null;
  let python = false;
  for (const line of lines) {
    const match = fence.exec(line);
    if (match && (open === null || line.trim().startsWith(open))) {
      python = open === null && /^(|py|python|python3|ipython|pycon|\w*torch)$/i.test(match[2] ?? '');
      open = open === null ? (match[1] as string).slice(0, 3) : null;
      inside.push('');
      outside.push('');
    } else {
      inside.push(open !== null && python ? line : '');
      outside.push(open === null ? line : '');
    }
  }
  // Fences in a docstring are not Markdown: the code is then outside.
  if (!speaksOfTorch.test(inside.join('\n'))) return lines;
  return /^(import|from|class|def) /m.test(outside.join('\n')) ? lines : inside;
}

/** Removes `>>> ` and `In [3]: `; lines between them without a prompt are output. */
export function withoutPrompts(lines: readonly string[]): readonly string[] {
  const first = /^\s*(>>>|In \[\d*\]:) ?/;
  if (!lines.some((line) => first.test(line))) return lines;
  const next = /^\s*(\.\.\.:?|\.{3,}:) ?/;
  return lines.map((line) => {
    const match = first.exec(line) ?? next.exec(line);
    return match ? line.slice(match[0].length) : '';
  });
}

/** Removes ascending numbers in front of all lines: `1 import torch`, `2 from torch import nn`. */
export function withoutLineNumbers(lines: readonly string[]): readonly string[] {
  const number = /^\s*(\d{1,4})(?:[.:|]|\s|$) ?/;
  const filled = lines.filter((line) => line.trim() !== '');
  if (filled.length < 3) return lines;
  let last = 0;
  for (const line of filled) {
    const value = Number(number.exec(line)?.[1] ?? NaN);
    if (!(value > last)) return lines;
    last = value;
  }
  return lines.map((line) => line.replace(number, ''));
}

/** Removes the indentation that all lines have in common. */
export function withoutCommonIndent(lines: readonly string[]): readonly string[] {
  const filled = lines.filter((line) => line.trim() !== '');
  const indents = filled.map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const shortest = indents.reduce((a, b) => (b.length < a.length ? b : a), indents[0] ?? '');
  if (shortest === '' || !indents.every((indent) => indent.startsWith(shortest))) return lines;
  return lines.map((line) => (line.trim() === '' ? '' : line.slice(shortest.length)));
}

const magic = /^\s*(%{1,2}[a-zA-Z_]\w*(\s|$)|!\s*\S|\?+\s*[\w.]+\s*$|[\w.]+\?{1,2}\s*$)/;
const assignedMagic = /^\s*\w+\s*=\s*(!\s*[a-z]|%[a-z])/;

/** Removes lines that IPython accepts and Python does not. */
export function withoutMagics(lines: readonly string[]): readonly string[] {
  const inside = depths(codeOnly(lines.join('\n')));
  return lines.map((line, i) => {
    if ((inside[i] ?? 0) > 0 || !(magic.test(line) || assignedMagic.test(line))) return line;
    // A body whose only line was removed must not be empty.
    return `${/^\s*/.exec(line)?.[0] ?? ''}pass`;
  });
}

const keywords = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield print exec match case type'
  ).split(' '),
);

const chinese = /[\u3400-\u9fff]/;

function isChineseProse(line: string): boolean {
  if (!chinese.test(line)) return false;
  const first = /^\s*([A-Za-z_]\w*)/.exec(line)?.[1];
  if (first !== undefined && keywords.has(first)) return false;
  return !/[=([{@]/.test(line) || /^\s*[\u3400-\u9fff].*[。：！？]\s*$/.test(line);
}

/** Two adjacent names are never Python. */
function isEnglishProse(line: string): boolean {
  if (/[=[\]{}@]|\w\(/.test(line)) return false;
  const words = line.trim().split(/\s+/);
  if (words.length < 2 || keywords.has(words[0] as string)) return false;
  return words.some((word, i) => {
    const next = words[i + 1];
    const name = /^[A-Za-z_][\w'’-]*$/.test(word) && !keywords.has(word);
    return (
      name && next !== undefined && /^[A-Za-z0-9_]/.test(next) && !keywords.has(next.replace(/\W+$/, ''))
    );
  });
}

export interface Prose {
  readonly lines: readonly string[];
  /** Indices of the lines that were taken for prose; they are now empty. */
  readonly left: readonly number[];
}

export function withoutProse(lines: readonly string[]): Prose {
  const code = codeOnly(lines.join('\n'));
  const inside = depths(code);
  const left: number[] = [];
  const kept = code.split('\n').map((masked, i) => {
    const line = lines[i] as string;
    const prose =
      (inside[i] ?? 0) === 0 &&
      masked.trim() !== '' &&
      // A line in quotation marks is not prose on that account.
      !/["']/.test(line.replace(/\w['’](s|t|re|ll|ve|d|m)\b/g, '')) &&
      (isChineseProse(masked) || isEnglishProse(line.replace(/#.*$/, '')));
    if (!prose) return line;
    left.push(i);
    return '';
  });
  return { lines: kept, left };
}
