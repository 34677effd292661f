/** Sources of runs' costs outside the runs themselves. */
import type { DatasetSummary } from '../../datasets/dataset.ts';
import { summarize } from '../../network/shapes.ts';
import type { RunDetail } from '../../runs/runs.ts';
import { trainingMemory } from '../../training/memory.ts';
import type { CostSources } from '../tables/costTable.ts';
import type { Material } from './collect.ts';

/** Returns a function that collects the cost sources of a run. */
export function costSources(
  { speeds, comparison }: Pick<Material, 'speeds' | 'comparison'>,
  datasets: readonly DatasetSummary[],
): (run: RunDetail) => CostSources {
  return (run) => {
    const dataset = datasets.find(({ id }) => id === run.dataset);
    return {
      speed: speeds.find((each) => each.run === run.id),
      checkpointBytes: comparison.runs.find((each) => each.run === run.id)?.checkpointBytes ?? null,
      memory: dataset
        ? trainingMemory({
            summary: summarize(run.network),
            dataset,
            batchSize: run.settings.batchSize,
            optimizer: run.settings.optimizer.type,
          })
        : null,
    };
  };
}
