/**
 * A comparison for programs: what `stride compare --json` prints and what a report has inside. Field names and their
 * order are an interface. Shares and differences are proportions, A minus B; `pValue` is McNemar's exact one, `holm`
 * has it after correction for all pairs.
 */
import type { Comparison } from './comparison.ts';
import type { Language } from '../base/languages.ts';
import { labelsOf, noteSentence, verdictSentence } from './sentences.ts';

export function comparisonJson(comparison: Comparison, language: Language = 'en') {
  const labels = labelsOf(language, comparison.runs);
  const label = (run: number) => labels.get(run) ?? String(run);
  return {
    runs: comparison.runs.map(({ run, name, network, seed, dataset, status, of, ...rest }) => ({
      run,
      name,
      network,
      seed,
      dataset,
      status,
      checkpoint: of,
      checkpointSha256: rest.checkpointHash,
      correct: rest.correct,
      total: rest.total,
      accuracyInterval: rest.accuracyInterval,
      problem: rest.problem,
    })),
    pairs: comparison.pairs.map((pair) => ({
      pair: pair.pair,
      bothRight: pair.result?.counts.bothRight ?? null,
      onlyA: pair.result?.counts.onlyA ?? null,
      onlyB: pair.result?.counts.onlyB ?? null,
      bothWrong: pair.result?.counts.bothWrong ?? null,
      pValue: pair.result?.pValue ?? null,
      difference: pair.result?.difference ?? null,
      interval: pair.result?.interval ?? null,
      verdict: [
        verdictSentence(language, pair, { a: label(pair.pair[0]), b: label(pair.pair[1]) }),
        ...pair.notes.map((note) => noteSentence(language, note)),
      ].join(language === 'en' ? ' ' : ''),
    })),
    holm: comparison.pairs.flatMap(({ pair, result }) =>
      result ? [{ pair, correctedP: result.correctedP, comparisons: result.comparisons }] : [],
    ),
    seeds: comparison.seeds,
  };
}
