/**
 * Short notices about completed actions, most of them with a way to undo the action. A notice leaves after a while, but
 * its timer stops while the pointer or the focus is on it.
 */

import type { RunSummary } from '../../shared/runs/runs.ts';

export type NoticeKind = 'done' | 'bad';

export interface NoticeOptions {
  readonly kind?: NoticeKind;
  /** Undoes the action that the notice reports. The notice leaves when this is called. */
  readonly undo?: () => void | Promise<void>;
  /** Another action that the notice offers instead of undoing. */
  readonly action?: { readonly label: string; readonly run: () => void | Promise<void> };
  /** Returns whether the notice still holds, checked when a run changes; an outdated notice leaves. */
  readonly holds?: (run: RunSummary) => boolean;
  /** Time for which the notice stays: long enough to read it, and to undo the action if that is possible. */
  readonly milliseconds?: number;
}

export interface NoticeRecord extends NoticeOptions {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly text: string;
}

const shown = 6000;
const shownWithUndo = 12_000;
/** The limit keeps notices from hiding the screen; the oldest one leaves. */
const most = 3;

interface Clock {
  left: number;
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Notices {
  list = $state.raw<readonly NoticeRecord[]>([]);
  readonly #clocks = new Map<number, Clock>();
  readonly #wordsFor: (error: unknown) => string;
  #paused = false;
  #next = 1;

  /** `wordsFor` says in the reader's language why undoing failed. */
  constructor(wordsFor: (error: unknown) => string = String) {
    this.#wordsFor = wordsFor;
  }

  /** Shows a notice and returns its number, with which it can be dismissed. */
  show(text: string, options: NoticeOptions = {}): number {
    const id = this.#next++;
    this.list = [...this.list, { kind: 'done', ...options, id, text }];
    for (const old of this.list.slice(0, -most)) this.dismiss(old.id);
    const left = options.milliseconds ?? (options.undo || options.action ? shownWithUndo : shown);
    this.#clocks.set(id, { left, since: 0, timer: undefined });
    if (!this.#paused) this.#run(id);
    return id;
  }

  /** A change of a run, here or elsewhere, removes the notices with nothing left to undo. */
  runChanged(run: RunSummary): void {
    for (const { id, holds } of this.list) if (holds && !holds(run)) this.dismiss(id);
  }

  dismiss(id: number): void {
    clearTimeout(this.#clocks.get(id)?.timer);
    this.#clocks.delete(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Undoes the newest notice that can be undone, for the keyboard. Returns false if there is none. */
  undoLast(): boolean {
    const notice = this.list.findLast(({ undo }) => undo);
    if (!notice) return false;
    this.undo(notice);
    return true;
  }

  undo(notice: NoticeRecord): void {
    this.run(notice, notice.undo);
  }

  /** Runs what the notice offers; an error becomes a notice of its own. */
  run(notice: NoticeRecord, work: (() => void | Promise<void>) | undefined): void {
    this.dismiss(notice.id);
    void (async () => work?.())().catch((error: unknown) => {
      this.show(this.#wordsFor(error), { kind: 'bad', milliseconds: shownWithUndo });
    });
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    for (const clock of this.#clocks.values()) {
      clearTimeout(clock.timer);
      clock.left = Math.max(0, clock.left - (Date.now() - clock.since));
    }
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const id of this.#clocks.keys()) this.#run(id);
  }

  #run(id: number): void {
    const clock = this.#clocks.get(id);
    if (!clock) return;
    clock.since = Date.now();
    clock.timer = setTimeout(() => {
      this.dismiss(id);
    }, clock.left);
  }
}
