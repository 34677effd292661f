/**
 * An answer that is computed over the whole test set, with its progress and a way to cancel it. A newer question cancels the
 * one before, so that a moving slider leaves no work behind.
 */
import type { CallInput, CallName, CallReply, LabClient } from '../../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';

type TestSetCall = Exclude<Extract<CallName, `testSet.${string}`>, 'testSet.cancel'>;
type Question<C extends TestSetCall> = Omit<CallInput<C>, 'ticket'>;

export class TestSetAnswer<C extends TestSetCall> {
  answer = $state.raw<CallReply<C> | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  progress = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  busy = $state.raw(false);
  readonly #lab: LabClient;
  readonly #name: C;
  #ticket = '';
  #question: Question<C> | null = null;

  constructor(lab: LabClient, name: C) {
    this.#lab = lab;
    this.#name = name;
  }

  /** Asks, unless the same question was the last one. Never throws: an error is stored in `problem`. */
  async want(question: Question<C>): Promise<void> {
    if (JSON.stringify(question) === JSON.stringify(this.#question)) return;
    await this.#ask(question);
  }

  /** Asks the last question once more, after it was cancelled or failed. */
  async again(): Promise<void> {
    if (this.#question) await this.#ask(this.#question);
  }

  cancel(): void {
    if (this.busy) void this.#lab.call('testSet.cancel', { ticket: this.#ticket });
  }

  async #ask(question: Question<C>): Promise<void> {
    this.cancel();
    const ticket = crypto.randomUUID();
    this.#ticket = ticket;
    this.#question = question;
    this.busy = true;
    this.progress = null;
    const off = this.#lab.on('testSet.progress', (progress) => {
      if (progress.ticket === ticket && this.#ticket === ticket) this.progress = progress;
    });
    try {
      const answer = await this.#lab.call(this.#name, { ...question, ticket } as CallInput<C>);
      if (this.#ticket !== ticket) return;
      this.answer = answer;
      this.problem = null;
    } catch (error) {
      if (this.#ticket !== ticket) return;
      this.answer = null;
      this.problem = toProblemRecord(error);
    } finally {
      off();
      if (this.#ticket === ticket) this.busy = false;
    }
  }
}
