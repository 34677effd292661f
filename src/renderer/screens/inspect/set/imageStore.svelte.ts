/** Test images of a data set, fetched in blocks when they come into sight and kept while the part of the screen is open. */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type DatasetImages, mostImagesShown } from '../../../../shared/api/calls/datasets.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import { SvelteMap } from 'svelte/reactivity';

interface Found {
  readonly images: DatasetImages;
  readonly position: number;
}

export class ImageStore {
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #found = new SvelteMap<number, Found>();
  readonly #asked = new Set<number>();
  readonly #lab: LabClient;
  readonly #dataset: string;

  constructor(lab: LabClient, dataset: string) {
    this.#lab = lab;
    this.#dataset = dataset;
  }

  get(image: number): Found | undefined {
    return this.#found.get(image);
  }

  /** Fetches those that are not there yet. Never throws. */
  async want(images: readonly number[]): Promise<void> {
    const indices = images.filter((image) => !this.#asked.has(image)).slice(0, mostImagesShown);
    if (indices.length === 0) return;
    for (const image of indices) this.#asked.add(image);
    try {
      const found = await this.#lab.call('datasets.images', {
        dataset: this.#dataset,
        part: 'test',
        indices,
      });
      indices.forEach((image, position) => this.#found.set(image, { images: found, position }));
      this.problem = null;
    } catch (error) {
      for (const image of indices) this.#asked.delete(image);
      this.problem = toProblemRecord(error);
    }
  }
}
