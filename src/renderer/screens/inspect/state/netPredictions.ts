/** What one net predicts for every test image. Those of a checkpoint are kept by the lab, so they come at once. */
import type { CallReply, LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { Moment } from '../../../../shared/inspect/inspection.ts';
import { NewestWish } from './newest.ts';

export class NetPredictions {
  answer = $state.raw<CallReply<'compare.predictions'> | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #wishes: NewestWish<Moment>;

  constructor(lab: LabClient, run: number) {
    this.#wishes = new NewestWish(async ({ checkpoint, epoch }) => {
      try {
        this.answer =
          epoch === undefined
            ? await lab.call('compare.predictions', { run, checkpoint })
            : await lab.call('inspect.predictions', { run, checkpoint, epoch });
        this.problem = null;
      } catch (error) {
        this.answer = null;
        this.problem = toProblemRecord(error);
      }
    });
  }

  /** Never throws: an error is stored in `problem`. */
  want(moment: Moment): Promise<void> {
    return this.#wishes.want(moment);
  }
}
