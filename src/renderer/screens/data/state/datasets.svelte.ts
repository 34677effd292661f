/** The list of data sets, fetched again whenever one was added, renamed or deleted. */
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

  /** Returns the function that stops following. */
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

  /** A set's statistics are fetched once while the screen is open. */
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
