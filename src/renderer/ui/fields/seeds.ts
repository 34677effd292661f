/** Parses the seeds: `0`, `0, 1, 2` or `0-4`, and reports the rule that an invalid text breaks. */
import { mostValues } from './numberField.ts';

export type SeedsProblem =
  | { readonly kind: 'empty' }
  /** The text is neither a whole number from 0 nor a range of two. */
  | { readonly kind: 'notSeed'; readonly text: string }
  /** The range is descending, such as `3-1`. */
  | { readonly kind: 'order'; readonly text: string }
  | { readonly kind: 'tooLarge'; readonly text: string; readonly largest: number }
  | { readonly kind: 'tooMany'; readonly count: number; readonly most: number };

export type Seeds =
  | { readonly seeds: readonly number[]; readonly problem: null }
  | { readonly seeds: null; readonly problem: SeedsProblem };

/** Reads the seeds; one that is given twice counts once. */
export function readSeeds(text: string, most = mostValues): Seeds {
  const wrong = (problem: SeedsProblem): Seeds => ({ seeds: null, problem });
  const parts = text
    .replace(/[、；，]/g, ' ')
    .normalize('NFKC')
    .replace(/\s*(\.\.|-|–)\s*/g, '-')
    .split(/[,;\s]+/)
    .filter(Boolean);
  if (parts.length === 0) return wrong({ kind: 'empty' });
  const seeds = new Set<number>();
  for (const part of parts) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined || last === undefined) return wrong({ kind: 'notSeed', text: part });
    const [from, to] = [Number(first), Number(last)];
    const largest = Number.MAX_SAFE_INTEGER;
    if (Math.max(from, to) > largest) return wrong({ kind: 'tooLarge', text: part, largest });
    if (to < from) return wrong({ kind: 'order', text: part });
    const count = seeds.size + (to - from) + 1;
    if (to - from >= most) return wrong({ kind: 'tooMany', count, most });
    for (let seed = from; seed <= to; seed += 1) seeds.add(seed);
  }
  if (seeds.size > most) return wrong({ kind: 'tooMany', count: seeds.size, most });
  return { seeds: [...seeds], problem: null };
}
