/**
 * The traces of some runs for a screen's charts. They are remade only when the runs or their fixed facts change, not at
 * every step.
 */
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { Trace, TraceEvent } from '../../plot/data/trace.ts';
import { runLabel } from '../../i18n/format.ts';
import { chartEvents } from '../../i18n/runEvents.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { imagesPerEpoch } from './imagesPerEpoch.ts';
import type { LiveRun } from '../../app/runs/liveRuns.svelte.ts';

interface Fixed {
  readonly id: number;
  readonly name: string;
  readonly stepsPerEpoch: number;
  readonly settings: TrainingSettings;
  readonly trainCount: number | null;
}

export class Traces {
  /** The key is a string, so that an equal one stops the chain of updates here. */
  readonly #fixed: string;
  readonly live: readonly LiveRun[];
  readonly traces: readonly Trace[];

  constructor(app: AppState, runs: () => readonly RunSummary[]) {
    this.#fixed = $derived(
      JSON.stringify(
        runs().map(({ id, name, stepsPerEpoch, settings, dataset }) => ({
          id,
          name,
          stepsPerEpoch,
          settings,
          trainCount: app.connection.datasets.find((each) => each.id === dataset)?.trainCount ?? null,
        })),
      ),
    );
    const fixed = $derived(JSON.parse(this.#fixed) as Fixed[]);
    this.live = $derived(fixed.map(({ id }) => app.live.open(id)));
    this.traces = $derived(
      fixed.map(({ id, name, stepsPerEpoch, settings, trainCount }, index) => {
        const live = this.live[index]!;
        const { series } = live;
        return {
          run: id,
          name: runLabel({ id, name }),
          series,
          stepsPerEpoch,
          plannedEpochs: settings.epochs,
          batchSize: settings.batchSize,
          get imagesPerEpoch(): number {
            return imagesPerEpoch(trainCount ?? undefined, settings, stepsPerEpoch, series.epochs);
          },
          settings,
          events: (): readonly TraceEvent[] => chartEvents(live.events),
        };
      }),
    );
  }
}
