/** Comparisons that were given a name: they are listed, changed and deleted. */
import type { LabClient } from '../../../../shared/api/api.ts';
import type { KeptComparison } from '../../../../shared/compare/comparison.ts';

export class KeptComparisons {
  list = $state.raw<readonly KeptComparison[]>([]);
  readonly #lab: LabClient;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  async load(): Promise<void> {
    this.list = await this.#lab.call('comparisons.list', {});
  }

  /** Returns the comparison of exactly these runs, in any order. */
  of(runs: readonly number[]): KeptComparison | undefined {
    const wanted = runs.toSorted((a, b) => a - b).join();
    return this.list.find((each) => each.runs.toSorted((a, b) => a - b).join() === wanted);
  }

  async save(comparison: Omit<KeptComparison, 'id' | 'updatedAt'>, id?: number): Promise<void> {
    await this.#lab.call('comparisons.save', { ...comparison, ...(id === undefined ? {} : { id }) });
    await this.load();
  }

  async delete(id: number): Promise<void> {
    await this.#lab.call('comparisons.delete', { id });
    await this.load();
  }
}
