/** The Train screen's preview of augmentation, fetched again when the settings change. */
import type { CallReply, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { Augmentation } from '../../../shared/training/training.ts';

export type Preview = CallReply<'augmentation.preview'>;

export interface PreviewOf {
  readonly dataset: string;
  readonly augmentation: Augmentation;
  readonly index: number;
  readonly seed: number;
}

const pauseInTyping = 200;

export class AugmentationState {
  /** The last preview, kept while the next one is being fetched. */
  preview = $state.raw<Preview | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  #asked = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  show(request: PreviewOf): void {
    const signature = JSON.stringify(request);
    if (signature === this.#asked) return;
    this.#asked = signature;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(request, signature), pauseInTyping);
  }

  async #load(request: PreviewOf, signature: string): Promise<void> {
    try {
      const preview = await this.#lab.call('augmentation.preview', { ...request, count: 8 });
      if (this.#asked !== signature) return;
      this.preview = preview;
      this.problem = null;
    } catch (error) {
      if (this.#asked === signature) this.problem = toProblemRecord(error);
    }
  }
}
