/**
 * A history of many runs, made by the same code that keeps real ones: nets, settings and results vary, some runs are
 * tagged, noted, archived or failed. The same numbers at every call. For tests, and for benchmarks of the window.
 */
import { type History, openHistory } from '../../src/main/history/open.ts';
import { type Network, parseNetwork } from '../../src/shared/network/network.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { summarize } from '../../src/shared/network/shapes.ts';
import {
  type Optimizer,
  optimizerSchema,
  trainingSettingsSchema,
} from '../../src/shared/training/training.ts';
import { draws } from './draws.ts';

export interface ManyRuns {
  readonly runs: number;
  readonly epochs: number;
  /** Every batch's loss too; without, what the table of runs needs. */
  readonly losses?: boolean;
  /** When the newest run was made. */
  readonly until?: Date;
}

const [course, homework] = presets.map(({ network }) => network) as [Network, Network];
const variants: readonly Network[] = [
  course,
  homework,
  parseNetwork({ ...course, name: 'course wide', layers: widened(course) }),
  parseNetwork({ ...homework, name: '无池化', layers: homework.layers }),
];

function widened({ layers }: Network): Network['layers'] {
  return layers.map((layer) => (layer.type === 'conv2d' ? { ...layer, filters: layer.filters * 2 } : layer));
}

const optimizers: readonly Optimizer[] = [
  optimizerSchema.parse({ type: 'sgd', learningRate: 0.01, momentum: 0.5 }),
  optimizerSchema.parse({ type: 'sgd', learningRate: 0.1 }),
  optimizerSchema.parse({ type: 'adam' }),
  optimizerSchema.parse({ type: 'rmsProp', learningRate: 0.001 }),
];
const tags = ['homework', 'baseline', 'Try again', '第一次', 'wide'];
const machine = { platform: 'linux', arch: 'x64', cpu: 'a cpu', cores: 2, memoryBytes: 2 ** 34 };

/** Fills a new history in `home`; one transaction, so that ten thousand runs take seconds. */
export function fillHistory(home: string, options: ManyRuns): void {
  const history = openHistory(home);
  try {
    history.transaction(() => {
      addRuns(history, options);
    });
  } finally {
    history.close();
  }
}

export function addRuns(
  history: History,
  { runs, epochs, losses = false, until = new Date() }: ManyRuns,
): void {
  const random = draws(runs);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  for (let i = 0; i < runs; i++) {
    const network = variants[Math.floor(random() ** 2 * variants.length)]!;
    const optimizer = one(optimizers);
    const batchSize = one([64, 128, 512]);
    const stepsPerEpoch = Math.ceil(60_000 / batchSize);
    const made = new Date(until.getTime() - (runs - 1 - i) * 610_000);
    const run = history.runs.insert(
      {
        name: random() < 0.8 ? network.name : `${one(['baseline', 'attempt', '试验'])} ${i % 17}`,
        network,
        settings: trainingSettingsSchema.parse({ epochs, batchSize, seed: i % 5, optimizer }),
        dataset: random() < 0.9 ? 'mnist' : 'fashion-mnist',
        datasetHash: 'f'.repeat(64),
        shards: 2,
        parameterCount: parametersOf(network),
        stepsPerEpoch,
        versions: { stride: '0.1.0', node: '24.21.0', tensorflow: '2.21.0' },
        machine,
      },
      history.owner,
      made.toISOString(),
    );
    history.runs.setStatus(run, 'running', null);
    const fails = random() < 0.03;
    const done = fails ? Math.floor(epochs / 3) : random() < 0.05 ? Math.ceil(epochs / 2) : epochs;
    train(history, run, done, stepsPerEpoch, losses, random);
    const status = fails ? 'failed' : done < epochs ? 'stopped' : 'finished';
    const problem = fails
      ? {
          code: 'training.diverged',
          message: 'the loss became NaN',
          parameters: { value: 'NaN', epoch: done + 1, batch: 17 },
        }
      : null;
    history.runs.setStatus(run, status, problem);
    organise(history, run, random, one);
  }
}

/** Losses fall and accuracies rise about as they do, so that pictures of them look right. */
function train(
  history: History,
  run: number,
  epochs: number,
  stepsPerEpoch: number,
  losses: boolean,
  random: () => number,
): void {
  const level = 0.965 + 0.03 * random();
  const seconds = 1 + random();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const testCorrect = Math.round(10_000 * Math.min(0.9999, level - 0.12 / epoch ** 1.5 + 0.002 * random()));
    const wrong = 10_000 - testCorrect;
    history.epochs.insert(run, {
      epoch,
      trainLoss: 0.5 / epoch + 0.02 * random(),
      testLoss: 0.3 / epoch + 0.03 * random(),
      testCorrect,
      testTotal: 10_000,
      confusion: Array.from({ length: 100 }, (_, i) =>
        i % 11 === 0 ? Math.round(testCorrect / 10) : Math.round(wrong / 90),
      ),
      trainSeconds: seconds,
      testSeconds: seconds / 10,
      details: null,
    });
  }
  if (losses) {
    history.batchLosses.append(
      run,
      0,
      Float32Array.from(
        { length: epochs * stepsPerEpoch },
        (_, step) => 2.3 / (1 + step / 60) + 0.05 + 0.1 * random(),
      ),
      epochs * seconds,
    );
  }
  history.runs.refreshResults(run);
  history.runs.setProgress(run, epochs * stepsPerEpoch, epochs * seconds);
}

function organise(
  history: History,
  run: number,
  random: () => number,
  one: <T>(of: readonly T[]) => T,
): void {
  const { organisation } = history;
  const addTags = [...(random() < 0.3 ? [one(tags)] : []), ...(random() < 0.1 ? [one(tags)] : [])];
  if (addTags.length > 0) organisation.update([run], { addTags });
  if (random() < 0.05) organisation.update([run], { note: `Run ${run}: **look** at the 4s, 和 9 混淆` });
  if (random() < 0.1) organisation.update([run], { archived: true });
}

const counts = new Map<Network, number>();

function parametersOf(network: Network): number {
  const known = counts.get(network) ?? summarize(network).parameterCount;
  counts.set(network, known);
  return known;
}
