/** The Train screen's preview of augmentation, fetched again when the settings change. */
import type { CallReply, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { Augmentation } from '../../../shared/training/training.ts';
import { RestedQuestion } from './restedQuestion.ts';

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
  readonly #question: RestedQuestion<PreviewOf>;

  constructor(lab: LabClient) {
    this.#question = new RestedQuestion(pauseInTyping, async (request, isCurrent) => {
      try {
        const preview = await lab.call('augmentation.preview', { ...request, count: 8 });
        if (!isCurrent()) return;
        this.preview = preview;
        this.problem = null;
      } catch (error) {
        if (isCurrent()) this.problem = toProblemRecord(error);
      }
    });
  }

  show(request: PreviewOf): void {
    this.#question.ask(request);
  }
}
