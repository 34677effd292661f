/**
 * The state of the Compare screen for some runs: the comparison is loaded at once, the rest when a part of the screen
 * needs it. An answer that arrives after other runs were chosen is dropped.
 */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { Comparison } from '../../../../shared/compare/comparison.ts';
import type { TestPredictions } from '../../../../shared/compare/predictions.ts';
import type { Quality } from '../../../../shared/compare/quality.ts';
import { type MaterialRun, type Speed, predictionsFrom } from '../../../../shared/compare/report/collect.ts';
import type { CheckpointKind } from '../../../../shared/inspect/inspection.ts';
import type { RunDetail } from '../../../../shared/runs/runs.ts';
import { Qualities } from './qualities.ts';

export class ComparisonState {
  comparison = $state.raw<Comparison | null>(null);
  details = $state.raw<readonly RunDetail[]>([]);
  predictions = $state.raw<ReadonlyMap<number, TestPredictions>>(new Map());
  speeds = $state.raw<readonly Speed[]>([]);
  /** Number of runs that trained while speed was measured. */
  beside = $state.raw(0);
  measuring = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  busy = $state.raw(false);
  /** Milliseconds from the choice of the runs to the first verdict. */
  took = $state.raw<number | null>(null);
  qualities = $state.raw<ReadonlyMap<number, Quality>>(new Map());
  /** The runs with what is known of their quality so far. */
  readonly runs: readonly MaterialRun[] = $derived(
    this.details.map((detail) => ({ detail, quality: this.qualities.get(detail.id) ?? null })),
  );
  readonly #lab: LabClient;
  #newest = 0;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  /** Makes the lab load the native library while runs are being chosen. */
  prepare(): void {
    // An error is reported when the comparison itself is requested.
    this.#lab.call('compare.prepare', {}).catch(() => undefined);
  }

  async load(runs: readonly number[], checkpoint: CheckpointKind): Promise<void> {
    const mine = ++this.#newest;
    this.problem = null;
    if (runs.length < 2) {
      this.comparison = null;
      this.details = [];
      this.predictions = new Map();
      this.qualities = new Map();
      return;
    }
    this.busy = true;
    const began = performance.now();
    try {
      const [comparison, details] = await Promise.all([
        this.#lab.call('compare.runs', { runs: [...runs], checkpoint }),
        Promise.all(runs.map((run) => this.#lab.call('runs.get', { run }))),
      ]);
      if (mine !== this.#newest) return;
      this.took = performance.now() - began;
      this.comparison = comparison;
      this.details = details;
      this.speeds = [];
      this.predictions = new Map();
      this.qualities = new Map();
      await this.#loadPredictions(mine, comparison, checkpoint);
    } catch (error) {
      if (mine !== this.#newest) return;
      this.comparison = null;
      this.details = [];
      this.problem = toProblemRecord(error);
    } finally {
      if (mine === this.#newest) this.busy = false;
    }
  }

  async #loadPredictions(mine: number, { runs }: Comparison, checkpoint: CheckpointKind): Promise<void> {
    const found = new Map<number, TestPredictions>();
    const qualities: Promise<[run: number, quality: Quality]>[] = [];
    const worker = new Qualities();
    try {
      for (const { run, problem } of runs) {
        if (problem) continue;
        const reply = await this.#lab.call('compare.predictions', { run, checkpoint });
        if (mine !== this.#newest) return;
        const predictions = predictionsFrom(reply);
        found.set(run, predictions);
        qualities.push(worker.of(predictions).then((quality) => [run, quality]));
      }
      const computed = await Promise.all(qualities);
      if (mine !== this.#newest) return;
      this.predictions = found;
      this.qualities = new Map(computed);
    } finally {
      worker.end();
    }
  }

  async measure(checkpoint: CheckpointKind): Promise<void> {
    const mine = this.#newest;
    const runs = [...this.predictions.keys()];
    if (runs.length === 0) return;
    this.measuring = true;
    try {
      const { speeds, beside } = await this.#lab.call('compare.speed', { runs, checkpoint });
      if (mine !== this.#newest) return;
      this.speeds = speeds;
      this.beside = beside;
    } catch (error) {
      this.problem = toProblemRecord(error);
    } finally {
      this.measuring = false;
    }
  }
}
