/** A key for what a step's duration depends on: the graph and the machine, but not the fed numbers. */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import type { KernelSource } from '../../../shared/training/kernels.ts';
import { hasAvx512 } from '../../engine/native/cpu.ts';
import type { TrainingOrder } from '../../engine/train/messages.ts';
import { strideVersion } from './machine.ts';

export type TimedOrder = Pick<TrainingOrder, 'network' | 'settings' | 'dataset' | 'shards'>;

/** Without `kernels` the key stands for the net with any of them. */
export function paceKey({ network, settings, dataset, shards }: TimedOrder, kernels?: KernelSource): string {
  const { batchSize, clipping, augmentation, labelSmoothing, normalisation } = settings;
  const optimizer = { ...settings.optimizer, learningRate: 0 };
  const parts = {
    ...{ input: network.input, layers: network.layers, optimizer, batchSize, clipping, augmentation },
    ...{ labelSmoothing: labelSmoothing > 0, normalisation, threads: shards, dataset: dataset.summary.hash },
    ...{ cpu: cpus()[0]?.model ?? '', avx512: hasAvx512(), version: strideVersion, kernels },
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
