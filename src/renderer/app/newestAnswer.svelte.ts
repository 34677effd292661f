/** The answer to the newest of several questions. One is asked at a time, and an error is stored instead of thrown. */
import { type ProblemRecord, toProblemRecord } from '../../shared/base/problem.ts';
import { NewestWish } from './newestWish.ts';

export class NewestAnswer<Q, A> {
  /** The last answer, kept while the next is awaited; null after an error. */
  answer = $state.raw<A | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #wishes: NewestWish<Q>;

  constructor(ask: (question: Q) => Promise<A>) {
    this.#wishes = new NewestWish(async (question) => {
      try {
        this.answer = await ask(question);
        this.problem = null;
      } catch (error) {
        this.answer = null;
        this.problem = toProblemRecord(error);
      }
    });
  }

  /** Never throws. */
  want(question: Q): Promise<void> {
    return this.#wishes.want(question);
  }
}
