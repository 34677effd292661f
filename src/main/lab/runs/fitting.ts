/**
 * Checks that a checkpoint and history describe the same training. Its identity says that a file is this
 * run's; here its contents are compared with history: its position in training, its parameters, and its sums
 * of losses, which must equal the sums of history's own losses bit for bit. For runs from before there were
 * identities, this check alone distinguishes their file from that of another run with the same number.
 */
import { Problem } from '../../../shared/base/problem.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import { runningLossInterval } from '../../../shared/training/training.ts';
import { parameterKey, parametersIn } from '../../../shared/runs/checkpoint.ts';
import type { SavedCheckpoint } from '../../checkpoints/files.ts';
import type { History } from '../../history/open.ts';

/** Throws a `Problem` if they do not fit. `path` is used in the message. */
export function requireFitting(run: RunDetail, saved: SavedCheckpoint, history: History, path: string): void {
  const { step, epoch, batch, shards } = saved.checkpoint.progress;
  const unfit = (detail: string) =>
    new Problem(
      'checkpoint.unfit',
      `the checkpoint ${path} does not fit what history knows of run ${run.id}: ${detail}; put this run's own file back`,
      { run: run.id, path, detail },
    );
  if (batch > run.stepsPerEpoch || step !== (epoch - 1) * run.stepsPerEpoch + batch) {
    throw unfit(
      `step ${step} is not batch ${batch} of epoch ${epoch} at ${run.stepsPerEpoch} steps an epoch`,
    );
  }
  if (epoch > run.settings.epochs + 1) throw unfit(`it is of epoch ${epoch}, of ${run.settings.epochs}`);
  if (shards > run.shards)
    throw unfit(`its batches are split in ${shards} parts, the run's in ${run.shards}`);
  const wrong = wrongParameter(run, saved);
  if (wrong) throw unfit(wrong);
  const kept = history.batchLosses.count(run.id);
  if (kept < step) {
    throw new Problem(
      'checkpoint.ahead',
      `the checkpoint of run ${run.id} (${path}) is of step ${step}, but history knows only ${kept} steps of it; ` +
        'one of the two was replaced by an older copy: put back the one that fits',
      { run: run.id, step, kept },
    );
  }
  const epochStart = batch > 0 ? step - batch : Math.max(0, step - run.stepsPerEpoch);
  const losses = history.batchLosses.read(run.id, epochStart).subarray(0, step - epochStart);
  // A run that was recovered without its history lacks its earlier losses.
  if (losses.some(Number.isNaN)) return;
  const fits = batch > 0 ? fitsWithin(run, saved, losses) : fitsEnd(run, saved, losses);
  if (!fits) throw unfit(`its losses up to step ${step} are others`);
}

/** Returns a parameter that the net does not have or has with another shape. */
function wrongParameter({ network }: RunDetail, { checkpoint }: SavedCheckpoint): string | null {
  const expected = new Map<string, readonly number[]>(
    summarize(network).layers.flatMap(({ index, parameters }) =>
      parameters.map(({ name, shape }) => [parameterKey(`${index}.${name}`), shape]),
    ),
  );
  for (const { name, shape } of parametersIn(checkpoint.tensors)) {
    const right = expected.get(name);
    expected.delete(name);
    if (right?.join() !== shape.join()) {
      return `${name} is ${shape.join('×') || 'a scalar'}, where the net has ${right?.join('×') ?? 'no such parameter'}`;
    }
  }
  const [missing] = expected.keys();
  return missing === undefined ? null : `${missing} is missing`;
}

/** Compares the sums of the current epoch, which a file within an epoch has. */
function fitsWithin(
  { settings, stepsPerEpoch }: RunDetail,
  { checkpoint: { progress } }: SavedCheckpoint,
  losses: Float32Array,
): boolean {
  const { batch, epochImages, epochLossSum, runningSum } = progress;
  const last = batch === stepsPerEpoch ? epochImages - (batch - 1) * settings.batchSize : settings.batchSize;
  const images = (batch - 1) * settings.batchSize + last;
  const running = losses.subarray(batch - (batch % runningLossInterval));
  return (
    images === epochImages &&
    same(lossSum(losses, settings.batchSize, last), epochLossSum) &&
    same(
      running.reduce((sum, loss) => sum + loss, 0),
      runningSum,
    )
  );
}

/**
 * Compares the epoch's mean loss, which a file at an epoch's end has; the size of the last batch is not
 * known.
 */
function fitsEnd(
  { settings: { batchSize }, stepsPerEpoch }: RunDetail,
  { epoch }: SavedCheckpoint,
  losses: Float32Array,
): boolean {
  if (epoch === null || losses.length < stepsPerEpoch) return true;
  for (let last = batchSize; last >= 1; last -= 1) {
    const images = (losses.length - 1) * batchSize + last;
    if (same(lossSum(losses, batchSize, last) / images, epoch.trainLoss)) return true;
  }
  return false;
}

/** Returns Σ loss × images in double precision and in the order of the steps, as the trainer sums them. */
function lossSum(losses: Float32Array, batchSize: number, last: number): number {
  let sum = 0;
  for (let i = 0; i < losses.length; i += 1) {
    sum += (losses[i] as number) * (i === losses.length - 1 ? last : batchSize);
  }
  return sum;
}

const same = (a: number, b: number) => Object.is(a, b) || a === b;
