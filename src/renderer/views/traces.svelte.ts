/** What the charts of a screen show of some runs. Anew only when the runs or their fixed facts change, not with every step. */
import type { RunSummary } from '../../shared/runs.ts';
import type { Trace } from '../charts/trace.ts';
import { runLabel } from '../i18n/format.ts';
import type { AppState } from '../state/app.svelte.ts';
import type { LiveRun } from '../state/liveRuns.svelte.ts';

interface Fixed {
  readonly id: number;
  readonly name: string;
  readonly stepsPerEpoch: number;
  readonly plannedEpochs: number;
}

export class Traces {
  /** A string, so that an equal one stops the chain of changes here. */
  readonly #fixed: string;
  readonly live: readonly LiveRun[];
  readonly traces: readonly Trace[];

  constructor(app: AppState, runs: () => readonly RunSummary[]) {
    this.#fixed = $derived(
      JSON.stringify(
        runs().map(({ id, name, stepsPerEpoch, settings }) => ({
          id,
          name,
          stepsPerEpoch,
          plannedEpochs: settings.epochs,
        })),
      ),
    );
    const fixed = $derived(JSON.parse(this.#fixed) as Fixed[]);
    this.live = $derived(fixed.map(({ id }) => app.live.open(id)));
    this.traces = $derived(
      fixed.map((run, index) => ({
        run: run.id,
        name: runLabel(run),
        series: this.live[index]!.series,
        stepsPerEpoch: run.stepsPerEpoch,
        plannedEpochs: run.plannedEpochs,
      })),
    );
  }
}
