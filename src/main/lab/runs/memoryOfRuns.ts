/** The memory that the active runs of this process take, as it is estimated when they start. */
import { summarize } from '../../../shared/network/shapes.ts';
import { requireAffordable } from '../../../shared/training/affordable.ts';
import { engineBytes, trainingMemory } from '../../../shared/training/memory.ts';
import type { Memory } from '../../engine/native/memory.ts';
import type { TrainingOrder } from '../../engine/train/messages.ts';

export class MemoryOfRuns {
  readonly #readMemory: () => Memory;
  /** Estimated number of bytes that each active run takes. */
  readonly #bytes = new Map<number, number>();

  constructor(readMemory: () => Memory) {
    this.#readMemory = readMemory;
  }

  /** Reserves memory for a run. Throws a `Problem` if it does not fit beside the active runs of this process. */
  reserve(run: number, { network, settings, dataset: { summary: dataset }, shards }: TrainingOrder): void {
    const summary = summarize(network);
    const others = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes - engineBytes, 0);
    requireAffordable({ summary, dataset, settings, shards }, this.#readMemory().totalBytes - others);
    const { batchSize, optimizer } = settings;
    this.#bytes.set(run, trainingMemory({ summary, dataset, batchSize, optimizer: optimizer.type }));
  }

  release(run: number): void {
    this.#bytes.delete(run);
  }
}
