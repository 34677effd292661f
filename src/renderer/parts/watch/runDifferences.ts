/** Distinguishes runs that are listed together by the settings in which they differ, in few words. */
import { runFacts } from './runFacts.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';

/**
 * Returns for each run the facts in which it differs from another one of the list, such as `seed 1, batch size 32`. A
 * single run has no differences: then the most useful facts are returned.
 */
export function runDifferences(runs: readonly RunSummary[]): ReadonlyMap<number, string[]> {
  const facts = runs.map((run) => ({ id: run.id, facts: runFacts(run) }));
  const differing = Object.keys(facts[0]?.facts ?? {}).filter(
    (name) => new Set(facts.map((each) => each.facts[name])).size > 1,
  );
  const shown = differing.length > 0 ? differing : ['learningRate', 'batchSize', 'seed'];
  return new Map(facts.map((each) => [each.id, shown.flatMap((name) => each.facts[name] ?? []).slice(0, 4)]));
}
