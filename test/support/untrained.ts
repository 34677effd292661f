/** Checkpoints for runs that were put into a history without being trained. */
import { checkpointFiles } from '../../src/main/checkpoints/files.ts';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { initialParameters } from '../../src/main/engine/compile/parameters.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { openHistory } from '../../src/main/history/open.ts';
import { parameterKey } from '../../src/shared/runs/checkpoint.ts';

/** A checkpoint for each of these finished runs of a history: nets that have not been trained, whose predictions are as many as others'. */
export async function addUntrainedCheckpoints(home: string, runs: readonly number[]): Promise<void> {
  const history = openHistory(home);
  try {
    const files = checkpointFiles(home, (run) => history.runs.known(run));
    for (const run of runs) {
      const { network, settings, shards, step, stepsPerEpoch } = history.detail(run)!;
      const compiled = compile({ network, settings, dataset: null, shards: 1, constants: null });
      const generator = new Generator(run);
      const drawn = initialParameters(compiled.parameters, generator, settings.initialisation);
      const given = new Map(drawn.map((tensor) => [parameterKey(tensor.name), tensor.data]));
      const tensors = compiled.state.map(({ name, shape }) => ({
        ...{ name, shape },
        data: given.get(name) ?? new Float32Array(shape.reduce((a, b) => a * b, 1)),
      }));
      const place = { step, epoch: step / stepsPerEpoch + 1, batch: 0 };
      const sums = { runningSum: 0, epochLossSum: 0, epochImages: 0, epochSeconds: 0 };
      const progress = {
        ...{ format: 1 as const, ...place, ...sums, random: generator.state(), orderSeed: '', shards },
        ...{
          kernels: 'tensorflow' as const,
          layers: [],
          stopping: { best: null, waited: 0 },
          learningRates: [],
        },
      };
      files.claim(history.runs.known(run)!.manifest);
      const bytes = await files.write(run, { checkpoint: { tensors, progress }, epoch: null });
      history.checkpoints.put(run, { kind: 'last', file: files.names.last, ...place, bytes });
    }
  } finally {
    history.close();
  }
}
