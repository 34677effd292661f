/** The data sets as the screen lists them, asked for anew whenever one was added, renamed or deleted. */
import type { LabClient } from '../../../../shared/api/api.ts';
import type { DatasetStatistics } from '../../../../shared/api/calls/datasets.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { DatasetEntry } from '../../../../shared/datasets/importing.ts';

export class DatasetsState {
  list = $state.raw<readonly DatasetEntry[] | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #statistics = new Map<string, Promise<DatasetStatistics>>();

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  /** Gives the function that ends it. */
  follow(): () => void {
    void this.load();
    return this.#lab.on('datasets.changed', () => void this.load());
  }

  async load(): Promise<void> {
    try {
      this.list = await this.#lab.call('datasets.entries', {});
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Read once of a set, for as long as the screen is there. */
  statistics({ id, hash }: { id: string; hash: string }): Promise<DatasetStatistics> {
    let reading = this.#statistics.get(hash);
    if (!reading) {
      reading = this.#lab.call('datasets.statistics', { dataset: id });
      this.#statistics.set(hash, reading);
      reading.catch(() => this.#statistics.delete(hash));
    }
    return reading;
  }
}
